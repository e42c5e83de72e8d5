// SPDX-License-Identifier: LGPL-2.1-or-later
// RingCentral's P-rc XML of any bytes, and our reply about the same call.
#include "call/agent_message.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = rc::call::AgentMessage::parse(fuzz::text_of(data, size));
  if (!message) return 0;
  const auto reply = message->reply(rc::call::AgentMessage::kReceiveConfirm, "802398804016");
  fuzz::require(reply.to.find_first_of("\r\n") == std::string::npos, "an address is one line");
  const auto again = rc::call::AgentMessage::parse(reply.to_xml());
  fuzz::require(again.has_value(), "what we write can be read");
  fuzz::require(again->session == message->session, "the session stays");
  fuzz::require(again->request == message->request, "the request stays");
  return 0;
}
