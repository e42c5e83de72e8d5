// SPDX-License-Identifier: LGPL-2.1-or-later
// A SIP message of any bytes: parsed, read by meaning, answered, written and read again.
#include "core/text.h"
#include "fuzz.h"
#include "sip/parser.h"

namespace {

using rc::sip::Message;

// What a hostile sender may put into a message must not change by writing it: same headers, body.
void require_round_trip(const Message& message) {
  const std::string bytes = message.to_bytes();
  const auto again = rc::sip::parse_message(bytes);
  if (bytes.size() > rc::sip::kMaxMessageBytes) return;  // grew by Content-Length
  fuzz::require(again.ok(), "what we write can be read");
  fuzz::require(again.message.body() == message.body(), "the body stays");
  fuzz::require(again.message.call_id() == message.call_id(), "Call-ID stays");
  fuzz::require(again.message.from_tag() == message.from_tag(), "the From tag stays");
  fuzz::require(again.message.to_tag() == message.to_tag(), "the To tag stays");
}

void read_by_meaning(const Message& message) {
  (void)message.target();
  (void)message.challenges();
  (void)message.content_type();
  (void)message.body_parts();
  (void)message.sdp();
  for (const auto* name : {"Contact", "Route", "Record-Route", "P-Asserted-Identity", "Refer-To"})
    for (const auto& address : message.addresses(name)) (void)address.uri.user_text();
  for (const auto* name : {"Max-Forwards", "Expires", "Session-Expires", "Min-SE", "RSeq"})
    (void)message.number(name);
  for (const auto* name : {"Require", "Supported", "Allow", "Unsupported"})
    (void)message.tokens(name);
  const auto from = message.from();
  if (from) (void)rc::clean_text(from->display);
}

void answer(const Message& request) {
  const std::string bytes = rc::sip::response_to(request, 486, "tag").to_bytes();
  const auto parsed = rc::sip::parse_message(bytes);
  if (parsed.ok()) fuzz::require(parsed.message.status() == 486, "the status stays");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = rc::sip::parse_message(fuzz::text_of(data, size));
  read_by_meaning(parsed.message);
  if (parsed.ok()) {
    fuzz::require(parsed.message.top_via().has_value(), "a good message has a Via");
    fuzz::require(parsed.message.from() && parsed.message.to(), "a good message has From and To");
    fuzz::require(parsed.message.cseq().has_value(), "a good message has a CSeq");
    require_round_trip(parsed.message);
  }
  if (parsed.message.is_request() && (parsed.ok() || parsed.answerable())) answer(parsed.message);
  return 0;
}
