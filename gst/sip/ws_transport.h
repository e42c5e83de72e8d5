// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/clock.h"
#include "sip/transport.h"

namespace rc::sip {

// SIP over a secure WebSocket (RFC 7118): wss://<proxy>/, sub-protocol "sip".
// Before the first byte leaves, this class itself checks that the certificate verified without any
// error and names the host, and that TLS is at least 1.2: GLib alone takes TLS 1.1 and a Common
// Name, and lets a strict connection resume the TLS session of an insecure one (measured, 2.74).
// The first error of any kind ends the connection; messages over 64 KiB are such an error.
// Keep-alive messages (only CR and LF) are answered here and not handed on. Error codes of
// on_closed: kConfig the proxy's name, the CA file or the certificate; kTimeout, kNetwork try
// again; kRejected the proxy takes no SIP; kProtocol it broke the WebSocket protocol. After close()
// the goodbye takes up to 2 s more by itself, if the main loop runs that long. Thread: signalling;
// lives on the thread-default GMainContext of open().
class WsTransport : public Transport {
 public:
  struct Options {
    std::string proxy{};       // host:port, as sip-provision gives it
    std::string user_agent{};  // of the HTTP handshake
    std::string ca_file{};     // PEM; the only authorities then trusted. Empty: the system's
    bool insecure = false;     // takes any certificate; for tests
    bool plain = false;        // ws://, refused unless the proxy is a loopback address
    // DNS, TCP, TLS and HTTP handshake together.
    std::chrono::milliseconds connect_limit = std::chrono::seconds(5);
    std::chrono::seconds ping_interval{15};
    // No message and no pong for ping_interval and this: the peer is dead.
    std::chrono::milliseconds pong_limit = std::chrono::seconds(5);
  };

  WsTransport(Clock& clock, Options options);
  ~WsTransport() override;  // as close()
  WsTransport(const WsTransport&) = delete;
  WsTransport& operator=(const WsTransport&) = delete;

  void open(Listener* listener) override;
  void send(std::string message) override;
  void close() override;
  bool is_open() const override;
  // From now on; a dead peer is found within this and pong_limit.
  void set_ping_interval(std::chrono::seconds interval);

 private:
  class Connection;
  std::shared_ptr<Connection> connection_;
};

}  // namespace rc::sip
