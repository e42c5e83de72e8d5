// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/caller.h"

#include "call/api_ids.h"
#include "core/text.h"

namespace rc::call {
namespace {

std::string shown(const std::string& preferred, const std::string& other) {
  return clean_text(preferred.empty() ? other : preferred);
}

std::string attribute(const std::optional<AgentMessage>& agent, const char* name) {
  if (!agent) return {};
  const auto found = agent->body.find(name);
  return found == agent->body.end() ? std::string() : found->second;
}

}  // namespace

std::optional<AgentMessage> agent_of(const sip::Message& invite) {
  const auto header = invite.header("P-rc");
  return header ? AgentMessage::parse(*header) : std::nullopt;
}

void read_api_ids(const sip::Message& message, CallInfo& info) {
  const auto header = message.header("p-rc-api-ids");
  if (!header) return;
  const ApiIds ids = ApiIds::parse(*header);
  info.session_id = ids.session_id;
  info.party_id = ids.party_id;
}

void describe_inbound(const sip::Message& invite, CallInfo& info) {
  const auto agent = agent_of(invite);
  const auto from = invite.from();
  const auto to = invite.to();
  info.from_number = shown(attribute(agent, "Phn"), from ? from->uri.user_text() : "");
  info.from_name = shown(attribute(agent, "Nm"), from ? from->display : "");
  info.to_number = shown(attribute(agent, "ToPhn"), to ? to->uri.user_text() : "");
  info.to_name = clean_text(attribute(agent, "ToNm"));
  if (const auto header = invite.header("p-rc-api-call-info")) {
    const auto pairs = parse_pairs(*header);
    if (const auto queue = pairs.find("queuename"); queue != pairs.end())
      info.queue = clean_text(queue->second);
  }
  read_api_ids(invite, info);
}

}  // namespace rc::call
