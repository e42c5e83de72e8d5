// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/body.h"

#include "core/text.h"
#include "sip/bounds.h"
#include "sip/headers.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

// One header line of a part; what we cannot read we leave out.
void read_part_header(std::string_view line, BodyPart& part) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = long_name(trim(line.substr(0, colon)));
  const std::string_view value = trim(line.substr(colon + 1));
  if (equals_ignore_case(name, "Content-Type")) {
    if (auto type = ContentType::parse(value); type.ok()) part.type = type.value().type;
  } else if (equals_ignore_case(name, "Content-Disposition")) {
    Scanner in(value);
    part.disposition = to_lower(in.take_token());
    const auto params = Params::parse_header(in.rest());
    part.optional = params && to_lower(params->get("handling").value_or("")) == "optional";
  }
}

// `text` runs from the line end after one boundary to the one before the next.
BodyPart read_part(std::string_view text) {
  BodyPart part;
  part.type = "text/plain";
  while (true) {
    const size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return part;  // no empty line: no content
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) break;
    read_part_header(line, part);
  }
  part.content = text;
  return part;
}

// Where "--boundary" begins at the start of a line; npos when it does not.
size_t find_delimiter(std::string_view body, std::string_view delimiter) {
  for (size_t at = body.find(delimiter); at != std::string_view::npos;
       at = body.find(delimiter, at + 1)) {
    if (at == 0 || (at >= 2 && body.substr(at - 2, 2) == "\r\n")) return at;
  }
  return std::string_view::npos;
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

std::vector<BodyPart> split_multipart(std::string_view body, std::string_view boundary) {
  std::vector<BodyPart> parts;
  const std::string delimiter = "--" + std::string(boundary);
  size_t at = boundary.empty() ? std::string_view::npos : find_delimiter(body, delimiter);
  while (at != std::string_view::npos && parts.size() < kMaxBodyParts) {
    body.remove_prefix(at + delimiter.size());
    const size_t line_end = body.find("\r\n");
    if (body.substr(0, 2) == "--" || line_end == std::string_view::npos) break;
    body.remove_prefix(line_end);  // its line end may be that of an empty part
    at = find_delimiter(body, delimiter);
    if (at == std::string_view::npos) break;  // the closing boundary is missing: cut short
    const std::string_view part = body.substr(0, at - 2);
    parts.push_back(read_part(part.substr(std::min<size_t>(2, part.size()))));
  }
  return parts;
}

}  // namespace rc::sip
