// SPDX-License-Identifier: LGPL-2.1-or-later
#include "handler_watch.h"

#include "core/ref.h"
#include "rcmessages.h"

GST_DEBUG_CATEGORY_EXTERN(gst_rc_signal_debug);
#define GST_CAT_DEFAULT gst_rc_signal_debug

namespace rc {
namespace {

// What the clock's thread needs, whose turn may come when the watch is gone.
struct Alarm {
  Ref<GstElement> element;
  std::string what;
};

void delete_alarm(gpointer alarm) { delete static_cast<Alarm*>(alarm); }

gboolean on_alarm(GstClock*, GstClockTime, GstClockID, gpointer data) {
  const auto* alarm = static_cast<Alarm*>(data);
  const std::string text = alarm->what + " has kept the line's thread for " +
                           std::to_string(HandlerWatch::kPatience.count()) +
                           " ms: registration and calls wait for it; let it return at once and do "
                           "the work on another thread";
  GST_WARNING_OBJECT(alarm->element.get(), "%s", text.c_str());
  post_warning(alarm->element.get(), {Errc::kInternal, text});
  return TRUE;
}

}  // namespace

HandlerWatch::HandlerWatch(GstElement* element, const std::string& what)
    : element_(element), what_(what) {
  const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  const auto patience = static_cast<GstClockTime>(std::chrono::nanoseconds(kPatience).count());
  alarm_ = gst_clock_new_single_shot_id(clock.get(), gst_clock_get_time(clock.get()) + patience);
  gst_clock_id_wait_async(alarm_, on_alarm, new Alarm{Ref<GstElement>::share(element), what},
                          delete_alarm);
}

HandlerWatch::~HandlerWatch() {
  gst_clock_id_unschedule(alarm_);
  gst_clock_id_unref(alarm_);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - since_);
  if (took >= kPatience)
    GST_WARNING_OBJECT(element_, "%s returned after %d ms", what_.c_str(),
                       static_cast<int>(took.count()));
}

}  // namespace rc
