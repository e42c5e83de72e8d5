// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "far_end_script.h"
#include "server.h"

namespace standin {

// The far end of one call, as its script says: calls an extension once it is registered, or answers
// a number that the client dials; does its steps; tells what became of it.
// Owned by who makes it. The script runs on a thread of its own, from start() on.
class FarEnd {
 public:
  struct Outcome {
    bool completed = false;  // all steps were done
    std::string json;        // one line; the manual page tells its fields
  };
  // Called once, on the script's thread.
  using Listener = std::function<void(const Outcome&)>;

  // The server must have been started, and outlive this.
  FarEnd(Server& server, FarEndScript script);
  ~FarEnd();  // gives up, and waits for the script's thread
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;

  void start(Listener listener);
  // Any thread. Hangs up; the outcome is told soon. Nothing when it was told already.
  void give_up();

 private:
  using Ms = std::chrono::milliseconds;
  struct View;  // the call at one time

  View view() const;
  // False when the call is over, we gave up or the time is.
  bool wait(const std::function<bool(const View&)>& done, Ms limit);
  void run(const Listener& listener);
  // Empty when all steps were done, else the word for what went wrong.
  std::string play_through();
  bool reach();
  bool call_client();
  bool answer_client();
  std::string call_body() const;
  std::string do_step(const FarEndStep& step);
  std::string control(const FarEndStep& step);
  std::string play(const FarEndStep& step);
  std::string send_dtmf(const FarEndStep& step);
  std::string client_extension() const;
  Outcome outcome(const std::string& problem);

  Server& server_;
  FarEndScript script_;
  std::string call_;     // its id, once there is one
  std::string problem_;  // more words for the outcome
  std::size_t done_ = 0;
  std::atomic<bool> given_up_{false};
  std::thread thread_;
};

}  // namespace standin
