// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire_log.h"

#include <cstdio>

#include "loop.h"

namespace standin {

void WireLog::add(std::uint64_t flow, bool received, const std::string& text) {
  entries_.push_back({now_us(), flow, received, text});
  if (entries_.size() > kMaxEntries) entries_.pop_front();
  if (!trace_) return;
  std::fprintf(stderr, "--- %.6f socket %llu %s\n%s\n", static_cast<double>(now_us()) / 1e6,
               static_cast<unsigned long long>(flow), received ? "received" : "sent", text.c_str());
}

void WireLog::add_violation(std::uint64_t flow, const std::string& rule,
                            const std::string& message) {
  violations_.push_back({now_us(), flow, rule, message});
  if (trace_) std::fprintf(stderr, "!!! VIOLATION: %s\n", rule.c_str());
}

}  // namespace standin
