// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls on a webrtcbin in a pipeline of the application, over real ICE and DTLS-SRTP on 127.0.0.1.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "media/session.h"
#include "webrtc_rig.h"
#include "webrtc_sender.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;

// Both ways, as a launch line has it; `pay` with the payload type that it has when nobody says any.
const std::string kOpusOut =
    "audiotestsrc name=say is-live=true freq=1000 volume=0.3 ! opusenc ! rtpopuspay name=pay ! w. ";
const std::string kPcmuOut =
    "audiotestsrc name=say is-live=true freq=1000 volume=0.3 ! audio/x-raw,rate=8000 ! mulawenc ! "
    "rtppcmupay "
    "! w. ";
const std::string kEar =
    " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=16000,channels=1 ! "
    "fakesink name=ear async=false sync=false signal-handoffs=true ";
const std::string kOpusIn = "w. ! rtpopusdepay ! opusdec" + kEar;
const std::string kPcmuIn = "w. ! rtppcmudepay ! mulawdec" + kEar;

// An application's pipeline with a webrtcbin "w", and an End of a call on it.
class Application {
 public:
  Application(Rig& rig, const std::string& line) {
    gst_init(nullptr, nullptr);
    pipeline_ = Ref<GstElement>::sink(
        gst_parse_launch(("webrtcbin name=w bundle-policy=max-bundle " + line).c_str(), nullptr));
    webrtc_ = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "w"));
    auto factory = make_borrowed_media(webrtc_.get(), rig.thread.queue(), rig.clock);
    end = std::make_unique<End>(rig.thread, factory.value());
    ear_ = end->ear;
    if (const auto ear = element("ear")) {
      g_signal_connect(ear.get(), "handoff", G_CALLBACK(on_sound), ear_.get());
    }
    if (const auto say = element("say")) {
      const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(say.get(), "src"));
      gst_pad_add_probe(source.get(), GST_PAD_PROBE_TYPE_BUFFER, on_said, this, nullptr);
    }
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~Application() {
    end.reset();
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  }

  Ref<GstElement> element(const char* name) const {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
  }
  GstElement* webrtc() const { return webrtc_.get(); }
  // So much more sound has been made.
  bool waits_said(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    const auto enough = said_ + time;
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return said_ >= enough; });
  }
  // The first of these; UNKNOWN: none within 5 s.
  GstMessageType wait_message(int types) const {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    const Owned<GstMessage> message(
        gst_bus_timed_pop_filtered(bus.get(), 5 * GST_SECOND, static_cast<GstMessageType>(types)));
    return message ? GST_MESSAGE_TYPE(message.get()) : GST_MESSAGE_UNKNOWN;
  }

  bool has_error() const {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    return static_cast<bool>(Owned<GstMessage>(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)));
  }

  std::unique_ptr<End> end;

 private:
  static void on_sound(GstElement*, GstBuffer* buffer, GstPad*, gpointer ear) {
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    call::AudioBlock block{};
    block.samples = {reinterpret_cast<const int16_t*>(map.data), map.size / sizeof(int16_t)};
    static_cast<Ear*>(ear)->on_audio(block);
    gst_buffer_unmap(buffer, &map);
  }

  static GstPadProbeReturn on_said(GstPad*, GstPadProbeInfo* item, gpointer application) {
    auto* self = static_cast<Application*>(application);
    const std::lock_guard lock(self->mutex_);
    self->said_ += std::chrono::nanoseconds(GST_BUFFER_DURATION(GST_PAD_PROBE_INFO_BUFFER(item)));
    self->changed_.notify_all();
    return GST_PAD_PROBE_OK;
  }

  Ref<GstElement> pipeline_, webrtc_;
  std::shared_ptr<Ear> ear_;  // the pipeline hears longer than the call
  std::mutex mutex_;
  std::condition_variable changed_;
  std::chrono::nanoseconds said_{};
};

class Borrowed : public ::testing::Test {
 protected:
  Rig rig;
  End caller{rig.thread, rig.clock, 440};
};

