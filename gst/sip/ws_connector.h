// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/ref.h"
#include "core/result.h"
#include "sip/byte_stream.h"
#include "sip/ws_handshake.h"
#include "sip/ws_transport.h"

namespace rc::sip {

// An open WebSocket: what came behind the handshake's answer already, and then the stream.
struct WsChannel {
  std::shared_ptr<ByteStream> stream;
  std::string first_bytes;
};

// Opens one WebSocket: DNS, TCP, TLS, our own checks of TLS, HTTP upgrade, sub-protocol.
// Used once. Thread: signalling.
class WsConnector : public std::enable_shared_from_this<WsConnector> {
 public:
  using Done = std::function<void(Result<WsChannel>)>;

  WsConnector(Clock& clock, WsTransport::Options options);
  ~WsConnector();
  WsConnector(const WsConnector&) = delete;
  WsConnector& operator=(const WsConnector&) = delete;

  // Calls `done` once, after this call, within options.connect_limit; not at all once destroyed.
  // The new owner sets a listener on the stream inside `done`.
  // kConfig: proxy, CA file or certificate; kTimeout, kNetwork: try again; kRejected: the proxy
  // answered but takes no SIP; kProtocol: what it sent is no WebSocket handshake.
  void start(Done done);

 private:
  Result<void> prepare();
  void connect();
  // An exception ends the attempt, as a fault of the peer's does.
  void run(const std::function<void()>& body);
  void abort(Error fault);
  void on_connected(GAsyncResult* result);
  Error failure(const GError* error) const;
  void upgrade();
  void on_answer(std::string_view bytes);
  void finish(Result<WsChannel> outcome);

  static void on_event(GSocketClient* client, GSocketClientEvent event,
                       GSocketConnectable* connectable, GIOStream* stream, gpointer self);
  void prepare_tls(GTlsConnection* tls);
  void check_tls(GTlsConnection* tls);

  Clock& clock_;
  WsTransport::Options options_;
  Done done_;
  Timer limit_;
  Ref<GCancellable> cancellable_;
  std::string host_;  // of the proxy, without brackets
  Ref<GSocketConnectable> address_;
  Ref<GTlsDatabase> authorities_;
  Ref<GSocketConnection> tcp_;
  Ref<GTlsConnection> tls_;
  bool tls_checked_ = false;
  std::optional<Error> fault_;  // why we gave up ourselves
  SignalHandler event_;
  SignalHandler certificate_;
  WsHandshake handshake_;
  std::string answer_;
  std::shared_ptr<ByteStream> stream_;
};

}  // namespace rc::sip
