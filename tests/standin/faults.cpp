// SPDX-License-Identifier: LGPL-2.1-or-later
#include "faults.h"

namespace standin {

const std::vector<FaultInfo>& fault_table() {
  static const std::vector<FaultInfo> kTable = {
      {"oauth_429_times", &Faults::oauth_429_times, "n token requests refused with 429"},
      {"oauth_503_times", &Faults::oauth_503_times, "n token requests refused with 503"},
      {"oauth_malformed_times", &Faults::oauth_malformed_times, "n token answers cut in half"},
      {"oauth_expires_in", &Faults::oauth_expires_in, "life of an access token in s (3600)"},
      {"refresh_token", &Faults::refresh_token, "issue refresh tokens (1)"},
      {"token_expired", &Faults::token_expired, "n times bearer refused, OAU-128"},
      {"provision_429_times", &Faults::provision_429_times, "n times 429 to sip-provision"},
      {"provision_503", &Faults::provision_503, "n times 503 to sip-provision"},
      {"provision_malformed_times", &Faults::provision_malformed_times, "n answers cut in half"},
      {"cmn401", &Faults::cmn401, "sip-provision answers 403 CMN-401 (permission missing)"},
      {"retry_after", &Faults::retry_after, "Retry-After of 429 and 503 in s, 0 = none (1)"},
      {"rest_delay_ms", &Faults::rest_delay_ms, "delay of every REST answer"},
      {"rate_limits", &Faults::rate_limits, "enforce auth 5/min and heavy 10/min"},
      {"refuse_websocket", &Faults::refuse_websocket, "WebSocket upgrade answered with 503"},
      {"expires", &Faults::expires, "longest registration granted in s (60)"},
      {"registration_grace_s", &Faults::registration_grace_s,
       "a lapsed registration holds its slot so long (120)"},
      {"max_contacts", &Faults::max_contacts, "instances per extension, then 603 (5)"},
      {"qop", &Faults::qop, "challenge with qop=\"auth\", algorithm=MD5"},
      {"challenges", &Faults::challenges,
       "1 SHA-256, 2 MD5 and SHA-256, 3 in one line, 4 unknown and MD5, 5 foreign too"},
      {"foreign_realm", &Faults::foreign_realm, "challenge for the realm sip.example.com only"},
      {"too_many_contacts", &Faults::too_many_contacts, "REGISTER -> 603 Too Many Contacts"},
      {"refuse_403", &Faults::refuse_403, "REGISTER -> 403 Forbidden"},
      {"repeat_401", &Faults::repeat_401, "REGISTER -> 401 whatever the digest"},
      {"repeat_407", &Faults::repeat_407, "INVITE -> 407 whatever the digest"},
      {"register_503_times", &Faults::register_503_times, "n times 503 to REGISTER"},
      {"no_answer_register", &Faults::no_answer_register, "REGISTER gets no answer at all"},
      {"drop_socket", &Faults::drop_socket, "n times close the socket on INVITE"},
      {"cut_at_message", &Faults::cut_at_message,
       "the n-th message from now, sent or received, is lost: end of TCP"},
      {"freeze_at_message", &Faults::freeze_at_message,
       "the n-th message from now is lost: the socket takes bytes and is silent"},
      {"no_bye_answer", &Faults::no_bye_answer, "a client's BYE gets no answer"},
      {"lose_bye", &Faults::lose_bye, "n BYEs of clients are lost: the call goes on"},
      {"no_ack", &Faults::no_ack, "a client's 200 gets no ACK"},
      {"pause_ms", &Faults::pause_ms, "pause before messages the SDK would lose (60)"},
      {"answer_delay_ms", &Faults::answer_delay_ms, "scripted callee: extra time before 200"},
      {"provisional_sdp", &Faults::provisional_sdp, "scripted callee: SDP in the 183, too"},
      {"ring_timeout_s", &Faults::ring_timeout_s, "ringing ends after s (60)"},
      {"cmd7", &Faults::cmd7, "send MESSAGE Cmd 7 after an answer (1)"},
      {"strict", &Faults::strict, "judge messages of gst-ringcentral (1)"},
  };
  return kTable;
}

bool set_fault(Faults& faults, std::string_view name, std::int64_t value) {
  for (const auto& fault : fault_table()) {
    if (fault.name != name) continue;
    faults.*fault.value = value;
    return true;
  }
  return false;
}

bool use_once(std::int64_t& counter) {
  if (counter <= 0) return false;
  --counter;
  return true;
}

}  // namespace standin