TEST_F(Borrowed, CarriesTonesBothWaysUnderThePayloadTypeOfThePeer) {
  for (const auto& [line, codec] :
       {std::pair(kOpusOut + kOpusIn, "OPUS"), std::pair(kPcmuOut + kPcmuIn, "PCMU")}) {
    End one(rig.thread, rig.clock, 440);
    Application application(rig, line);
    ASSERT_TRUE(connect(one, *application.end)) << codec;
    EXPECT_TRUE(application.end->ear->hears(440)) << codec;
    EXPECT_TRUE(one.ear->hears(1000)) << codec;
    EXPECT_EQ(one.stats().codec, codec);
    EXPECT_GT(application.end->stats().packets_received, 10U);
    EXPECT_GT(application.end->stats().packets_sent, 10U);
  }
}

TEST_F(Borrowed, OffersWhatItsPipelineHas) {
  for (const auto& [line, codec] :
       {std::pair(kOpusOut + kOpusIn, "OPUS"), std::pair(kPcmuOut + kPcmuIn, "PCMU")}) {
    End one(rig.thread, rig.clock, 440);
    Application application(rig, line);
    ASSERT_TRUE(connect(*application.end, one)) << codec;
    EXPECT_TRUE(application.end->ear->hears(440)) << codec;
    EXPECT_TRUE(one.ear->hears(1000)) << codec;
    EXPECT_EQ(one.stats().codec, codec);
  }
}

TEST_F(Borrowed, TakesAPayloadTypeThatTheApplicationHasFixed) {
  Application application(
      rig,
      "audiotestsrc name=say is-live=true freq=1000 volume=0.3 ! opusenc ! rtpopuspay ! "
      "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! w. " +
          kOpusIn);
  ASSERT_TRUE(connect(caller, *application.end));
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_TRUE(application.end->ear->hears(440));
}

TEST_F(Borrowed, OnlyHearsOrOnlySpeaks) {
  for (const auto& line : {kOpusIn, kOpusOut}) {
    End one(rig.thread, rig.clock, 440);
    Application application(rig, line);
    ASSERT_TRUE(connect(one, *application.end)) << line;
    EXPECT_EQ(application.end->ear->hears(440, milliseconds(2000)), line == kOpusIn);
    EXPECT_EQ(one.ear->hears(1000, milliseconds(2000)), line == kOpusOut);
    EXPECT_GT(application.end->stats().packets_received, 10U);
    EXPECT_FALSE(application.has_error()) << line;
  }
}

TEST_F(Borrowed, RefusesACallWithoutItsCodecAndTakesTheNext) {
  Application application(rig, kPcmuOut + kPcmuIn);
  const auto refused =
      application.end->answer(replace_all(caller.offer(), "SAVPF 111 0 8 101", "SAVPF 111 101"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::kRejected);
  End next(rig.thread, rig.clock, 440);
  ASSERT_TRUE(connect(next, *application.end));
  EXPECT_TRUE(application.end->ear->hears(440));
}

// What was said before the call comes in no burst: 20 ms of sound take 20 ms.
TEST_F(Borrowed, SaysNothingOfBeforeTheCall) {
  Application application(rig, kOpusOut + kOpusIn);
  ASSERT_TRUE(application.waits_said(std::chrono::seconds(1)));
  ASSERT_TRUE(connect(caller, *application.end));
  ASSERT_TRUE(caller.ear->hears(1000));
  const auto connected =
      std::chrono::microseconds(g_get_monotonic_time()) - application.end->stats().connected_at;
  EXPECT_LT(application.end->stats().packets_sent,
            static_cast<uint64_t>(connected / milliseconds(20)) + 5);
}

std::string with_wrong_fingerprint(std::string sdp) {
  const size_t at = sdp.find("a=fingerprint:sha-256 ") + 22;
  sdp[at] = sdp[at] == 'A' ? 'B' : 'A';
  return sdp;
}

TEST_F(Borrowed, HearsAndSendsNothingWhenTheFingerprintIsAnothers) {
  Application application(rig, kOpusOut + kOpusIn);
  const auto answer = application.end->answer(with_wrong_fingerprint(caller.offer()));
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(caller.apply(answer.value()).ok());
  const auto error = application.end->wait_failed();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, Errc::kRejected);
  ASSERT_TRUE(caller.wait_connected());  // the caller sees nothing wrong and talks
  EXPECT_FALSE(caller.ear->hears(1000, milliseconds(1500)));
  EXPECT_EQ(caller.stats().packets_received, 0U);
  EXPECT_EQ(application.end->ear->samples_heard(), 0U);
}

