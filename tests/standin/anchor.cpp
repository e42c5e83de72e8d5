// SPDX-License-Identifier: LGPL-2.1-or-later
#include "anchor.h"

#include <map>
#include <set>
#include <utility>

#include "exchange.h"
#include "in_call.h"
#include "sdp_text.h"

namespace standin {
namespace {

const char* to_string(LegState state) {
  switch (state) {
    case LegState::kNew:
      return "new";
    case LegState::kConnecting:
      return "connecting";
    case LegState::kConnected:
      return "connected";
    case LegState::kFailed:
      return "failed";
    case LegState::kClosed:
      break;
  }
  return "closed";
}

}  // namespace

AnchorCall::AnchorCall(Box& box, std::string direction, std::string from, std::string to,
                       MediaSpec spec)
    : Call(box, std::move(direction), std::move(from), std::move(to)), spec_(std::move(spec)) {}

std::function<void()> AnchorCall::while_alive(std::function<void()> task) {
  return [alive = weak_from_this(), task = std::move(task)] {
    if (!alive.expired()) task();
  };
}

void AnchorCall::make_media() {
  MediaLegOptions options = spec_.options;
  const std::string suffix = generation_ == 0 ? "" : "." + std::to_string(generation_);
  if (!options.record_path.empty()) options.record_path += suffix;
  if (!options.packet_log.empty()) options.packet_log += suffix;
  ++generation_;
  const std::weak_ptr<Call> alive = weak_from_this();
  MediaLeg::Listener listener;
  listener.on_state = [this, alive](LegState state) {
    if (alive.expired()) return;
    note(std::string("media_") + to_string(state));
  };
  listener.on_played = [this, alive] {
    if (!alive.expired()) note("played");
  };
  listener.on_dtmf = [this, alive](char digit) {
    if (!alive.expired()) note(std::string("dtmf_") + digit);
  };
  media_ = std::make_unique<MediaLeg>(box_.loop.context(), std::move(options), listener);
}

MediaLeg::SdpCallback AnchorCall::with_sdp(std::function<void(const std::string&)> task,
                                           std::function<void()> failed) {
  return [this, alive = weak_from_this(), task = std::move(task),
          failed = std::move(failed)](const SdpResult& result) {
    if (alive.expired() || state() == CallState::kEnded) return;
    if (result.ok()) return task(result.sdp);
    media_error_ = result.error;
    note("media_error");
    if (failed) failed();
  };
}

void AnchorCall::apply_answer(const std::string& sdp) {
  media_->apply_answer(sdp, with_sdp([this](const std::string&) { old_media_.reset(); }));
}

void AnchorCall::connected(std::chrono::milliseconds hangup_after) {
  set_answered();
  if (hangup_after.count() == 0) return;
  box_.loop.after(hangup_after, while_alive([this] { end("script_bye"); }));
}

// --- offers inside the call

void AnchorCall::on_offer(Leg& leg, const std::string& sdp) {
  if (sdp.empty()) {
    answer_in_ack_ = true;
    media_->create_offer(with_sdp([this](const std::string& offer) { leg_->accept(offer); }));
    return;
  }
  media_->create_answer(sdp, with_sdp([this](const std::string& answer) { leg_->accept(answer); },
                                      [&leg, keep = leg.shared_from_this()] { leg.reject(488); }));
}

bool AnchorCall::reinvite(const Json& how) {
  static const std::set<std::string> kKinds = {"same", "hold",    "hold_inactive", "hold_zero",
                                               "late", "new_ice", "resume",        "codec"};
  const std::string kind = how.text("kind");
  const std::string method = how.flag("update") ? "UPDATE" : "INVITE";
  if (kKinds.count(kind) == 0 || state() != CallState::kAnswered || media_ == nullptr) return false;
  if (kind == "late") {
    answer_late_ = true;
    leg_->offer("");
    return true;
  }
  if (kind == "codec" && !parse_codec(how.text("codec"), spec_)) return false;
  if (kind == "codec" || kind == "new_ice") {
    old_media_ = std::move(media_);
    make_media();
  }
  send_offer(kind, method);
  return true;
}

void AnchorCall::send_offer(const std::string& kind, const std::string& method) {
  static const std::map<std::string, Direction> kDirections = {
      {"hold", Direction::kSendOnly}, {"hold_inactive", Direction::kInactive}};
  const auto found = kDirections.find(kind);
  const auto direction = found == kDirections.end() ? Direction::kSendRecv : found->second;
  media_->create_offer(with_sdp([this, method, zero = kind == "hold_zero"](std::string sdp) {
                         leg_->offer(zero ? with_zero_address(sdp) : sdp, method);
                       }),
                       direction);
}

void AnchorCall::on_offer_answered(Leg& leg, int status, const std::string& sdp) {
  const bool late = std::exchange(answer_late_, false);
  if (status >= 300) {
    if (old_media_ != nullptr) media_ = std::move(old_media_);  // it goes on as before
    return;
  }
  if (!late) {
    leg.ack();
    return apply_answer(sdp);
  }
  media_->create_answer(sdp, with_sdp([this](const std::string& answer) { leg_->ack(answer); },
                                      [this] { leg_->ack(); }));
}

void AnchorCall::on_acked(Leg&, const std::string& sdp) {
  if (!answer_in_ack_ || sdp.empty()) return;
  answer_in_ack_ = false;
  apply_answer(sdp);
}

bool AnchorCall::change_media(const Json& action) {
  if (media_ == nullptr) return false;
  const std::string name = action.text("action");
  if (name == "change_ssrc") {
    media_->change_ssrc();
  } else if (name == "flood_ssrcs") {
    media_->flood_ssrcs(static_cast<int>(action.number("count", 1)));
  } else if (name == "dtmf") {
    media_->send_dtmf(action.text("digits"));
  } else if (name == "sending") {
    media_->set_sending(action.flag("on", true));
  } else if (name == "play") {
    std::string error;
    const auto media_spec = parse_media(action, error);
    if (!media_spec) return false;
    media_->play(media_spec->options.play);
  } else {
    return false;
  }
  return true;
}

void AnchorCall::on_info(Leg& leg, const std::string& body) { answer_info(box_, leg, body); }

// The client is released. Blind: the voice goes on in a call to the target. Attended: the client's
// other call ends, too, and both far ends talk to each other, which nobody can hear.
void AnchorCall::on_refer(Leg& leg, const std::string& target) {
  const std::string replaced = replaced_call(target);
  const Account* to = box_.directory.by_dialled(user_of(target));
  if (!replaced.empty()) {
    box_.loop.after(2 * box_.pause(),
                    [exchange = box_.exchange, replaced] { exchange->hang_up_dialog(replaced); });
  } else if (to != nullptr) {
    move_voice(*to);
  }
  answer_refer(box_, leg, while_alive([this] { end("transferred"); }));
}

void AnchorCall::move_voice(const Account& to) {
  MediaSpec spec = spec_;
  if (!spec.options.record_path.empty()) spec.options.record_path += ".transferred";
  if (!spec.options.packet_log.empty()) spec.options.packet_log += ".transferred";
  auto call =
      std::make_shared<ScriptedCaller>(box_, to, ScriptedCaller::Options{}, std::move(spec));
  box_.exchange->add_call(call);
  call->start();
}

// --- the end

void AnchorCall::abandon() {
  if (leg_ != nullptr) leg_->abandon();
  end("abandoned");
}

void AnchorCall::on_bye(Leg&) { end("client_bye"); }

void AnchorCall::end(const std::string& reason) {
  if (leg_ != nullptr) leg_->bye();
  const bool first = state() != CallState::kEnded;
  set_ended(reason);
  close_media();
  if (first) on_ended();
}

// The leg must outlive its closing; finished() is true once the recording is complete.
void AnchorCall::close_media() {
  old_media_.reset();
  if (media_ == nullptr || closing_media_) return;
  closing_media_ = true;
  last_stats_ = media_->stats();
  media_->close(while_alive([this] {
    last_stats_.state = LegState::kClosed;
    media_.reset();
    note("media_released");
  }));
}

void AnchorCall::write_media(JsonOut& out) const {
  const MediaLegStats stats = media_ != nullptr && !closing_media_ ? media_->stats() : last_stats_;
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  out.key("media").begin().add("state", to_string(stats.state)).add("failure", stats.failure);
  out.add("error", media_error_).add("finished", finished());
  out.add("packets_sent", count(stats.packets_sent));
  out.add("packets_received", count(stats.packets_received));
  out.add("connected_us", stats.connected_us).add("first_rtp_sent_us", stats.first_rtp_sent_us);
  out.add("first_rtp_received_us", stats.first_rtp_received_us);
  out.add("last_rtp_received_us", stats.last_rtp_received_us);
  out.add("ssrcs_received", count(stats.ssrcs_received)).end();
}

}  // namespace standin
