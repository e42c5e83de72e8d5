// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace standin {

// One SIP message (or an event of the socket, with an empty text) as the stand-in saw it.
struct LogEntry {
  gint64 us = 0;
  std::uint64_t flow = 0;
  bool received = false;
  std::string text;
};

// A rule that our own client broke.
struct Violation {
  gint64 us = 0;
  std::uint64_t flow = 0;
  std::string rule;
  std::string message;  // what broke it, may be empty
};

// Everything that went over the wire, newest kMaxEntries, and what was wrong with it.
class WireLog {
 public:
  static constexpr std::size_t kMaxEntries = 20000;

  // trace: also write each message to stderr.
  void set_trace(bool trace) { trace_ = trace; }
  void add(std::uint64_t flow, bool received, const std::string& text);
  void add_violation(std::uint64_t flow, const std::string& rule, const std::string& message);

  const std::deque<LogEntry>& entries() const { return entries_; }
  const std::vector<Violation>& violations() const { return violations_; }

 private:
  bool trace_ = false;
  std::deque<LogEntry> entries_;
  std::vector<Violation> violations_;
};

}  // namespace standin