TEST_F(Borrowed, IsSilentWhileThePeerHoldsAndLosesNoSequenceNumber) {
  Application application(rig, kOpusOut + kOpusIn);
  End& callee = *application.end;
  ASSERT_TRUE(connect(caller, callee));
  ASSERT_TRUE(caller.ear->hears(1000));
  const auto held = callee.answer(caller.reoffer(true));
  ASSERT_TRUE(held.ok());
  EXPECT_NE(held.value().find("a=recvonly"), std::string::npos);
  ASSERT_TRUE(caller.apply(held.value()).ok());
  const uint64_t packets = callee.stats().packets_sent;
  EXPECT_FALSE(caller.ear->hears(1000, milliseconds(1000)));
  EXPECT_LE(callee.stats().packets_sent, packets + 2);
  const auto resumed = callee.answer(caller.reoffer(false));
  ASSERT_TRUE(resumed.ok());
  ASSERT_TRUE(caller.apply(resumed.value()).ok());
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_EQ(caller.stats().packets_lost, 0U);
}

TEST_F(Borrowed, RefusesANewAssociationAndKeepsTheCall) {
  Application application(rig, kOpusOut + kOpusIn);
  ASSERT_TRUE(connect(caller, *application.end));
  End other(rig.thread, rig.clock, 440);
  const auto refused = application.end->answer(other.offer());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::kRejected);
  EXPECT_TRUE(application.end->ear->hears(440));
  EXPECT_TRUE(caller.ear->hears(1000));
}

TEST_F(Borrowed, GivesOnePadToAllTheStreamsOfTheFarEnd) {
  WebRtcSender sender(440);
  Application application(rig, kOpusOut + kOpusIn);
  const auto answer = application.end->answer(sender.offer());
  ASSERT_TRUE(answer.ok());
  sender.apply(answer.value());
  ASSERT_TRUE(application.end->wait_connected());
  ASSERT_TRUE(application.end->ear->hears(440));
  for (uint32_t change = 1; change <= 8; ++change) {
    sender.set_ssrc(0x20000000U + change % 3);
    EXPECT_TRUE(application.end->ear->hears(440)) << change;
  }
  EXPECT_EQ(application.webrtc()->numsrcpads, 1);
  EXPECT_EQ(application.end->stats().packets_lost, 0U);
}

TEST_F(Borrowed, EndsItsStreamsWithTheCall) {
  Application application(rig, kOpusOut + kOpusIn);
  ASSERT_TRUE(connect(caller, *application.end));
  ASSERT_TRUE(application.end->ear->hears(440));
  application.end->close();
  EXPECT_EQ(application.wait_message(GST_MESSAGE_EOS | GST_MESSAGE_ERROR), GST_MESSAGE_EOS);
  EXPECT_FALSE(make_borrowed_media(application.webrtc(), rig.thread.queue(), rig.clock).ok());
}

TEST_F(Borrowed, EndsItsStreamsWithoutACall) {
  Application application(rig, kOpusOut + kOpusIn);
  ASSERT_TRUE(application.waits_said(milliseconds(100)));
  application.end.reset();
  EXPECT_EQ(application.wait_message(GST_MESSAGE_EOS | GST_MESSAGE_ERROR), GST_MESSAGE_EOS);
}

}  // namespace
}  // namespace rc::media::test
