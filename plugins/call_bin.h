// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "call/call_info.h"
#include "core/ref.h"
#include "core/result.h"
#include "phone_lease.h"

namespace rc {

// The pipeline of one call, made from a description and run to its end by run(), on a thread of its
// own that may hang in it: nothing else waits for it. Owned by that thread and by CallBins.
class CallBin {
 public:
  struct Options {
    std::string description;
    call::CallInfo call;
    std::shared_ptr<PhoneLease> line;
    std::function<void(GstMessage*)> on_message;  // its ELEMENT and WARNING ones; from run()
  };
  // What ended it: nothing, or what went wrong, for a person, and for who mends it.
  struct End {
    std::string fault, debug;
  };

  explicit CallBin(Options options);

  End run();       // returns when the pipeline is in NULL
  void finish();   // any thread: run() ends the stream, so that files are finished, and returns
  void give_up();  // any thread: run() hangs, and ends if it ever can

 private:
  End play(GstElement* pipeline);
  End watch(GstElement* pipeline);
  bool take(GstElement* pipeline, GstMessage* message, End* end);

  const Options options_;
  const Ref<GstBus> bus_;
  std::atomic<bool> finishing_ = false;
};

}  // namespace rc
