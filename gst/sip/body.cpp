// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/body.h"

#include <algorithm>

#include "core/text.h"
#include "sip/bounds.h"
#include "sip/headers.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A line of a multipart body that parts what is before it from what comes after it.
struct Delimiter {
  size_t begin = 0;  // of the line
  size_t end = 0;    // of its text: the line end after it may be the one before the next
  bool last = false;
};

// Nothing but padding may follow the boundary: "--ab" is no delimiter of the boundary "a", which a
// multipart within this one may have (RFC 2046 5.1.1).
std::optional<Delimiter> read_delimiter(std::string_view body, size_t at, size_t size) {
  if (at != 0 && (at < 2 || body.substr(at - 2, 2) != kLineEnd)) return std::nullopt;
  Scanner in(body.substr(at + size));
  Delimiter out{at, 0, in.rest().substr(0, 2) == "--"};
  if (out.last) in = Scanner(in.rest().substr(2));
  in.skip_space();
  if (!in.at_end() && in.rest().substr(0, 2) != kLineEnd) return std::nullopt;
  out.end = body.size() - in.rest().size();
  return out;
}

std::optional<Delimiter> find_delimiter(std::string_view body, const std::string& text,
                                        size_t from) {
  for (size_t at = body.find(text, from); at != std::string_view::npos;
       at = body.find(text, at + 1)) {
    if (const auto found = read_delimiter(body, at, text.size())) return found;
  }
  return std::nullopt;
}

// From after the line end of one delimiter to before that of the next.
std::vector<std::string_view> split_multipart(std::string_view body, std::string_view boundary) {
  std::vector<std::string_view> parts;
  if (boundary.empty() || boundary.size() > kMaxBoundaryCharacters) return parts;
  const std::string text = "--" + std::string(boundary);
  auto open = find_delimiter(body, text, 0);
  while (open && !open->last && parts.size() <= kMaxBodyParts) {
    const auto close = find_delimiter(body, text, open->end);
    if (!close) break;  // cut short
    const std::string_view part = body.substr(open->end, close->begin - open->end);
    // Two line ends; or one, in a part without a byte.
    parts.push_back(part.substr(2, std::max<size_t>(part.size(), 4) - 4));
    open = close;
  }
  return parts;
}

// A header of a part with the lines folded into it, taken off the text.
std::string take_header(std::string_view& text) {
  std::string header;
  do {
    const size_t end = std::min(text.find(kLineEnd), text.size());
    header += text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
  } while (!header.empty() && !text.empty() && (text.front() == ' ' || text.front() == '\t'));
  return header;
}

// The headers of a part own their text, unlike those of a message.
struct PartHeaders {
  std::string type, disposition, encoding, transfer_encoding;

  void take(const std::string& header) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos) return;  // what we cannot read we leave out
    const std::string_view all = header;
    const std::string_view name = long_name(trim(all.substr(0, colon)));
    const std::string value(trim(all.substr(colon + 1)));
    if (equals_ignore_case(name, "Content-Type")) type = value;
    if (equals_ignore_case(name, "Content-Disposition")) disposition = value;
    if (equals_ignore_case(name, "Content-Encoding")) encoding = value;
    if (equals_ignore_case(name, "Content-Transfer-Encoding")) transfer_encoding = value;
  }
  BodyHeaders view() const {
    return {type.empty() ? "text/plain" : std::string_view(type), disposition, encoding,
            transfer_encoding};
  }
};

// Takes the headers of a part off its text.
PartHeaders take_headers(std::string_view& text) {
  PartHeaders headers;
  while (!text.empty()) {
    const std::string header = take_header(text);
    if (header.empty()) break;
    headers.take(header);
  }
  return headers;
}

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [text](std::string_view each) { return equals_ignore_case(text, each); });
}

BodyPart read_leaf(const BodyHeaders& headers, std::string_view content) {
  BodyPart part;
  if (auto type = ContentType::parse(headers.type); type.ok()) part.type = type.value().type;
  Scanner in(headers.disposition);
  part.disposition = to_lower(in.take_token());
  const auto params = Params::parse_header(in.rest());
  part.optional = params && equals_ignore_case(params->get("handling").value_or(""), "optional");
  part.encoded = !is_any_of(headers.encoding, {"", "identity"}) ||
                 !is_any_of(headers.transfer_encoding, {"", "7bit", "8bit", "binary"});
  part.content = content;
  return part;
}

// False when it cannot be taken apart.
bool read_parts(const BodyHeaders& headers, std::string_view body, size_t depth,
                std::vector<BodyPart>& out) {
  const BodyPart whole = read_leaf(headers, body);
  if (!whole.type.starts_with("multipart/") || whole.encoded || depth == kMaxBodyDepth) {
    out.push_back(whole);
    return out.size() <= kMaxBodyParts;
  }
  const auto type = ContentType::parse(headers.type);
  const auto contents = split_multipart(body, type.value().params.get("boundary").value_or(""));
  const bool optional = whole.optional || whole.type == "multipart/alternative";
  for (std::string_view content : contents) {
    const size_t first = out.size();
    const PartHeaders of_part = take_headers(content);
    if (!read_parts(of_part.view(), content, depth + 1, out)) return false;
    for (size_t i = first; i < out.size(); ++i) out[i].optional = out[i].optional || optional;
  }
  return !contents.empty();
}

}  // namespace

Result<ContentType> ContentType::parse(std::string_view text) {
  const Error error{Errc::kProtocol, "malformed Content-Type"};
  Scanner in(trim(text));
  const std::string_view type = in.take_token();
  if (type.empty() || !in.take('/')) return error;
  const std::string_view subtype = in.take_token();
  const auto params = Params::parse_header(in.rest());
  if (subtype.empty() || !params) return error;
  return ContentType{to_lower(type) + '/' + to_lower(subtype), *params};
}

// SDP without a disposition is for the session (RFC 3261 20.11).
bool BodyPart::is_sdp() const {
  return type == "application/sdp" && !encoded && (disposition.empty() || disposition == "session");
}

std::vector<BodyPart> read_body_parts(const BodyHeaders& headers, std::string_view body) {
  std::vector<BodyPart> parts;
  if (body.empty() || !read_parts(headers, body, 0, parts)) parts.clear();
  return parts;
}

}  // namespace rc::sip
