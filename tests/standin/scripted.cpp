// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The two directions of an anchored call.
#include <map>

#include "anchor.h"
#include "exchange.h"

namespace standin {
namespace {

// Whole but for the codec: nothing that a WebRTC phone can speak. setup: the role in DTLS.
std::string unusable_sdp(const char* setup) {
  return std::string(
             "v=0\r\no=- 4815162342108481516 1 IN IP4 127.0.0.1\r\ns=SmcSip\r\n"
             "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 18\r\n"
             "a=rtpmap:18 g729/8000\r\na=sendrecv\r\na=rtcp-mux\r\na=ice-ufrag:g729\r\n"
             "a=ice-pwd:nobodyconnectstothis0000\r\na=fingerprint:sha-256 00:01:02:03:04:05:06:07:"
             "08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\na="
             "setup:") +
         setup + "\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n";
}

}  // namespace

// --- ScriptedCaller

ScriptedCaller::ScriptedCaller(Box& box, const Account& to, Options options, MediaSpec spec)
    : AnchorCall(box, "inbound", options.from, to.extension, std::move(spec)),
      options_(std::move(options)),
      to_(to.extension) {}

void ScriptedCaller::start() {
  make_media();
  ring_ = std::make_unique<Ring>(
      box_, *this,
      Ring::Listener{[this](auto leg, const auto& sdp) { on_answer(leg, sdp); },
                     [this](int, const auto& reason, const auto&) { end(reason); }});
  if (spec().late_offer) return ring("");
  if (spec().no_codec) return ring(unusable_sdp("actpass"));
  media().create_offer(
      with_sdp([this](const std::string& sdp) { ring(sdp); }, [this] { end("media_error"); }));
}

void ScriptedCaller::ring(const std::string& sdp) {
  ring_->start({to_, "", options_.from, options_.name, sdp, options_.auto_answer, options_.sip});
}

// The ACK goes out at once: clients are measured from it.
void ScriptedCaller::on_answer(std::shared_ptr<Leg> leg, const std::string& sdp) {
  leg_ = std::move(leg);
  if (spec().late_offer) {
    media().create_answer(sdp, with_sdp([this](const std::string& answer) { leg_->ack(answer); },
                                        [this] {
                                          leg_->ack();
                                          end("media_error");
                                        }));
  } else {
    leg_->ack();
    apply_answer(sdp);
  }
  connected(options_.hangup_after);
}

void ScriptedCaller::hang_up() {
  ring_->cancel();
  end("hang_up");
}

Leg* ScriptedCaller::leg() {
  if (leg_ != nullptr) return leg_.get();
  return ring_ == nullptr ? nullptr : ring_->first_leg();
}

void ScriptedCaller::abandon() {
  if (leg_ == nullptr) return hang_up();
  AnchorCall::abandon();
}

void ScriptedCaller::on_ended() {
  box_.loop.after(box_.pause(), while_alive([this] { ring_->send_freed(); }));
}

// --- ScriptedCallee

std::optional<NumberSpec::Behaviour> parse_behaviour(const std::string& name) {
  using Behaviour = NumberSpec::Behaviour;
  static const std::map<std::string, Behaviour> kNames = {
      {"answer", Behaviour::kAnswer},  {"busy", Behaviour::kBusy},
      {"reject", Behaviour::kReject},  {"not_found", Behaviour::kNotFound},
      {"ring", Behaviour::kRing},      {"error", Behaviour::kError},
      {"bad_sdp", Behaviour::kBadSdp}, {"status", Behaviour::kStatus},
  };
  const auto found = kNames.find(name);
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

ScriptedCallee::ScriptedCallee(Box& box, std::shared_ptr<Leg> leg, const std::string& number,
                               NumberSpec number_spec)
    : AnchorCall(box, "outbound", leg->peer().extension, number, number_spec.media),
      number_(std::move(number_spec)) {
  leg_ = std::move(leg);
  leg_->set_owner(*this);
  leg_->set_invite_headers({ids().header(1)});
  leg_->set_sip(number_.sip);
}

void ScriptedCallee::start(const std::string& offer) {
  using Behaviour = NumberSpec::Behaviour;
  on_mark(*leg_, "invite");
  const bool answers = number_.behaviour == Behaviour::kAnswer;
  if (!answers || box_.faults.provisional_sdp == 0 || offer.empty()) leg_->progress(183);
  if (leg_->interval_too_small()) return refuse(422);
  ring_forks();
  switch (number_.behaviour) {
    case Behaviour::kAnswer:
      return answer(offer);
    case Behaviour::kBadSdp:
      return accept_later(unusable_sdp("passive"));
    case Behaviour::kBusy:
      return refuse(486);
    case Behaviour::kReject:
      return refuse(603);
    case Behaviour::kNotFound:
      return refuse(404);
    case Behaviour::kError:
      return refuse(500);
    case Behaviour::kStatus:
      return refuse(number_.status);
    case Behaviour::kRing:
      if (number_.sip.answer_on_cancel) answer(offer);
  }
}

void ScriptedCallee::ring_forks() {
  for (std::int64_t i = 0; i < number_.sip.forks; ++i) {
    const auto& fork = forks_.emplace_back(leg_->fork(fork_owner_));
    box_.exchange->add_leg(fork);
    fork->progress(180);
  }
}

// As two phones that are picked up in the same moment (RFC 3261 13.2.2.4).
void ScriptedCallee::answer_forks(const std::string& sdp) {
  for (std::int64_t i = 0; i < number_.sip.forks_answered; ++i) {
    forks_[static_cast<std::size_t>(i)]->accept(sdp);
  }
}

void ScriptedCallee::answer(const std::string& offer) {
  make_media();
  const auto accept = with_sdp(
      [this, early = box_.faults.provisional_sdp != 0 && !offer.empty()](const std::string& sdp) {
        if (early) leg_->progress(183, sdp);
        accept_later(sdp);
      },
      [this] { refuse(488); });
  if (offer.empty()) {
    expect_answer_in_ack();
    media().create_offer(accept);
  } else {
    media().create_answer(offer, accept);
  }
}

// The SDK needs time between 183 and 200.
void ScriptedCallee::accept_later(const std::string& sdp) {
  sdp_ = sdp;
  note("ready");
  if (number_.behaviour == NumberSpec::Behaviour::kRing) return;
  const auto wait = box_.pause() + std::chrono::milliseconds(box_.faults.answer_delay_ms);
  box_.loop.after(wait, while_alive([this, sdp] {
                    if (state() != CallState::kRinging) return;
                    leg_->accept(sdp);
                    answer_forks(sdp);
                    connected(number_.hangup_after);
                  }));
}

void ScriptedCallee::refuse(int status) {
  box_.loop.after(box_.pause(), while_alive([this, status] {
                    leg_->reject(status);
                    end("refused_" + std::to_string(status));
                  }));
}

bool ScriptedCallee::on_cancel(Leg&) {
  if (!number_.sip.answer_on_cancel || sdp_.empty()) return true;
  leg_->accept(sdp_);
  connected(number_.hangup_after);
  return false;
}

void ScriptedCallee::on_cancelled(Leg&) { end("cancelled"); }

void ScriptedCallee::hang_up() {
  leg_->reject(480);
  end("hang_up");
}

}  // namespace standin
