// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/parser.h"

#include <glib.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "sip/checks.h"
#include "sip/scanner.h"

namespace rc::sip {

// One parse. Goes on after a fault, so that the answer to a bad request can name its transaction;
// the first fault counts.
class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}

  Parsed run() {
    if (rest_.size() > kMaxMessageBytes) {
      fail(513, "message too large");
      return finish();
    }
    while (rest_.substr(0, 2) == "\r\n") rest_.remove_prefix(2);  // RFC 3261 7.5
    read_start_line();
    read_headers();
    read_body();
    if (!fault_) fault_ = check_headers(message_);
    return finish();
  }

 private:
  void fail(int status, const char* text) {
    if (!fault_) fault_ = ParseFault{status, text};
  }
  Parsed finish() { return {std::move(message_), std::move(fault_)}; }

  std::optional<std::string_view> take_line();
  std::optional<std::string> take_header_line();
  void read_start_line();
  void read_request_line(std::string_view line);
  void read_status_line(std::string_view line);
  void read_uri(std::string_view text);
  void read_headers();
  void read_header(std::string_view line);
  void read_body();

  std::string_view rest_;
  Message message_;
  std::optional<ParseFault> fault_;
};

namespace {

constexpr std::string_view kSpace = " \t";

bool is_space(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kSpace) == std::string_view::npos;
}

// CR and LF never; NUL only as a quoted-pair, which the grammar has (RFC 4475 3.1.1.2).
bool is_clean_value(std::string_view value) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\r' || value[i] == '\n') return false;
    if (value[i] == '\0' && (i == 0 || value[i - 1] != '\\')) return false;
  }
  return true;
}

bool is_version(std::string_view text) {
  return text.size() == 7 && equals_ignore_case(text.substr(0, 4), "SIP/") &&
         g_ascii_isdigit(text[4]) && text[5] == '.' && g_ascii_isdigit(text[6]);
}

size_t utf16_length(const std::string& text) {
  glong units = 0;
  gunichar2* converted =
      g_utf8_to_utf16(text.data(), static_cast<glong>(text.size()), nullptr, &units, nullptr);
  if (converted == nullptr) return SIZE_MAX;  // not UTF-8
  g_free(converted);
  return static_cast<size_t>(units);
}

}  // namespace

std::optional<std::string_view> Parser::take_line() {
  const size_t end = rest_.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end + 2);
  return line;
}

// A header with the lines folded into it: a line break and the space around it are one space.
std::optional<std::string> Parser::take_header_line() {
  const auto first = take_line();
  if (!first) return std::nullopt;
  std::string line(*first);
  while (!line.empty() && is_space(rest_.substr(0, 1))) {
    const auto more = take_line();
    if (!more) return std::nullopt;
    line.resize(line.find_last_not_of(kSpace) + 1);
    line += ' ';
    line += more->substr(std::min(more->find_first_not_of(kSpace), more->size()));
  }
  return line;
}

void Parser::read_start_line() {
  const auto line = take_line();
  if (!line) return fail(400, "no start line");
  if (equals_ignore_case(line->substr(0, 4), "SIP/")) return read_status_line(*line);
  read_request_line(*line);
}

void Parser::read_request_line(std::string_view line) {
  Scanner in(line);
  message_.method_ = in.take_token();
  const size_t last_space = in.rest().rfind(' ');
  if (message_.method_.empty() || in.peek() != ' ' || last_space == 0)
    return fail(400, "malformed request line");
  const std::string_view version = in.rest().substr(last_space + 1);
  if (!is_version(version)) return fail(400, "malformed request line");
  if (!equals_ignore_case(version, "SIP/2.0")) return fail(505, "unknown SIP version");
  read_uri(in.rest().substr(1, last_space - 1));
}

// Space anywhere in it, or <> around it, is refused (RFC 4475 3.1.2.7 to 3.1.2.11).
void Parser::read_uri(std::string_view text) {
  if (!has_only(text, is_visible)) return fail(400, "malformed Request-URI");
  message_.request_uri_ = text;
  const auto uri = Uri::parse(text);
  if (!uri.ok() || !uri.value().headers.empty()) fail(400, "malformed Request-URI");
}

// The space before an empty reason may be missing: some stacks trim it.
void Parser::read_status_line(std::string_view line) {
  const bool good = line.size() >= 11 && is_version(line.substr(0, 7)) && line[7] == ' ' &&
                    (line.size() == 11 || line[11] == ' ');
  const auto status = good ? parse_number(line.substr(8, 3), 699) : std::nullopt;
  if (!status || *status < 100) return fail(400, "malformed status line");
  if (!equals_ignore_case(line.substr(0, 7), "SIP/2.0")) return fail(505, "unknown SIP version");
  message_.status_ = static_cast<int>(*status);
  if (line.size() > 12) message_.reason_ = line.substr(12);
  if (!is_clean_value(message_.reason_)) fail(400, "malformed status line");
}

void Parser::read_headers() {
  while (true) {
    const size_t before = rest_.size();
    const auto line = take_header_line();
    if (!line) return fail(400, "no empty line after the headers");
    if (line->empty()) return;
    if (before - rest_.size() > kMaxHeaderLineBytes) {
      fail(400, "header too long");
    } else if (message_.headers_.size() >= kMaxHeaders) {
      fail(400, "too many headers");
    } else {
      read_header(*line);
    }
  }
}

void Parser::read_header(std::string_view line) {
  Scanner in(line);
  const std::string_view name = in.take_token();
  if (name.empty() || !in.take(':')) return fail(400, "malformed header");
  if (!is_clean_value(in.rest())) return fail(400, "line break or NUL in a header");
  const std::string_view value = trim(in.rest());
  message_.headers_.push_back({std::string(long_name(name)), std::string(value)});
}

void Parser::read_body() {
  message_.body_ = rest_;
  const auto text = message_.header("Content-Length");
  if (!text) return;  // RFC 7118 5: the frame is the message
  const auto length = parse_number(*text, SIZE_MAX);
  if (!length) return fail(400, "malformed Content-Length");
  if (*length > rest_.size()) return fail(400, "body shorter than Content-Length");
  if (*length < rest_.size() && *length != utf16_length(message_.body_))
    message_.body_.resize(*length);
}

bool Parsed::answerable() const {
  return !message.method().empty() && message.method() != "ACK" && message.has("Via");
}

Parsed parse_message(std::string_view bytes) { return Parser(bytes).run(); }

}  // namespace rc::sip
