// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "faults.h"
#include "sip_text.h"
#include "wire_log.h"

namespace standin {

// One WebSocket of a client.
struct Flow {
  std::uint64_t id = 0;
  SoupWebsocketConnection* socket = nullptr;  // owned by Flows
  std::string instance;     // of the registration made over this socket, empty before
  std::string extension;    // same
  bool strict = false;      // the client is gst-ringcentral
  std::vector<int> frozen;  // descriptors that keep a socket open which nobody reads any more
};

// Any bytes as one WebSocket message; a binary one when they are not UTF-8.
void send_bytes(SoupWebsocketConnection* socket, const std::string& text);

// The secure WebSocket server for SIP: wss://127.0.0.1:<port>/, subprotocol "sip".
// Thread: the loop's.
class Flows {
 public:
  struct Listener {
    std::function<void(Flow&, const std::string&)> on_text;
    std::function<void(Flow&)> on_closed;  // the flow is gone after this
    std::function<void(Flow&, const SipMessage&)> on_sent;
    std::function<void(Flow&, const std::string&)> on_raw;
    std::function<void(Flow&)> on_frozen;  // nothing passes any more, and nobody knows
  };
  Flows(Faults& faults, WireLog& log) : faults_(faults), log_(log) {}
  ~Flows() { stop(); }

  // False (with error set) when the port can't be opened.
  bool start(GTlsCertificate* certificate, Listener listener);
  void stop();
  guint16 port() const { return port_; }

  Flow* find(std::uint64_t id);
  // The socket over which the extension registered last, null when there is none.
  Flow* newest(std::string_view extension);
  // False when the flow is gone; the message is lost then, as on the real service.
  bool send(std::uint64_t id, const SipMessage& message);
  void send_raw(Flow& flow, const std::string& text);
  // Bytes of a test's own making; the judge expects an answer to them but does not demand it.
  void send_unchecked(std::uint64_t id, const std::string& text);
  void close(std::uint64_t id);
  void close_all();

  // What networks do to sockets. Both leave the flow in place until the client notices.
  // The end of TCP without a Close frame.
  void cut(Flow& flow);
  void cut_all();
  // Half open: the kernel takes the client's bytes, nothing is read, answered or sent.
  void freeze(Flow& flow);

 private:
  static void on_upgrade(SoupServer*, SoupServerMessage*, const char*, SoupWebsocketConnection*,
                         gpointer self);
  static void on_early(SoupServer*, SoupServerMessage*, const char*, GHashTable*, gpointer self);
  static void on_message(SoupWebsocketConnection*, int type, GBytes*, gpointer self);
  static void on_socket_closed(SoupWebsocketConnection*, gpointer self);
  Flow* find(SoupWebsocketConnection* socket);
  // The n-th message from now is lost, and its socket with it. True when this is the one.
  bool lost_with_socket(Flow& flow);

  Faults& faults_;
  WireLog& log_;
  Listener listener_;
  SoupServer* server_ = nullptr;
  guint16 port_ = 0;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Flow>> flows_;
};

// Opens 127.0.0.1 on a port of the kernel's choice; 0 on failure.
guint16 listen_on_loopback(SoupServer* server, SoupServerListenOptions options);

}  // namespace standin
