// SPDX-License-Identifier: LGPL-2.1-or-later
// A URI, an address with a display name, a host with a port: read, written, read again.
#include "fuzz.h"
#include "sip/host_port.h"
#include "sip/name_addr.h"
#include "sip/uri.h"

namespace {

void uri(std::string_view text) {
  const auto parsed = rc::sip::Uri::parse(text);
  if (!parsed.ok()) return;
  const auto again = rc::sip::Uri::parse(parsed.value().to_string());
  fuzz::require(again.ok(), "a URI that we write can be read");
  fuzz::require(again.value().to_string() == parsed.value().to_string(), "writing is stable");
  fuzz::require(equivalent(parsed.value(), again.value()), "a URI equals itself");
  (void)parsed.value().user_text();
}

void address(std::string_view text) {
  const auto parsed = rc::sip::NameAddr::parse(text);
  if (!parsed.ok()) return;
  const auto again = rc::sip::NameAddr::parse(parsed.value().to_string());
  fuzz::require(again.ok(), "an address that we write can be read");
  fuzz::require(again.value().display == parsed.value().display, "the display name stays");
  fuzz::require(again.value().tag() == parsed.value().tag(), "the tag stays");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  uri(text);
  address(text);
  if (const auto host = rc::sip::HostPort::parse(text))
    fuzz::require(rc::sip::HostPort::parse(host->to_string()).has_value(), "a host can be read");
  fuzz::require(rc::sip::Uri::parse("sip:" + rc::sip::escape_user(text) + "@h").ok() ||
                    text.empty() || text.size() > 256,
                "an escaped user part is one");
  return 0;
}
