// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_leg.h"

#include <atomic>
#include <optional>
#include <utility>

#include "media_dispatch.h"
#include "media_peer.h"
#include "media_recorder.h"
#include "media_script.h"
#include "media_sdp.h"
#include "media_tap.h"
#include "media_wire.h"

namespace standin {

using namespace media;

namespace {

// What streaming threads need; they keep it alive.
struct Audio {
  Audio(const std::string& record_path, std::function<void()> on_played)
      : script(std::move(on_played)) {
    if (!record_path.empty()) recorder.emplace(record_path);
  }

  Script script;
  std::shared_ptr<AudioTap> heard = std::make_shared<AudioTap>();
  std::optional<Recorder> recorder;
  std::atomic<bool> sending{true};        // set_sending()
  std::atomic<bool> peer_listens{true};   // the direction of the peer's SDP
  std::atomic<int> active_connection{0};  // the others neither speak nor hear
};

std::uint64_t random_id() {
  return (static_cast<std::uint64_t>(g_random_int() >> 1) << 32) | g_random_int();
}

// Another certificate's fingerprint, of the same form.
std::string falsified(std::string value) {
  for (auto& c : value) {
    if (c == '9') {
      c = 'A';
    } else if (c == 'F') {
      c = '0';
    } else if (c != ':') {
      ++c;
    }
  }
  return value;
}

bool same_fingerprints(const AudioSdp& a, const AudioSdp& b) {
  return a.fingerprints.size() == b.fingerprints.size() &&
         std::equal(a.fingerprints.begin(), a.fingerprints.end(), b.fingerprints.begin(),
                    [](const Fingerprint& x, const Fingerprint& y) {
                      return x.hash == y.hash && x.value == y.value;
                    });
}

}  // namespace

class MediaLeg::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(GMainContext* context, MediaLegOptions options, Listener listener)
      : options_(std::move(options)),
        listener_(std::move(listener)),
        dispatcher_(std::make_shared<Dispatcher>(context)),
        wire_(std::make_shared<Wire>(options_.packet_log)) {
    if (!gst_is_initialized()) gst_init(nullptr, nullptr);
    local_.era = options_.era;
    local_.address = options_.local_address;
    local_.ice_lite = options_.ice_lite;
    local_.session_id = random_id();
    local_.version = random_id();
  }

  void start() {
    audio_ = std::make_shared<Audio>(options_.record_path, posted(&Listener::on_played));
    play(options_.play);
  }

  void play(const Play& play) { audio_->script.set(make_sound(play, *audio_->heard), play.repeat); }

  void create_offer(SdpCallback done, Direction direction) {
    if (closed_) return fail(done, "closed");
    if (!options_.foreign_offer.empty()) return deliver(done, {options_.foreign_offer, ""});
    if (current_ && !negotiated_) return fail(done, "negotiation under way");
    local_.direction = direction;
    if (current_) {
      ++local_.version;
      return deliver(done, {ringcentral_offer(local_, options_.codecs), ""});
    }
    current_ = new_peer();
    current_->offer([this, done](const LocalTransport& transport, const std::string& error) {
      if (!error.empty()) return done({"", error});
      take(transport);
      done({ringcentral_offer(local_, options_.codecs), ""});
    });
  }

  void create_answer(const std::string& text, SdpCallback done) {
    if (closed_) return fail(done, "closed");
    std::string error;
    auto offer = parse_sdp(text, error);
    if (!offer) return fail(done, error);
    bool repeated = negotiated_ && offer->ufrag == peer_sdp_.ufrag && offer->pwd == peer_sdp_.pwd &&
                    same_fingerprints(*offer, peer_sdp_);
    auto codecs = repeated ? std::vector<Codec>{formats_.codec} : options_.codecs;
    auto formats = agree(*offer, codecs);
    if (!formats) return fail(done, "no codec in common");
    local_.direction = answer_to(offer->direction);
    audio_->peer_listens = sends(local_.direction);
    if (negotiated_) ++local_.version;
    peer_sdp_ = *offer;
    if (repeated) return deliver(done, {ringcentral_answer(local_, *formats, *offer), ""});
    answer_afresh(*offer, *formats, std::move(done));
  }

