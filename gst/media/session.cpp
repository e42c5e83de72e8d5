// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/session.h"

#include <utility>

#include "media/borrowed_audio.h"
#include "media/private_audio.h"
#include "media/webrtc_session.h"

namespace rc::media {
namespace {

const Error kUsed{Errc::kRejected,
                  "the application's webrtcbin carries one ICE and DTLS association only"};

std::vector<Codec> all_codecs() {
  std::vector<Codec> all;
  for (const CodecInfo& it : codecs()) all.push_back(it.codec);
  return all;
}

}  // namespace

call::MediaFactory make_webrtc_media(TaskQueue queue, Clock& clock) {
  return [queue = std::move(queue), &clock](call::MediaOptions options,
                                            call::MediaSession::Listener* listener) {
    return std::make_unique<WebRtcSession>(
        std::move(options), listener,
        WebRtcSession::Environment{queue, &clock, {PrivateAudio::create, all_codecs}});
  };
}

Result<call::MediaFactory> make_borrowed_media(GstElement* webrtcbin, TaskQueue queue,
                                               Clock& clock) {
  auto borrowed = BorrowedAudio::create(webrtcbin);
  if (!borrowed.ok()) return borrowed.error();
  const PeerAudioSource source{
      [audio = borrowed.value()](const auto&, const auto&) -> Result<std::shared_ptr<PeerAudio>> {
        if (audio->used()) return kUsed;
        return std::shared_ptr<PeerAudio>(audio);
      },
      [audio = borrowed.value()] { return audio->codecs(); }};
  return call::MediaFactory(
      [source, queue = std::move(queue), &clock](call::MediaOptions options,
                                                 call::MediaSession::Listener* listener) {
        return std::make_unique<WebRtcSession>(std::move(options), listener,
                                               WebRtcSession::Environment{queue, &clock, source});
      });
}

}  // namespace rc::media
