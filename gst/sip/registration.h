// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/result.h"

namespace rc::sip {

class UserAgent;

// Keeps a user agent's contact registered: REGISTER with credentials, refresh before it expires.
// It does not try again after a failure: its owner knows the sockets and the waits. A detach() of
// the user agent ends it silently, unless a REGISTER was under way.
//
// Owned by whoever owns the UserAgent, destroyed before it. Thread: signalling. The destructor only
// drops; stop() says goodbye to the server. Listener calls never come from inside a method.
class Registration {
 public:
  struct Options {
    std::string instance_id;           // "urn:uuid:...", the same over restarts (limit of 5)
    std::chrono::seconds expires{60};  // asked for; the server's number rules
    int reg_id = 0;                    // RFC 5626, 0 = none
  };

  struct Failure {
    Error error;  // kAuth: credentials; kRejected: limit of devices...; kTimeout, kNetwork: retry
    int status = 0;  // of the final response, 0 if there was none: compare with sipErrorCodes
    std::chrono::seconds retry_after{0};  // what the server asked for, 0 = nothing
  };

  struct Listener {
    virtual ~Listener() = default;
    // After each start(), and after each refresh.
    virtual void on_registered(std::chrono::seconds expires) = 0;
    // Of the first REGISTER or of a refresh; nothing more is sent until start(). kTimeout: no
    // final answer in 5 s, the socket is to be closed. kNetwork: none, or it was detached.
    virtual void on_registration_failed(const Failure& failure) = 0;
  };

  Registration(UserAgent& user_agent, Clock& clock, Options options, Listener* listener);
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  // Registers over the socket that is attached now; again after each new socket. Call-ID stays,
  // CSeq counts on.
  void start();
  // Unregisters (expires=0) and calls done, at the latest after 2 s; without a socket at once.
  void stop(std::function<void()> done);

  bool registered() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rc::sip