  void apply_answer(const std::string& text, SdpCallback done) {
    if (!options_.foreign_offer.empty()) return deliver(done, {});
    if (closed_ || !current_) return fail(done, "no offer to answer");
    std::string error;
    auto answer = parse_sdp(text, error);
    if (!answer) return fail(done, error);
    if (answer->setup == "actpass") return fail(done, "a=setup:actpass in an answer");
    auto formats = agree(*answer, options_.codecs);
    if (!formats) return fail(done, "no codec in common");
    audio_->peer_listens = sends(answer_to(answer->direction));
    if (negotiated_ && answer->ufrag != peer_sdp_.ufrag) {
      return fail(done, "new ICE credentials in the answer to an offer without");
    }
    peer_sdp_ = *answer;
    if (negotiated_) return deliver(done, {});
    formats_ = *formats;
    current_->accept(*answer, *formats, [this, done](const LocalTransport&, const std::string& e) {
      negotiated_ = e.empty();
      done({"", e});
    });
  }

  void set_sending(bool sending) { audio_->sending = sending; }
  std::shared_ptr<AudioTap> heard() const { return audio_->heard; }

  // Null = nothing is sent yet.
  PacketRewriter* rewriter() {
    auto* sender = current_ ? current_->sender() : nullptr;
    return sender != nullptr ? &sender->rewriter() : nullptr;
  }

  MediaLegStats stats() const {
    MediaLegStats stats = stats_;
    wire_->fill(stats);
    return stats;
  }

  void close(std::function<void()> on_closed) {
    if (std::exchange(closed_, true)) return dispatcher_->post(std::move(on_closed));
    auto open = std::make_shared<int>(1);
    auto one_less = [self = shared_from_this(), open, on_closed = std::move(on_closed)] {
      if (--*open > 0) return;
      self->finish();
      on_closed();
    };
    for (auto* peer : {&current_, &next_}) {
      if (!*peer) continue;
      ++*open;
      std::exchange(*peer, nullptr)->close(one_less);
    }
    dispatcher_->post(one_less);
  }

 private:
  void deliver(SdpCallback done, SdpResult result) {
    dispatcher_->post([done = std::move(done), result = std::move(result)] { done(result); });
  }
  void fail(SdpCallback done, std::string error) {
    deliver(std::move(done), {"", std::move(error)});
  }

  std::shared_ptr<MediaPeer> new_peer() {
    int id = ++connections_;
    if (id == 1) audio_->active_connection = id;
    MediaPeer::Hooks hooks;
    hooks.fill = [audio = audio_, id](std::span<std::int16_t> out) {
      if (audio->active_connection != id || !audio->sending || !audio->peer_listens) return false;
      audio->script.fill(out);
      return true;
    };
    hooks.sound.heard = [audio = audio_, id](std::int64_t when, auto samples) {
      if (audio->active_connection != id) return;
      if (audio->recorder) audio->recorder->write(when, samples);
      audio->heard->write(samples);
    };
    hooks.sound.dtmf = posted<char>(&Listener::on_dtmf);
    hooks.state = [weak = weak_from_this(), id](LegState state, std::string failure,
                                                std::int64_t when_us) {
      if (auto self = weak.lock()) self->on_state(id, state, failure, when_us);
    };
    return MediaPeer::create(dispatcher_, wire_, {options_.local_address, options_.codecs},
                             std::move(hooks));
  }

  // For streaming threads: calls the listener on our thread.
  template <typename... Arguments>
  std::function<void(Arguments...)> posted(std::function<void(Arguments...)> Listener::*member) {
    return [weak = weak_from_this(), dispatcher = dispatcher_, member](Arguments... arguments) {
      dispatcher->post([weak, member, arguments...] {
        auto self = weak.lock();
        if (self && self->listener_.*member) (self->listener_.*member)(arguments...);
      });
    };
  }

