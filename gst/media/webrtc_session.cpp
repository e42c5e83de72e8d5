// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/webrtc_session.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/random.h"

namespace rc::media {
namespace {

// RFC 8866 5.2 wants it numeric and unique; 62 bits as in RFC 8829.
uint64_t new_session_id() {
  return (static_cast<uint64_t>(random_number(1U << 30)) << 32) | random_number(0xffffffffU);
}

constexpr std::chrono::seconds kPeerInterval{2};
constexpr int kPeersAtOnce = 4;

const Error kTooManyPeers{Errc::kTimeout, "too many new ICE and DTLS associations: one each 2 s"};
const Error kNoCodec{Errc::kRejected,
                     "no usable audio: none of its codecs is one of the pipeline's"};
const Error kClosed{Errc::kClosed, "the media session is closed"};

}  // namespace

WebRtcSession::WebRtcSession(call::MediaOptions options, Listener* listener, Environment around)
    : options_(std::move(options)),
      listener_(listener),
      queue_(std::move(around.queue)),
      clock_(*around.clock),
      audio_(std::move(around.audio)),
      watchdog_(clock_, watchdog_options()) {
  local_.id = new_session_id();
  local_.version = 0;
}

void WebRtcSession::finish(SdpCallback done, Result<std::string> result) {
  queue_.post([alive = std::weak_ptr(alive_), done = std::move(done), result = std::move(result)] {
    if (!alive.expired()) done(result);
  });
}

Result<std::shared_ptr<Peer>> WebRtcSession::make_peer() {
  if (!alive_) return kClosed;
  auto audio = audio_.make(options_, ports_);
  if (!audio.ok()) return audio.error();
  Peer::Options options{options_, queue_, &clock_, std::move(audio).value(), {}, {}};
  options.on_connected = [this](Peer& peer) { on_peer_connected(peer); };
  options.on_failed = [this](Peer& peer, const Error& error) { on_peer_failed(peer, error); };
  auto peer = Peer::create(std::move(options));
  if (!peer.ok()) return peer;
  // The one before may be of use until this one is connected.
  const bool beside = peer_ && peer_->is_connected();
  if (beside && !old_) old_ = {remote_, local_, format_};
  (beside ? fresh_ : peer_) = peer.value();
  return peer;
}

// A peer costs some 20 ms and 8 threads, and whoever sends re-INVITEs can ask for one with each: a
// few at once are all right (transfers), in the long run one each kPeerInterval.
bool WebRtcSession::may_make_peer() {
  const auto now = clock_.now();
  const auto paid = std::max(peers_paid_until_, now) + kPeerInterval;
  if (paid > now + kPeersAtOnce * kPeerInterval) return false;
  peers_paid_until_ = paid;
  return true;
}

void WebRtcSession::drop_fresh() {
  if (!fresh_) return;
  std::exchange(fresh_, nullptr)->close();
  const uint64_t version = local_.version;  // goes up whatever happens
  remote_ = old_->remote;
  local_ = old_->local;
  format_ = old_->format;
  local_.version = version;
  old_.reset();
  update_sending();
}

// An offer of ours that lost against theirs (491), or that nobody answered.
void WebRtcSession::withdraw_offer() {
  if (fresh_ && !fresh_->is_answered()) drop_fresh();
}

void WebRtcSession::answer(std::string offer, SdpCallback done) {
  auto parsed = parse_remote_sdp(offer);
  if (!parsed.ok()) return finish(std::move(done), parsed.error());
  withdraw_offer();
  if (old_ && old_->remote && same_transport(*old_->remote, parsed.value())) drop_fresh();
  if (remote_ && agreed_ && same_transport(*remote_, parsed.value())) {
    return finish(std::move(done), answer_with_same_peer(parsed.value()));
  }
  answer_with_new_peer(std::move(parsed.value()), std::move(done));
}

Result<std::string> WebRtcSession::answer_with_same_peer(const RemoteSdp& offer) {
  for (const Format& it : offer.formats) {
    if (it == format_) return accept(offer, local_.transport);
  }
  return Error{Errc::kRejected, "another codec needs a new ICE and DTLS association"};
}

// Of the peer's codecs the first that is ours: the order is that of who is asked.
Result<Format> WebRtcSession::choose(const RemoteSdp& remote) const {
  const auto ours = audio_.codecs();
  for (const Format& it : remote.formats) {
    if (std::find(ours.begin(), ours.end(), it.codec) != ours.end()) return it;
  }
  return kNoCodec;
}

void WebRtcSession::answer_with_new_peer(RemoteSdp offer, SdpCallback done) {
  const auto chosen = choose(offer);
  if (!chosen.ok()) return finish(std::move(done), chosen.error());
  const Format format = chosen.value();
  if (!may_make_peer()) return finish(std::move(done), kTooManyPeers);
  const auto peer = make_peer();
  if (!peer.ok()) return finish(std::move(done), peer.error());
  auto take = [this, offer, format, done = std::move(done)](Result<LocalTransport> transport) {
    if (!transport.ok()) {
      drop_fresh();
      return done(transport.error());
    }
    format_ = format;
    done(accept(offer, std::move(transport.value())));
  };
  peer.value()->answer(offer, format, std::move(take));
}

std::string WebRtcSession::accept(const RemoteSdp& offer, LocalTransport transport) {
  local_.transport = std::move(transport);
  local_.formats = {format_};
  local_.telephone_event = offer.telephone_event;
  local_.direction = answer_direction(offer.direction, on_hold_);
  local_.bundled = offer.bundled;
  local_.rtcp_mux = offer.rtcp_mux;
  local_.lines = offer.lines;
  local_.index = offer.index;
  ++local_.version;
  agree(offer);
  return local_.text();
}

void WebRtcSession::agree(const RemoteSdp& remote) {
  remote_ = remote;
  agreed_ = true;
  update_sending();
}

void WebRtcSession::offer(SdpCallback done) {
  withdraw_offer();
  std::vector<Format> formats;
  for (const Codec it : audio_.codecs()) formats.push_back({it, info(it).payload_type});
  if (formats.empty()) return finish(std::move(done), kNoCodec);
  const auto peer = make_peer();
  if (!peer.ok()) return finish(std::move(done), peer.error());
  auto take = [this, formats, done = std::move(done)](Result<LocalTransport> transport) {
    if (!transport.ok()) {
      drop_fresh();
      return done(transport.error());
    }
    local_.formats = formats;
    done(offer_text(std::move(transport.value())));
  };
  peer.value()->offer(formats, std::move(take));
}

std::string WebRtcSession::offer_text(LocalTransport transport) {
  const LocalSdp first;
  local_.transport = std::move(transport);
  local_.telephone_event = kTelephoneEventPayloadType;
  local_.direction = on_hold_ ? Direction::kSendOnly : Direction::kSendRecv;
  if (!agreed_) local_.lines = first.lines;
  ++local_.version;
  return local_.text();
}

Result<void> WebRtcSession::apply_answer(std::string answer) {
  auto parsed = parse_remote_sdp(answer);
  if (!parsed.ok()) return parsed.error();
  const RemoteSdp& remote = parsed.value();
  const std::shared_ptr<Peer>& offering = fresh_ ? fresh_ : peer_;
  if (!offering) return kClosed;
  if (!offering->is_answered()) return complete(*offering, remote);
  if (remote_ && !same_transport(*remote_, remote)) {
    RC_LOG(
        kMedia, WARNING,
        options_.call_id +
            ": the peer changes its transport in an answer to an offer that kept ours; it is not "
            "followed");
  }
  agree(remote);
  return {};
}

Result<void> WebRtcSession::complete(Peer& offering, const RemoteSdp& remote) {
  const auto chosen = choose(remote);
  if (!chosen.ok()) return chosen.error();
  format_ = chosen.value();
  if (auto applied = offering.apply_answer(remote, format_); !applied.ok()) return applied;
  local_.formats = {format_};
  local_.telephone_event = remote.telephone_event;
  local_.transport.setup = remote.setup == "active" ? "passive" : "active";
  agree(remote);
  return {};
}

std::string WebRtcSession::reoffer(bool on_hold) {
  withdraw_offer();
  on_hold_ = on_hold;
  local_.direction = on_hold ? Direction::kSendOnly : Direction::kSendRecv;
  ++local_.version;
  update_sending();
  return local_.text();
}

void WebRtcSession::on_peer_connected(Peer& peer) {
  const bool first = fresh_.get() != &peer;
  peer.open();
  if (!first) {
    RC_LOG(kMedia, INFO, options_.call_id + ": audio moves to the new connection");
    std::swap(peer_, fresh_);
    fresh_->add_stats(before_, info(format_.codec).clock_rate);
    std::exchange(fresh_, nullptr)->close();
    old_.reset();
    return;
  }
  RC_LOG(kMedia, DEBUG, options_.call_id + ": media connected, " + info(format_.codec).name);
  watchdog_.start();
  listener_->on_media_connected();
}

Watchdog::Options WebRtcSession::watchdog_options() {
  const auto limit = options_.silence_limit;
  return {limit,
          [this] { return peer_ ? peer_->packets() : 0; },
          [this] { return stats().first_audio_at.count() != 0; },
          [this] { listener_->on_media_first_audio(); },
          [this](call::MediaFlow flow, std::chrono::nanoseconds gap) {
            RC_LOG(kMedia, DEBUG, options_.call_id + ": audio of the far end " + to_string(flow));
            listener_->on_media_flow(flow, gap);
          },
          [this, limit] {
            fail({Errc::kTimeout, "no audio came for " + std::to_string(limit.count()) +
                                      " s (media-timeout): the far end or the network is gone"});
          }};
}

void WebRtcSession::on_peer_failed(Peer& peer, const Error& error) {
  if (fresh_.get() != &peer) return fail(error);
  RC_LOG(kMedia, WARNING, options_.call_id + " keeps its connection: " + error.message);
  drop_fresh();
}

void WebRtcSession::fail(const Error& error) {
  RC_LOG(kMedia, WARNING, options_.call_id + ": " + error.message);
  listener_->on_media_failed(error);
}

void WebRtcSession::update_sending() {
  // While either side holds nothing has to come, though music may.
  watchdog_.expect(!on_hold_ && (!remote_ || remote_->direction == Direction::kSendRecv));
  const bool wanted = !remote_ || receives(remote_->direction);
  const Sending sending = !wanted    ? Sending::kNothing
                          : on_hold_ ? Sending::kSilence
                                     : Sending::kAudio;
  if (peer_) peer_->set_sending(sending);
  if (fresh_) fresh_->set_sending(sending);
}

void WebRtcSession::set_receiver(std::shared_ptr<call::AudioReceiver> receiver) {
  ports_->set_receiver(std::move(receiver));
}

void WebRtcSession::set_source(std::shared_ptr<call::AudioSource> source) {
  ports_->set_source(std::move(source));
}

call::MediaStats WebRtcSession::stats() const {
  call::MediaStats stats = before_;
  if (agreed_) stats.codec = info(format_.codec).name;
  if (peer_) peer_->add_stats(stats, info(format_.codec).clock_rate);
  return stats;
}

void WebRtcSession::close() {
  watchdog_.stop();
  alive_.reset();
  for (std::shared_ptr<Peer>* it : {&peer_, &fresh_}) {
    if (const auto peer = std::exchange(*it, nullptr)) peer->close();
  }
  ports_->set_receiver(nullptr);
  ports_->set_source(nullptr);
}

}  // namespace rc::media
