// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rc::call {

// RingCentral's private call agent protocol: one line of XML,
//   <Msg><Hdr SID= Req= From= To= Cmd=/><Bdy .../></Msg>
// in the header P-rc of an INVITE and in the body of SIP MESSAGEs of type x-rc/agent
// (protocol/ringcentral.md 4.3).
struct AgentMessage {
  enum Command {
    kServerFreeResources = 2,
    kIncomingCall = 6,
    kAlreadyProcessed = 7,  // another device has taken the call, or ours has
    kSessionClose = 9,
    kReject = 12,
    kReceiveConfirm = 17,  // without it the service cannot send the call to voicemail
  };

  int command = 0;
  std::string session;                      // Hdr/@SID
  std::string request;                      // Hdr/@Req
  std::string from, to;                     // Hdr/@From, @To: "#996016@sip.ringcentral.com:5060"
  std::map<std::string, std::string> body;  // Bdy's attributes

  // nullopt: not such a message, larger than kMaxBytes, or with an address that is none.
  static std::optional<AgentMessage> parse(std::string_view xml);
  static constexpr size_t kMaxBytes = 8192;
  static constexpr const char* kContentType = "x-rc/agent";

  std::string to_xml() const;
  // Our message about the same call: session and request copied, from and to swapped.
  // `client` is our authorization id (Bdy/@Cln).
  AgentMessage reply(Command command, const std::string& client) const;
};

}  // namespace rc::call
