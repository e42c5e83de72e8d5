// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <string>

#include "core/ref.h"
#include "phone/phone.h"

namespace rc {

// The GstContext by which an rcsignal hands its line to the other elements of a pipeline.
constexpr const char* kLineContext = "rc.line";
GstContext* make_line_context(std::shared_ptr<phone::Phone> phone);
std::shared_ptr<phone::Phone> phone_of_context(GstContext* context);  // null: not such a context

// The pipeline that an element is in, or itself when it is in none.
Ref<GstElement> root_of(GstElement* element);

// The line that an element shall use, the first that there is: the rcsignal named `line` (if not
// empty), the pipeline's context, else the process' phone of the account in the environment.
// `own` tells the last case: then nobody else reports the line's state. Called in READY->PAUSED.
struct FoundLine {
  std::shared_ptr<phone::Phone> phone;
  bool own = false;
};
Result<FoundLine> find_line(GstElement* element, const std::string& line);

// Reports a line on the bus of one element: PROGRESS "register" until it is registered for the
// first time, "rc-line" messages, ERROR for what the user must mend. Thread: signalling.
class LineReporter : public phone::Listener {
 public:
  explicit LineReporter(GstElement* element);
  ~LineReporter() override;

  void begin();  // READY->PAUSED: posts PROGRESS START at once, as gst-launch wants it
  void cancel(const char* why);  // any thread: nobody waits any more (EOS, PAUSED->READY)

  void on_status(const phone::Status& status) override;
  void on_call(const call::CallInfo&) override {}
  bool on_call_received(const call::CallInfo&) override { return false; }

 private:
  // True for one caller: who ends the PROGRESS posts its end.
  bool end_progress();
  void post_progress(GstProgressType type, const std::string& text);
  void report(GstElement* element, const phone::Status& status);

  GWeakRef element_;
  std::mutex mutex_;
  bool in_progress_ = false;
  bool warned_ = false;  // of this outage; signalling thread
};

}  // namespace rc
