// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "core/ref.h"

namespace rc::sip {

// A TCP server on 127.0.0.1 that says exactly what a test wants said, bad WebSocket included. One
// thread serves one connection after the other; the destructor waits for the one that is served.
class RawServer {
 public:
  // Blocking; the connection ends when it returns. `request` is the HTTP head that came in.
  using Script = std::function<void(GIOStream& stream, const std::string& request)>;

  explicit RawServer(Script script);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // False when the client has gone.
  static bool write(GIOStream& stream, const std::string& bytes);
  static bool wait_for_end(GIOStream& stream);  // until the client closes
  // A proper 101 answer to the request, with the sub-protocol sip.
  static std::string accept(const std::string& request);

 private:
  void serve();

  Script script_;
  Ref<GSocketListener> listener_;
  Ref<GCancellable> stop_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace rc::sip
