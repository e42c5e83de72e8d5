// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "call_bin.h"
#include "core/main_clock.h"
#include "core/thread.h"
#include "phone/phone.h"

namespace rc {

// The pipelines of rcsignal's `call-bin`: one for each call that the application has not taken and
// no rcsrc waits for. One that fails costs its call and nothing else; one that hangs is given up
// with its thread. Each has a thread; this has one, on which all state lives, and which none of
// them can hold up. Owned by its rcsignal, from READY->PAUSED to PAUSED->READY.
class CallBins : public phone::Listener {
 public:
  CallBins(GstElement* signal, std::string description, std::shared_ptr<phone::Phone> phone);
  ~CallBins() override;

  void set_open(bool open);  // any thread: takes calls, while the rcsignal plays
  void end();    // any thread: takes no more; EOS on the rcsignal when all have finished
  void close();  // waits until all have finished, or are given up: within 5 s

  // Thread: signalling.
  void on_status(const phone::Status&) override {}
  void on_call(const call::CallInfo& call) override;
  bool on_call_received(const call::CallInfo&) override { return false; }
  bool on_seat_wanted(const call::CallInfo& call) override;

 private:
  // Until the call has ended, and its pipeline is in NULL or given up.
  struct Entry {
    std::shared_ptr<CallBin> bin;  // null: is in NULL
    bool call_ended = false;
    std::thread thread;
    Timer limit;
  };
  using Entries = std::map<std::string, Entry>;

  // On thread_.
  void start(const call::CallInfo& call);
  void note(const std::string& id, bool ended);
  void limit(const std::string& id, std::chrono::seconds limit, const char* why);
  void finish_all();
  void give_up(const std::string& id, const char* why);
  void on_end(const std::string& id, const CallBin::End& end);
  void forget(Entries::iterator entry);
  void settle();

  const std::shared_ptr<GWeakRef> signal_;
  const std::string description_;
  std::atomic<bool> open_ = false;
  std::atomic<int> hanging_ = 0;  // given up, and their threads are still there
  // On thread_.
  std::shared_ptr<phone::Phone> phone_;  // until close()
  Entries bins_;                         // by the call's id
  bool ending_ = false, closing_ = false, eos_wanted_ = false;
  // For close().
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  std::optional<Thread> thread_;
  std::optional<MainClock> clock_;
};

}  // namespace rc
