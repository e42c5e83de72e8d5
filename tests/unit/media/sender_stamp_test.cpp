// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/sender_stamp.h"

#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

#include "core/ref.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;

class SenderStamps : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  std::optional<SenderStamp> pass(std::uint32_t ssrc, std::uint32_t timestamp) {
    GstBuffer* packet = gst_rtp_buffer_new_allocate(160, 0, 0);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(packet, GST_MAP_WRITE, &rtp);
    gst_rtp_buffer_set_ssrc(&rtp, ssrc);
    gst_rtp_buffer_set_timestamp(&rtp, timestamp);
    gst_rtp_buffer_unmap(&rtp);
    const Owned<GstBuffer> stamped(stamper.stamp(packet));
    return SenderStamper::read(stamped.get());
  }

  SenderStamper stamper{8000};
};

TEST_F(SenderStamps, RunOnWhenTheRtpTimestampWraps) {
  const auto before = pass(1, 0xFFFFFFFF - 79);
  const auto behind = pass(1, 80);
  ASSERT_TRUE(before && behind);
  EXPECT_EQ(behind->time - before->time, milliseconds(20));
}

TEST_F(SenderStamps, SayWhoseClockItIs) {
  EXPECT_EQ(pass(0xFEDCBA98, 160)->ssrc, 0xFEDCBA98);
  EXPECT_EQ(pass(7, 0x90000000)->ssrc, 7U);
}

// Seen from the last timestamp of the other clock this one lies before zero.
TEST_F(SenderStamps, BeginAnewWithEachSsrc) {
  pass(1, 160);
  const auto first = pass(2, 0xF0000000), second = pass(2, 0xF0000000 + 160);
  EXPECT_EQ(second->time - first->time, milliseconds(20));
}

TEST_F(SenderStamps, AreMissingOnWhatIsNoPacket) {
  const Owned<GstBuffer> stamped(stamper.stamp(gst_buffer_new_allocate(nullptr, 4, nullptr)));
  EXPECT_FALSE(SenderStamper::read(stamped.get()).has_value());
}

}  // namespace
}  // namespace rc::media::test
