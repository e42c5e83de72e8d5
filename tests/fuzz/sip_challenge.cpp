// SPDX-License-Identifier: LGPL-2.1-or-later
// A digest challenge of any bytes, and our answer to it.
#include "fuzz.h"
#include "sip/digest.h"
#include "sip/message.h"

namespace {

constexpr const char* kRealm = "sip.example.com";

rc::sip::Message request() {
  auto message =
      rc::sip::Message::request("REGISTER", rc::sip::Uri::parse("sip:sip.example.com").value());
  message.add("Via", "SIP/2.0/WSS a.invalid;branch=z9hG4bK1");
  message.set_cseq({1, "REGISTER"});
  return message;
}

// The whole way of a 401: nothing of a challenge may open a line of its own in what we send.
void session(std::string_view text) {
  rc::sip::DigestSession digest({{"user", "S3CR3T"}, {kRealm}, {}});
  auto challenged = request();
  auto response = rc::sip::Message::response(401);
  response.add("WWW-Authenticate", text);
  const bool taken = digest.take_challenge(challenged, response, 0).ok();
  auto again = request();
  digest.authorize(again);
  fuzz::require(taken == again.has("Authorization"), "credentials go out only for a challenge");
  if (!taken) return;
  const auto value = *again.header("Authorization");
  fuzz::require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
                "one line");
  fuzz::require(value.find("S3CR3T") == std::string_view::npos ||
                    text.find("S3CR3T") != std::string_view::npos,
                "the password stays here");
  fuzz::require(value.find("realm=\"sip.example.com\"") != std::string_view::npos, "our realm");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  for (const bool proxy : {false, true}) (void)rc::sip::Challenge::parse(text, proxy);
  session(text);
  return 0;
}