  // The first connection, or one beside the present one that takes over when it is connected.
  void answer_afresh(const AudioSdp& offer, const AgreedFormats& formats, SdpCallback done) {
    if (next_) std::exchange(next_, nullptr)->close([] {});
    auto peer = new_peer();
    (current_ ? next_ : current_) = peer;
    formats_ = formats;
    peer->answer(
        offer, formats,
        [this, offer, formats, done](const LocalTransport& transport, const std::string& error) {
          if (!error.empty()) return done({"", error});
          take(transport);
          negotiated_ = true;
          done({ringcentral_answer(local_, formats, offer), ""});
        });
  }

  void take(const LocalTransport& transport) {
    local_.port = transport.port;
    local_.ufrag = transport.ufrag;
    local_.pwd = transport.pwd;
    local_.fingerprint = certificate_fingerprint(transport.certificate,
                                                 options_.era == Era::k2019 ? "sha-1" : "sha-256");
    if (options_.wrong_fingerprint) {
      local_.fingerprint.value = falsified(local_.fingerprint.value);
    }
  }

  void on_state(int connection, LegState state, const std::string& failure, std::int64_t when_us) {
    if (closed_ || connection < audio_->active_connection) return;
    if (state == LegState::kConnected) {
      if (stats_.connected_us == 0) stats_.connected_us = when_us;
      if (audio_->recorder) audio_->recorder->start(stats_.connected_us);
      take_over(connection);
    } else if (state == LegState::kConnecting && stats_.connected_us != 0) {
      return;  // the present connection goes on meanwhile
    }
    set_state(state, failure);
  }

  void take_over(int connection) {
    if (connection != audio_->active_connection.exchange(connection) && next_) {
      std::exchange(current_, std::exchange(next_, nullptr))->close([] {});
    }
  }

  void set_state(LegState state, const std::string& failure) {
    if (stats_.state == state) return;
    stats_.state = state;
    stats_.failure = failure;
    if (listener_.on_state) listener_.on_state(state);
  }

  void finish() {
    audio_->script.set(nullptr, false);
    if (audio_->recorder) audio_->recorder->finish(g_get_monotonic_time());
    wire_->close();
    set_state(LegState::kClosed, "");
  }

  MediaLegOptions options_;
  Listener listener_;
  std::shared_ptr<Dispatcher> dispatcher_;
  std::shared_ptr<Wire> wire_;
  std::shared_ptr<Audio> audio_;
  std::shared_ptr<MediaPeer> current_;
  std::shared_ptr<MediaPeer> next_;  // after an ICE restart, until it is connected
  int connections_ = 0;              // made so far; their ids are 1, 2, ...
  LocalSdp local_;
  AudioSdp peer_sdp_;
  AgreedFormats formats_;
  bool negotiated_ = false;
  bool closed_ = false;
  MediaLegStats stats_;
};

MediaLeg::MediaLeg(GMainContext* context, MediaLegOptions options, Listener listener)
    : impl_(std::make_shared<Impl>(context, std::move(options), std::move(listener))) {
  impl_->start();
}

MediaLeg::~MediaLeg() = default;

void MediaLeg::create_offer(SdpCallback done, Direction direction) {
  impl_->create_offer(std::move(done), direction);
}

void MediaLeg::create_answer(const std::string& offer_sdp, SdpCallback done) {
  impl_->create_answer(offer_sdp, std::move(done));
}

void MediaLeg::apply_answer(const std::string& answer_sdp, SdpCallback done) {
  impl_->apply_answer(answer_sdp, std::move(done));
}

void MediaLeg::play(Play play) { impl_->play(play); }

void MediaLeg::set_sending(bool sending) { impl_->set_sending(sending); }

void MediaLeg::send_dtmf(const std::string& digits) {
  if (auto* rewriter = impl_->rewriter()) rewriter->send_dtmf(digits);
}

std::shared_ptr<AudioTap> MediaLeg::heard() const { return impl_->heard(); }

void MediaLeg::change_ssrc() {
  if (auto* rewriter = impl_->rewriter()) rewriter->change_ssrc();
}

void MediaLeg::flood_ssrcs(int n) {
  if (auto* rewriter = impl_->rewriter()) rewriter->flood_ssrcs(n);
}

MediaLegStats MediaLeg::stats() const { return impl_->stats(); }

void MediaLeg::close(std::function<void()> on_closed) { impl_->close(std::move(on_closed)); }

}  // namespace standin
