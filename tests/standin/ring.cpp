// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ring.h"

#include "exchange.h"
#include "registrar.h"

namespace standin {
namespace {

constexpr auto kAgent = "#996016@sip.ringcentral.com:5060";

std::string random_digits(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>('0' + g_random_int_range(0, 10));
  return out;
}

std::string request_guid() {
  g_autofree gchar* uuid = g_uuid_string_random();
  g_autofree gchar* upper = g_ascii_strup(uuid, -1);
  return "{" + std::string(upper) + "}";
}

}  // namespace

Ring::Ring(Box& box, Call& call, Listener listener)
    : box_(box), call_(call), listener_(std::move(listener)), sid_("35" + random_digits(12)) {}

std::vector<SipHeader> Ring::invite_headers(const Spec& spec) const {
  const Account* account = box_.directory.by_extension(spec.extension);
  const std::string& name = spec.sip.raw_name.empty() ? spec.display_name : spec.sip.raw_name;
  const std::string p_rc = "<Msg><Hdr SID=\"" + sid_ + "\" Req=\"" + request_guid() + "\" From=\"" +
                           kAgent + "\" To=\"" + account->username() +
                           "\" Cmd=\"6\"/><Bdy SrvLvl=\"-149699523\" SrvLvlExt=\"406\" Phn=\"" +
                           xml_escape(spec.from_user) + "\" Nm=\"" + xml_escape(name) +
                           "\" ToPhn=\"" + account->number + "\" ToNm=\"" + account->name +
                           "\" RecUrl=\"\"/></Msg>";
  std::vector<SipHeader> headers = {call_.ids().header(2),
                                    {"p-rc-api-call-info", "callAttributes=reject,send-vm"},
                                    {"P-rc", p_rc}};
  const std::string info =
      "<" + random_digits(9) + "_" + random_digits(9) + "@127.0.0.1>;purpose=info";
  headers.push_back({"Call-Info", info + (spec.auto_answer ? ";Answer-After=0" : "")});
  if (spec.auto_answer) headers.push_back({"Alert-Info", "Auto Answer"});
  return headers;
}

void Ring::start(const Spec& spec) {
  const auto headers = invite_headers(spec);
  for (const auto& to : box_.registrar->reachable(spec.extension)) {
    if (to.instance == spec.skip_instance) continue;
    const Peer peer{to.extension, to.device_id, to.instance, to.contact_uri, to.flow};
    auto leg = Leg::to_client(
        box_, peer, {spec.from_user, spec.display_name, headers, spec.sdp, spec.sip}, *this);
    box_.exchange->add_leg(leg, sid_);
    legs_.push_back(std::move(leg));
  }
  std::weak_ptr<Call> alive = call_.weak_from_this();
  const bool nobody = legs_.empty();
  const auto wait = nobody ? box_.pause() : std::chrono::seconds(box_.faults.ring_timeout_s);
  box_.loop.after(wait, [this, alive, nobody] {
    if (alive.expired() || over_) return;
    fail(480, nobody ? "not registered" : "no answer");
  });
}

void Ring::fail(int status, const std::string& reason, const std::string& forward_to) {
  if (over_) return;
  over_ = true;
  cancel_others(nullptr);
  listener_.on_failed(status, reason, forward_to);
}

void Ring::cancel() {
  if (over_) return;
  over_ = true;
  cancel_others(nullptr);
}

void Ring::cancel_others(const Leg* winner) {
  for (const auto& leg : legs_) {
    if (leg.get() != winner) leg->cancel();
  }
}

void Ring::on_answered(Leg& leg, const std::string& sdp) {
  if (over_) {  // two devices answered at the same time: the later one loses
    leg.ack();
    leg.bye();
    return;
  }
  over_ = true;
  winner_ = leg.shared_from_this();
  leg.set_owner(call_);
  cancel_others(&leg);
  std::weak_ptr<Call> alive = call_.weak_from_this();
  box_.loop.after(box_.pause(), [this, alive] {
    if (!alive.expired() && box_.faults.cmd7 != 0) send_processed();
  });
  listener_.on_answered(winner_, sdp);
}

// 486 of one device means nothing while another rings; 603 speaks for the user.
void Ring::on_rejected(Leg&, int status) {
  ++rejected_;
  if (best_status_ == 0 || status >= 600) best_status_ = status;
  if (status >= 600 || rejected_ == legs_.size()) fail(best_status_, "rejected");
}

// The SDK listens for the CANCEL only after the 200 to its MESSAGE was processed: pause.
void Ring::on_agent(Leg& leg, int cmd, const std::string& xml) {
  std::weak_ptr<Call> alive = call_.weak_from_this();
  const auto later = [&](int status, const std::string& reason, const std::string& to) {
    box_.loop.after(box_.pause(), [this, alive, status, reason, to] {
      if (!alive.expired()) fail(status, reason, to);
    });
  };
  switch (cmd) {
    case 10:
      return later(480, "forwarded", xml_attribute(xml, "Bdy", "Phn"));
    case 11:
      return later(480, "voicemail", "");
    case 12:
      return later(603, "declined", "");
    case 14:
      later(480, "replied", "");
      return answer_reply(leg.peer());
    default:  // 13 (more time) and 17 (received) ask for nothing
      return;
  }
}

// One copy per device, each delivered to every instance; Cln says whom it is for.
void Ring::send_processed() {
  for (const auto& about : legs_) {
    for (const auto& leg : legs_) {
      send_agent(leg->peer(), 7,
                 "<Bdy Cln=\"" + about->peer().device_id +
                     "\" IP=\"4294967295\" Sts=\"0\" CtrlCln=\"\"/>");
    }
  }
}

// The caller has heard the reply and pressed 3 for "yes"; comes after the CANCEL.
void Ring::answer_reply(const Peer& peer) {
  box_.loop.after(2 * box_.pause(), [this, alive = call_.weak_from_this(), peer] {
    if (alive.expired()) return;
    send_agent(peer, 9, "<Bdy Cln=\"" + peer.device_id + "\" Sts=\"0\" Resp=\"1\" ExtNfo=\"\"/>");
  });
}

void Ring::send_freed() {
  if (winner_ == nullptr) return;
  const Peer& peer = winner_->peer();
  send_agent(peer, 2, "<Bdy Cln=\"" + peer.device_id + "\"/>");
}

void Ring::send_agent(const Peer& peer, int cmd, const std::string& body) {
  const Registration* registration = box_.registrar->by_instance(peer.instance);
  const Account* account = box_.directory.by_extension(peer.extension);
  if (registration == nullptr || !registration->connected) return;
  SipMessage message;
  message.method = "MESSAGE";
  message.uri = registration->contact_uri;
  message.add("Via", "SIP/2.0/WSS " + box_.wss() + ";rport;branch=z9hG4bK3DmKRO-" + random_hex(6));
  message.add("From", "<sip:%231024016@sip.ringcentral.com>;tag=" + random_hex(16));
  message.add("To", "<sip:" + account->username() + "@sip.ringcentral.com>");
  message.add("Call-Id", random_hex(16)).add("CSeq", std::to_string(next_cseq()) + " MESSAGE");
  message.add("Max-Forwards", "67").add("Content-Type", "x-rc/agent");
  message.body = "<Msg><Hdr SID=\"" + sid_ +
                 "\" Req=\"\" From=\"#1024016@sip.ringcentral.com:5060\" To=\"" +
                 account->username() + "@sip.ringcentral.com:5060\" Cmd=\"" + std::to_string(cmd) +
                 "\"/>" + body + "</Msg>";
  box_.flows.send(registration->flow, message);
}

}  // namespace standin
