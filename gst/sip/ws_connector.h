// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <functional>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "core/ref.h"
#include "core/result.h"
#include "sip/ws_transport.h"

namespace rc::sip {

// An open WebSocket and the TCP connection below it. Closing the socket stops it at once, whatever
// the layers between would still read or write.
struct WsChannel {
  Ref<SoupWebsocketConnection> websocket;
  Ref<GSocketConnection> tcp;

  void drop();  // closes the socket and forgets both
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
  // kConfig: proxy, CA file or certificate; kTimeout, kNetwork: try again; kRejected: the proxy
  // answered but takes no SIP; kProtocol: what it sent is no WebSocket handshake.
  void start(Done done);

 private:
  Result<void> prepare();
  Result<std::string> url() const;
  void connect();
  void abort(Error fault);
  void finish(GAsyncResult* result);
  Error failure(const GError* error) const;
  Result<WsChannel> check(Ref<SoupWebsocketConnection> websocket);

  static void on_network_event(SoupMessage* message, GSocketClientEvent event, GIOStream* stream,
                               gpointer self);
  static gboolean on_certificate(SoupMessage* message, GTlsCertificate* certificate,
                                 GTlsCertificateFlags errors, gpointer self);
  void check_tls(GTlsConnection* tls);

  Clock& clock_;
  WsTransport::Options options_;
  Done done_;
  Timer limit_;
  Ref<GCancellable> cancellable_;
  Ref<SoupSession> session_;
  Ref<SoupMessage> message_;
  Ref<GSocketConnection> tcp_;
  bool tls_checked_ = false;
  std::optional<Error> fault_;  // why we gave up ourselves
  SignalHandler network_event_;
  SignalHandler certificate_;
};

}  // namespace rc::sip
