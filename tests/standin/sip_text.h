// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

struct SipHeader {
  std::string name;
  std::string value;
};

// How a message is spelled: RingCentral's way, or one of those that RFC 3261 7.3 allows as well.
enum class TextForm { kUsual, kCompact, kLower, kFolded };
std::optional<TextForm> parse_text_form(std::string_view name);  // "" and "usual" are the first

// One SIP message, as lenient as the real service: strictness is a separate layer (strict.h).
struct SipMessage {
  std::string method;  // empty for a response
  std::string uri;
  int status = 0;  // 0 for a request
  std::string reason;
  std::vector<SipHeader> headers;
  std::string body;
  TextForm form = TextForm::kUsual;  // of to_text()

  bool is_request() const { return status == 0; }
  // First value of the header (name case-blind, compact names known), empty when missing.
  std::string_view get(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // Every value of a list header, across lines and commas, in order.
  std::vector<std::string> list(std::string_view name) const;
  SipMessage& add(std::string_view name, std::string_view value);
  // Each header takes the place of all those of its name; several of one name stay together.
  SipMessage& replace(const std::vector<SipHeader>& with);
  // Adds Content-Length (in bytes) as the last header.
  std::string to_text() const;
};

// Takes LF as well as CRLF and unfolds headers; the body is all that follows the blank line, since
// a WebSocket frame is one message. Nothing when there is no start line or a line has no colon.
std::optional<SipMessage> parse_sip(std::string_view text);

// "v" -> "Via"; a name that is not compact stays as it is.
std::string_view full_header_name(std::string_view name);
// At the commas outside quotes and <>, each part trimmed.
std::vector<std::string> split_list(std::string_view value);

bool equal_nocase(std::string_view a, std::string_view b);
bool starts_with(std::string_view text, std::string_view prefix);
std::string_view trim(std::string_view text);

// "<sip:a@b;x=1>;tag=z" -> "sip:a@b;x=1"; without brackets everything before the first ';'.
std::string uri_of(std::string_view name_addr);
// "sip:+1202@host;x" -> "+1202".
std::string user_of(std::string_view uri);
// Value of a header parameter (outside <>), quotes kept away; nothing when the name is missing.
std::optional<std::string> header_param(std::string_view value, std::string_view name);
std::string tag_of(std::string_view name_addr);
std::string branch_of(const SipMessage& message);
// Whether a list header such as Require or Supported holds this option.
bool has_option(const SipMessage& message, std::string_view header, std::string_view option);
// The number that a header begins with: "1800;refresher=uac" -> 1800; 0 when it is missing.
std::uint64_t number_in(const SipMessage& message, std::string_view header);

struct CSeq {
  std::uint32_t number = 0;
  std::string method;
};
std::optional<CSeq> cseq_of(const SipMessage& message);

// Response with Via, From, To, Call-Id and CSeq of the request, in the spelling that the official
// SDK needs. to_tag is added when the request's To has none; pass "" for 100.
SipMessage make_response(const SipMessage& request, int status, std::string_view reason,
                         std::string_view to_tag);
std::string_view default_reason(int status);

// XML attribute (P-rc): value of name="..." unescaped, empty when missing.
std::string xml_attribute(std::string_view xml, std::string_view element, std::string_view name);
std::string xml_escape(std::string_view text);

}  // namespace standin
