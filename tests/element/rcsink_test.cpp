// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rcsink while there is no server: nobody listens.
#include "bench.h"

namespace rc::element {
namespace {

class RcSink : public Bench {
 protected:
  // Plays until a buffer has come to the sink, which then holds it.
  static void wait_for_input(Pipeline& pipeline) {
    Tap tap(pipeline.element("e"), "sink");
    pipeline.set(GST_STATE_PLAYING);
    EXPECT_TRUE(tap.wait(1));
  }
};

TEST_F(RcSink, NeedsNoPreroll) {
  Pipeline pipeline("rcsink name=e");
  EXPECT_EQ(pipeline.set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(RcSink, LetsGoOfInputThatWaitsWhenItIsStopped) {
  Pipeline pipeline("audiotestsrc ! rcsink name=e");
  wait_for_input(pipeline);
  pipeline.set(GST_STATE_NULL);
}

TEST_F(RcSink, KeepsInputThatWaitsThroughAPause) {
  Pipeline pipeline("audiotestsrc ! rcsink name=e");
  wait_for_input(pipeline);
  for (int i = 0; i < 500; ++i) {  // so often that its thread does not get to run in between
    pipeline.set(GST_STATE_PAUSED);
    pipeline.set(GST_STATE_PLAYING);
  }
  EXPECT_TRUE(pipeline.errors().empty());
}

TEST_F(RcSink, DropsLiveInputAndEndsWithIt) {
  Pipeline pipeline("audiotestsrc is-live=true num-buffers=3 ! rcsink name=e");
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(pipeline.ends());
}

TEST_F(RcSink, DropsAllWhenToldTo) {
  Pipeline pipeline("audiotestsrc num-buffers=100 ! rcsink name=e idle=drop");
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(pipeline.ends());
}

// Barge-in before anybody listens; a RESET_TIME would move the whole pipeline's base time.
TEST_F(RcSink, FlushTellsWhatWasPlayedAndResetsNoTime) {
  Pipeline pipeline("audiotestsrc ! rcsink name=e");
  wait_for_input(pipeline);
  GstPad* pad = gst_element_get_static_pad(pipeline.element("e"), "sink");
  EXPECT_TRUE(gst_pad_send_event(pad, gst_event_new_flush_start()));
  EXPECT_TRUE(gst_pad_send_event(pad, gst_event_new_flush_stop(TRUE)));
  gst_object_unref(pad);
  GstStructure* playback = pipeline.structure("rc-playback");
  ASSERT_NE(playback, nullptr);
  for (const char* field : {"accepted", "played", "discarded"}) {
    guint64 ms = 1;
    EXPECT_TRUE(gst_structure_get_uint64(playback, field, &ms)) << field;
    EXPECT_EQ(ms, 0U) << field;
  }
  gst_structure_free(playback);
  EXPECT_EQ(pipeline.wait(GST_MESSAGE_RESET_TIME, std::chrono::milliseconds(0)), nullptr);
}

TEST_F(RcSink, EventsBeforeItStartsDoNoHarm) {
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY}) {
    Pipeline pipeline("rcsink name=e");
    pipeline.set(state);
    GstPad* pad = gst_element_get_static_pad(pipeline.element("e"), "sink");
    gst_pad_send_event(pad, gst_event_new_flush_start());
    gst_pad_send_event(pad, gst_event_new_flush_stop(TRUE));
    gst_pad_send_event(pad, gst_event_new_eos());
    gst_object_unref(pad);
    EXPECT_TRUE(pipeline.errors().empty());
  }
}

}  // namespace
}  // namespace rc::element
