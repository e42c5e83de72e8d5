// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "phone/phone.h"

namespace rc {

// Turns what happens on a line into the signals of an rcsignal, and into messages where no rcsrc
// does. Thread: signalling.
class SignalListener : public phone::Listener {
 public:
  explicit SignalListener(GstElement* element) { g_weak_ref_init(&element_, element); }
  ~SignalListener() override { g_weak_ref_clear(&element_); }

  void on_status(const phone::Status& status) override;
  void on_call(const call::CallInfo& call) override;
  void on_stats(const call::CallInfo& call, const call::CallStats& stats) override;
  bool on_call_received(const call::CallInfo& call) override;

 private:
  GWeakRef element_;
};

// Resolves the promise of an action signal of the element, exactly once, and drops it; null: nobody
// asked.
phone::Phone::Done resolve(GstElement* element, GstPromise* promise);

}  // namespace rc
