// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/message.h"

#include <algorithm>

#include "core/text.h"
#include "sip/digest_fields.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

// The last guard against header injection; callers check user input and say what is wrong.
std::string without_breaks(std::string_view value) {
  std::string out(trim(value));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

template <typename T>
std::optional<T> parse_or_none(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  auto parsed = T::parse(*text);
  if (!parsed.ok()) return std::nullopt;
  return std::move(parsed).value();
}

std::optional<CSeq> read_cseq(std::string_view text) {
  Scanner in(text);
  const auto number = parse_number(in.take_until(" \t"), kMaxCSeq);
  in.skip_space();
  if (!number || !is_token(in.rest())) return std::nullopt;
  return CSeq{static_cast<uint32_t>(*number), std::string(in.rest())};
}

}  // namespace

Message Message::request(std::string_view method, const Uri& request_uri) {
  Message message;
  message.method_ = without_breaks(method);
  message.set_request_uri(request_uri);
  return message;
}

Message Message::response(int status, std::string_view reason) {
  Message message;
  message.status_ = status;
  message.reason_ = without_breaks(reason.empty() ? reason_phrase(status) : reason);
  return message;
}

std::optional<Uri> Message::target() const {
  return is_request() ? parse_or_none<Uri>(request_uri_) : std::nullopt;
}

void Message::set_request_uri(std::string_view uri) { request_uri_ = without_breaks(uri); }

std::optional<std::string_view> Message::header(std::string_view name) const {
  name = long_name(name);
  for (const Header& each : headers_) {
    if (equals_ignore_case(each.name, name)) return each.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Message::headers(std::string_view name) const {
  name = long_name(name);
  std::vector<std::string_view> out;
  for (const Header& each : headers_) {
    if (equals_ignore_case(each.name, name)) out.push_back(each.value);
  }
  return out;
}

std::vector<std::string_view> Message::values(std::string_view name) const {
  auto lines = headers(name);
  if (!is_list_header(long_name(name))) return lines;
  std::vector<std::string_view> out;
  for (const std::string_view line : lines) {
    const auto entries = split_list(line);
    if (entries) out.insert(out.end(), entries->begin(), entries->end());
  }
  return out;
}

void Message::add(std::string_view name, std::string_view value) {
  headers_.push_back({without_breaks(long_name(name)), without_breaks(value)});
}

void Message::prepend(std::string_view name, std::string_view value) {
  headers_.insert(headers_.begin(), {without_breaks(long_name(name)), without_breaks(value)});
}

void Message::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Message::remove(std::string_view name) {
  name = long_name(name);
  std::erase_if(headers_,
                [name](const Header& each) { return equals_ignore_case(each.name, name); });
}

void Message::copy(const Message& source, std::string_view name) {
  name = long_name(name);
  for (const Header& each : source.headers_) {
    if (equals_ignore_case(each.name, name)) headers_.push_back(each);
  }
}

std::optional<Via> Message::top_via() const {
  const auto vias = values("Via");
  return vias.empty() ? std::nullopt : parse_or_none<Via>(vias.front());
}

std::optional<NameAddr> Message::address(std::string_view name) const {
  const auto entries = values(name);
  return entries.empty() ? std::nullopt : parse_or_none<NameAddr>(entries.front());
}

std::vector<NameAddr> Message::addresses(std::string_view name) const {
  std::vector<NameAddr> out;
  for (const std::string_view entry : values(name)) {
    if (auto parsed = NameAddr::parse(entry); parsed.ok()) out.push_back(std::move(parsed).value());
  }
  return out;
}

std::string Message::from_tag() const {
  const auto address = from();
  return address ? address->tag() : "";
}

std::string Message::to_tag() const {
  const auto address = to();
  return address ? address->tag() : "";
}

std::optional<CSeq> Message::cseq() const { return read_cseq(header("CSeq").value_or("")); }

std::optional<RAck> Message::rack() const {
  Scanner in(header("RAck").value_or(""));
  const auto rseq = parse_number(in.take_until(" \t"), UINT32_MAX);
  in.skip_space();
  const auto cseq = read_cseq(in.rest());
  if (!rseq || !cseq) return std::nullopt;
  return RAck{static_cast<uint32_t>(*rseq), *cseq};
}

void Message::set_cseq(const CSeq& cseq) {
  set("CSeq", std::to_string(cseq.number) + ' ' + cseq.method);
}

std::optional<uint32_t> Message::number(std::string_view name) const {
  const auto text = header(name);
  if (!text) return std::nullopt;
  Scanner in(*text);
  const auto value = parse_number(in.take_until("; \t("), UINT32_MAX);
  if (!value) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

std::vector<std::string> Message::tokens(std::string_view name) const {
  std::vector<std::string> out;
  for (const std::string_view entry : values(name)) {
    if (is_token(entry)) out.emplace_back(entry);
  }
  return out;
}

bool Message::has_token(std::string_view name, std::string_view token) const {
  const auto all = values(name);
  return std::any_of(all.begin(), all.end(),
                     [token](std::string_view entry) { return equals_ignore_case(entry, token); });
}

std::vector<Challenge> Message::challenges() const {
  std::vector<Challenge> out;
  for (const Header& each : headers_) {
    const bool proxy = equals_ignore_case(each.name, "Proxy-Authenticate");
    if (!proxy && !equals_ignore_case(each.name, "WWW-Authenticate")) continue;
    for (const std::string_view one : split_challenges(each.value)) {
      if (auto parsed = Challenge::parse(one, proxy); parsed.ok())
        out.push_back(std::move(parsed).value());
    }
  }
  return out;
}

std::optional<ContentType> Message::content_type() const {
  return parse_or_none<ContentType>(header("Content-Type"));
}

void Message::set_body(std::string_view content_type, std::string body) {
  remove("Content-Type");
  body_.clear();
  if (content_type.empty()) return;
  add("Content-Type", content_type);
  body_ = std::move(body);
}

std::vector<BodyPart> Message::body_parts() const {
  const auto text = [this](const char* name) { return header(name).value_or(""); };
  return read_body_parts({text("Content-Type"), text("Content-Disposition"),
                          text("Content-Encoding"), text("Content-Transfer-Encoding")},
                         body_);
}

std::string Message::sdp() const {
  for (const BodyPart& part : body_parts()) {
    if (part.is_sdp()) return std::string(part.content);
  }
  return {};
}

}  // namespace rc::sip
