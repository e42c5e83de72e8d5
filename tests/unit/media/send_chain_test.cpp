// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes out while somebody speaks, falls silent and speaks again: one even stream of packets.
#include "media/send_chain.h"

#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <vector>

namespace rc::media {
namespace {

using namespace std::chrono_literals;

constexpr int kSpeech = 10, kPause = 40, kPackets = 65;  // 20 ms each
constexpr int kEncodedSilence = 10;

// Speaks, pauses, speaks.
class Speaker : public call::AudioSource {
 public:
  size_t read(std::span<int16_t> out) override {
    const int block = blocks_++;
    if (block >= kSpeech && block < kSpeech + kPause) return 0;
    for (int16_t& sample : out)
      sample = static_cast<int16_t>((seed_ = seed_ * 1103515245 + 12345) >> 18);
    return out.size();
  }

 private:
  int blocks_ = 0;
  std::uint32_t seed_ = 1;
};

struct Packet {
  std::uint16_t sequence;
  std::uint32_t timestamp;
  std::vector<std::uint8_t> payload;
};

class SendChainTest : public ::testing::TestWithParam<Codec> {
 protected:
  SendChainTest() {
    ports_->set_source(std::make_shared<Speaker>());
    g_object_set(sink_.get(), "sync", FALSE, "async", FALSE, nullptr);
    gst_bin_add(GST_BIN(pipeline_.get()), sink_.get());
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  ~SendChainTest() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  void run() {
    const Format format{GetParam(), info(GetParam()).payload_type};
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sink_.get(), "sink"));
    add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, [this](GstPad*, GstPadProbeInfo* item) {
      take(GST_PAD_PROBE_INFO_BUFFER(item));
      return GST_PAD_PROBE_OK;
    });
    auto chain = SendChain::create(GST_BIN(pipeline_.get()), pad.get(), {ports_, format, [] {}});
    ASSERT_TRUE(chain.ok()) << chain.error().message;
    count_encoded();
    chain.value()->set_sending(Sending::kAudio);
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(arrived_.wait_for(lock, 10s, [this] { return packets_.size() >= kPackets; }));
    packets_.resize(std::min<size_t>(packets_.size(), kPackets));
    kept_ = packets_;
    encoded_at_end_ = encoded_;
  }

  std::vector<Packet> kept_;
  int encoded_at_end_ = 0;

 private:
  void take(GstBuffer* buffer) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp);
    const auto* payload = static_cast<const std::uint8_t*>(gst_rtp_buffer_get_payload(&rtp));
    const std::lock_guard lock(mutex_);
    packets_.push_back({gst_rtp_buffer_get_seq(&rtp),
                        gst_rtp_buffer_get_timestamp(&rtp),
                        {payload, payload + gst_rtp_buffer_get_payload_len(&rtp)}});
    gst_rtp_buffer_unmap(&rtp);
    arrived_.notify_all();
  }

  void count_encoded() {
    GST_OBJECT_LOCK(pipeline_.get());
    for (const GList* it = GST_BIN_CHILDREN(pipeline_.get()); it != nullptr; it = it->next) {
      auto* element = GST_ELEMENT(it->data);
      const std::string_view klass = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
      if (!klass.starts_with("Codec/Encoder")) continue;
      add_probe(element, "sink", GST_PAD_PROBE_TYPE_BUFFER, [this](GstPad*, GstPadProbeInfo*) {
        const std::lock_guard lock(mutex_);
        ++encoded_;
        return GST_PAD_PROBE_OK;
      });
    }
    GST_OBJECT_UNLOCK(pipeline_.get());
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Packet> packets_;
  int encoded_ = 0;
  const std::shared_ptr<AudioPorts> ports_ = std::make_shared<AudioPorts>();
  const Ref<GstElement> pipeline_ = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
  const Ref<GstElement> sink_ =
      Ref<GstElement>::sink(gst_element_factory_make("fakesink", nullptr));
};

TEST_P(SendChainTest, PacketsFollowEachOtherEvenly) {
  run();
  const auto step = static_cast<std::uint32_t>(info(GetParam()).clock_rate / 50);
  // The first step is shorter by what opusenc looks ahead.
  for (size_t i = 2; i < kept_.size(); ++i) {
    EXPECT_EQ(static_cast<std::uint16_t>(kept_[i].sequence - kept_[i - 1].sequence), 1) << i;
    EXPECT_EQ(kept_[i].timestamp - kept_[i - 1].timestamp, step) << i;
  }
}

TEST_P(SendChainTest, SilenceIsEncodedOnce) {
  run();
  const Packet& silence = kept_[kSpeech + kEncodedSilence];
  for (int i = kSpeech + kEncodedSilence; i < kSpeech + kPause - 1; ++i) {
    EXPECT_EQ(kept_[static_cast<size_t>(i)].payload, silence.payload) << i;
  }
  EXPECT_LE(encoded_at_end_, kPackets - kPause + kEncodedSilence + 3);
}

TEST_P(SendChainTest, SpeechAfterSilenceGoesOutAtOnce) {
  run();
  EXPECT_NE(kept_[kSpeech + kPause + 1].payload, kept_[kSpeech + kPause - 2].payload);
}

INSTANTIATE_TEST_SUITE_P(All, SendChainTest,
                         ::testing::Values(Codec::kOpus, Codec::kPcmu, Codec::kPcma),
                         [](const auto& test) {
                           return std::string(codecs()[static_cast<size_t>(test.param)].name);
                         });

}  // namespace
}  // namespace rc::media
