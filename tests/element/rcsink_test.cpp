// SPDX-License-Identifier: LGPL-2.1-or-later
//
// rcsink while there is no server: nobody listens.
#include "bench.h"

namespace rc::element {
namespace {

class RcSink : public Bench {
 protected:
  // Blocks until a buffer has come to the sink, which then holds it.
  static void wait_for_input(Pipeline& pipeline) {
    GstPad* pad = gst_element_get_static_pad(pipeline.element("e"), "sink");
    GMutex mutex;
    GCond cond;
    g_mutex_init(&mutex);
    g_cond_init(&cond);
    struct Came {
      GMutex* mutex;
      GCond* cond;
      bool yes = false;
    } came{&mutex, &cond};
    const gulong probe = gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer data) {
          auto* here = static_cast<Came*>(data);
          g_mutex_lock(here->mutex);
          here->yes = true;
          g_cond_signal(here->cond);
          g_mutex_unlock(here->mutex);
          return GST_PAD_PROBE_OK;
        },
        &came, nullptr);
    pipeline.set(GST_STATE_PLAYING);
    const gint64 limit = g_get_monotonic_time() + 5 * G_TIME_SPAN_SECOND;
    g_mutex_lock(&mutex);
    while (!came.yes && g_cond_wait_until(&cond, &mutex, limit)) {
    }
    EXPECT_TRUE(came.yes);
    g_mutex_unlock(&mutex);
    gst_pad_remove_probe(pad, probe);
    gst_object_unref(pad);
    g_cond_clear(&cond);
    g_mutex_clear(&mutex);
  }
  static bool ends(Pipeline& pipeline) {
    GstMessage* message = pipeline.wait(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    const bool eos = message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
    if (message != nullptr) gst_message_unref(message);
    return eos;
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
  EXPECT_TRUE(ends(pipeline));
}

TEST_F(RcSink, DropsAllWhenToldTo) {
  Pipeline pipeline("audiotestsrc num-buffers=100 ! rcsink name=e idle=drop");
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(ends(pipeline));
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
