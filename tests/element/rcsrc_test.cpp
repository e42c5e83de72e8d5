// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rcsrc while there is no server: silence on time, and every way to stop it.
#include "bench.h"

namespace rc::element {
namespace {

class RcSrc : public Bench {};

TEST_F(RcSrc, PushesSilenceOnTimeWithoutALine) {
  Pipeline pipeline("rcsrc name=e ! fakesink");
  Tap tap(pipeline.element("e"), "src");
  pipeline.set(GST_STATE_PLAYING);
  ASSERT_TRUE(tap.wait(10));
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(GST_BUFFER_PTS(tap.at(i)), i * 20 * GST_MSECOND);
    EXPECT_EQ(GST_BUFFER_DURATION(tap.at(i)), 20 * GST_MSECOND);
    EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(tap.at(i), GST_BUFFER_FLAG_GAP));
    EXPECT_EQ(gst_buffer_get_size(tap.at(i)), 640U);  // 16 000 Hz
    EXPECT_EQ(gst_buffer_memcmp(tap.at(i), 0, std::string(640, '\0').data(), 640), 0);
  }
  EXPECT_TRUE(pipeline.errors().empty());
}

TEST_F(RcSrc, IsLiveWithItsLatency) {
  Pipeline pipeline("rcsrc name=e latency=200 ! fakesink");
  EXPECT_EQ(pipeline.set(GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  GstQuery* query = gst_query_new_latency();
  ASSERT_TRUE(gst_element_query(pipeline.element("e"), query));
  gboolean live = FALSE;
  GstClockTime least = 0;
  gst_query_parse_latency(query, &live, &least, nullptr);
  EXPECT_TRUE(live);
  EXPECT_EQ(least, 200 * GST_MSECOND);
  gst_query_unref(query);
}

TEST_F(RcSrc, RefusesToSeekAndGoesOn) {
  Pipeline pipeline("rcsrc name=e ! fakesink");
  Tap tap(pipeline.element("e"), "src");
  pipeline.set(GST_STATE_PLAYING);
  ASSERT_TRUE(tap.wait(1));
  EXPECT_FALSE(gst_element_seek_simple(pipeline.get(), GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
  EXPECT_TRUE(tap.wait(tap.count() + 5));
  EXPECT_TRUE(pipeline.errors().empty());
}

TEST_F(RcSrc, GoesOnAfterAFlush) {
  Pipeline pipeline("rcsrc name=e ! fakesink");
  Tap tap(pipeline.element("e"), "src");
  pipeline.set(GST_STATE_PLAYING);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(tap.wait(tap.count() + 2));
    gst_element_send_event(pipeline.element("e"), gst_event_new_flush_start());
    gst_element_send_event(pipeline.element("e"), gst_event_new_flush_stop(FALSE));
  }
  const size_t before = tap.count();
  ASSERT_TRUE(tap.wait(before + 5));
  for (size_t i = before + 1; i < before + 5; ++i)
    EXPECT_EQ(GST_BUFFER_PTS(tap.at(i)) - GST_BUFFER_PTS(tap.at(i - 1)), 20 * GST_MSECOND);
  EXPECT_TRUE(pipeline.errors().empty());
}

TEST_F(RcSrc, EndsWithTheEosOfTheApplication) {
  for (const char* idle : {"silence", "gap", "none"}) {
    Pipeline pipeline(std::string("rcsrc name=e idle=") + idle + " ! fakesink");
    pipeline.set(GST_STATE_PLAYING);
    EXPECT_TRUE(gst_element_send_event(pipeline.get(), gst_event_new_eos()));
    EXPECT_TRUE(pipeline.ends()) << idle;
  }
}

// What a WAV needs to be one.
TEST_F(RcSrc, LeavesOneBlockBehindWhenNothingWasToBeRecorded) {
  Pipeline pipeline("rcsrc name=e idle=none ! fakesink");
  Tap tap(pipeline.element("e"), "src");
  pipeline.set(GST_STATE_PLAYING);
  gst_element_send_event(pipeline.get(), gst_event_new_eos());
  EXPECT_TRUE(pipeline.ends());
  EXPECT_EQ(tap.count(), 1U);
}

// gst-launch -e waits in PAUSED for the end of the PROGRESS.
TEST_F(RcSrc, LetsGoOfWhoWaitsInPausedAtEos) {
  Pipeline pipeline("rcsrc name=e ! fakesink");
  pipeline.set(GST_STATE_PAUSED);
  gst_element_send_event(pipeline.get(), gst_event_new_eos());
  GstProgressType type = GST_PROGRESS_TYPE_START;
  while (type != GST_PROGRESS_TYPE_CANCELED) {
    GstMessage* message = pipeline.wait(GST_MESSAGE_PROGRESS);
    ASSERT_NE(message, nullptr);
    gst_message_parse_progress(message, &type, nullptr, nullptr);
    gst_message_unref(message);
  }
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(pipeline.ends());
}

}  // namespace
}  // namespace rc::element
