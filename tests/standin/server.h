// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accounts.h"
#include "wire_log.h"

namespace standin {

// A RingCentral in a box on 127.0.0.1: REST over HTTP, SIP over a secure WebSocket, control API.
// Runs on a thread of its own. Every method may be called from any thread but that one, and only
// between start() and stop() where it says nothing else.
class Server {
 public:
  struct Options {
    bool trace = false;       // SIP messages to stderr
    bool warm_media = false;  // pay for the first webrtcbin of the process now
  };
  explicit Server(Options options);
  Server() : Server(Options{}) {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // False when something could not be set up; error() says what.
  bool start();
  void stop();
  const std::string& error() const;

  // Fixed once started.
  std::string rest_url() const;     // "http://127.0.0.1:P"
  std::string wss_address() const;  // "127.0.0.1:Q"
  std::string ca_file() const;
  std::string control_token() const;
  const std::vector<Account>& accounts() const;
  // The one line that rc-standin prints.
  std::string description() const;

  // The control API without HTTP: the same paths, bodies and answers (README.md). Does not wait:
  // wait_state and the like are ignored, use the wait functions below.
  struct Reply {
    unsigned status = 0;
    std::string body;
  };
  Reply control(const std::string& method, const std::string& path, const std::string& body = {});

  // False when no fault has that name (faults.h).
  bool set_fault(const std::string& name, std::int64_t value);
  void drop_sockets();

  // JSON as for POST /standin/calls; the new call's id, empty when the extension is not known.
  std::string place_call(const std::string& json);
  void hang_up(const std::string& call_id);
  // The end without a word, as if the BYE had been lost.
  void abandon(const std::string& call_id);
  std::string call_json(const std::string& call_id);  // empty when unknown
  // Ids of all calls, oldest first.
  std::vector<std::string> call_ids();

  std::vector<LogEntry> log();
  std::vector<Violation> violations();

  using Ms = std::chrono::milliseconds;
  // Looks whenever something has changed, on the stand-in's thread; false at timeout.
  bool wait_until(const std::function<bool()>& predicate, Ms timeout);
  // Has who waits look now: what it waits for is not the stand-in's.
  void look_again();
  bool is_registered(const std::string& extension);
  bool wait_registered(const std::string& extension, Ms timeout);
  // True when no instance of the extension is registered over an open socket.
  bool wait_unregistered(const std::string& extension, Ms timeout);
  // state: ringing, answered, ended, or finished (ended and the recording complete).
  bool wait_call_state(const std::string& call_id, const std::string& state, Ms timeout);
  // An event of the call's time line (README.md).
  bool wait_call_event(const std::string& call_id, const std::string& event, Ms timeout);
  // For the n-th (from 0) call since the start: its id, empty at timeout.
  std::string wait_call(std::size_t n, Ms timeout);
  // True when a line of the log, sent or received, starts with text ("BYE ", "SIP/2.0 486").
  bool wait_message(const std::string& text, Ms timeout);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace standin
