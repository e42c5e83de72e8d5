// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call/call_info.h"
#include "call/line_options.h"
#include "call/seat.h"
#include "core/result.h"
#include "rest/credentials.h"

namespace rc::phone {

struct Settings {
  rest::Credentials credentials;
  std::string state_folder;   // empty: $XDG_STATE_HOME/gst-ringcentral
  std::string local_address;  // media; empty: all but loopback
  std::string stun_server;    // host:port; empty: what provisioning says
  std::string user_agent;     // empty: gst-ringcentral/<version>
  bool insecure = false;      // accept any TLS certificate
  call::LineOptions line;
};

enum class State { kIdle, kConnecting, kRegistered, kRetrying, kFailed, kClosed };
const char* to_string(State state);  // "idle", "connecting", ...

struct Status {
  State state = State::kIdle;
  std::string text;            // for a person: "logged in", "registered for 60 s", ...
  std::optional<Error> error;  // kRetrying, kFailed (never tried again: the user must act)
  std::string own_number;      // "+12025550101" once provisioned
  bool slow = false;           // 10 s have passed without a first registration
};

// Listeners are called on the signalling thread, without a lock held.
struct Listener {
  virtual ~Listener() = default;
  virtual void on_status(const Status& status) = 0;
  virtual void on_call(const call::CallInfo& call) = 0;  // every change of every call of the line
  virtual void on_stats(const call::CallInfo&, const call::CallStats&) {}  // as call::Line tells
  // Before the answer policy decides; true: the application takes the call.
  virtual bool on_call_received(const call::CallInfo& call) = 0;
  // There is no free seat for this call. True: this listener brings one (SeatOptions::call), or
  // hangs up.
  virtual bool on_seat_wanted(const call::CallInfo&) { return false; }
};

// A headless RingCentral phone: logs in, provisions a device, registers, recovers; owns the line
// and its signalling thread. Usable from any thread: each call posts and returns, but for close().
class Phone {
 public:
  // The phone of this account in this process, made if there is none. All pipelines that use the
  // same server, client id and JWT share one registration; the first one's settings win, but for
  // `insecure`: lines that check certificates and lines that do not are never shared.
  static std::shared_ptr<Phone> find_or_make(const Settings& settings);

  virtual ~Phone() = default;
  virtual void start() = 0;  // connects; does nothing when it already has begun
  // Hangs up all calls, un-registers and waits for that, at most 1.2 s: a process that ends right
  // after would otherwise leave a ghost registration for two minutes. Not from a listener.
  virtual void close() = 0;

  virtual Status status() const = 0;
  virtual Settings settings() const = 0;  // of who made it
  virtual void add_listener(std::weak_ptr<Listener> listener) = 0;
  // The newest numbers that on_stats() told of each call that there is, the oldest first.
  virtual std::vector<call::CallStats> stats() const = 0;

  virtual void add_seat(call::SeatOptions options) = 0;
  virtual void remove_seat(const std::string& id) = 0;           // hangs up its call
  virtual void open_seat(const std::string& id, bool open) = 0;  // closed: takes no call
  // Looks again for seats for the calls that ring: a listener that brings some can do so now.
  virtual void seat_ringing_calls() = 0;
  virtual void add_speaker(call::SpeakerOptions options) = 0;
  virtual void remove_speaker(const std::string& id) = 0;

  // Makes a webrtcbin of the application the media of the call of one seat (SeatOptions::media), as
  // media/session.h says; at once.
  virtual Result<call::MediaFactory> borrow(GstElement* webrtcbin) = 0;

  using Done = std::function<void(Result<void>)>;  // once, on the signalling thread
  // For this seat, or for any (empty). Gives the call's id at once.
  virtual std::string dial(const std::string& number, const std::string& seat, Done done) = 0;
  virtual void answer(const std::string& call, Done done) = 0;
  virtual void decline(const std::string& call, Done done) = 0;
  virtual void hangup(const std::string& call, Done done) = 0;
};

}  // namespace rc::phone
