// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::sip {

// A reliable, message-framed connection to the SIP proxy: one whole SIP message each way (RFC
// 7118). Thread: signalling. A Transport is used once: after on_closed it is dead and a new one is
// made.
class Transport {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_open() = 0;
    virtual void on_message(std::string_view bytes) = 0;  // may hold any byte; valid in the call
    // Exactly once, last; also when it never opened. Never from inside open(), send() or close().
    virtual void on_closed(const Error& reason) = 0;
  };

  virtual ~Transport() = default;
  virtual void open(Listener* listener) = 0;   // the listener outlives the Transport or close()s it
  virtual void send(std::string message) = 0;  // dropped when not open
  virtual void close() = 0;                    // says goodbye; no listener call comes after this
  virtual bool is_open() const = 0;
};

}  // namespace rc::sip
