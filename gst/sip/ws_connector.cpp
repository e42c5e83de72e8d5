// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_connector.h"

#include <array>
#include <string>
#include <utility>

#include "core/text.h"
#include "sip/bounds.h"
#include "sip/host_port.h"

namespace rc::sip {
namespace {

constexpr const char* kSubProtocol = "sip";

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.substr(0, 4) == "127.";
}

std::string describe(GTlsCertificateFlags errors) {
  constexpr std::array<std::pair<GTlsCertificateFlags, const char*>, 6> kReasons = {{
      {G_TLS_CERTIFICATE_UNKNOWN_CA, "it is signed by an unknown authority"},
      {G_TLS_CERTIFICATE_BAD_IDENTITY, "it belongs to another host"},
      {G_TLS_CERTIFICATE_EXPIRED, "it has expired"},
      {G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet"},
      {G_TLS_CERTIFICATE_REVOKED, "it has been revoked"},
      {G_TLS_CERTIFICATE_INSECURE, "its algorithm is insecure"},
  }};
  std::string out;
  for (const auto& [flag, text] : kReasons) {
    if ((errors & flag) != 0) out += (out.empty() ? "" : ", ") + std::string(text);
  }
  return out.empty() ? "it does not verify" : out;
}

Error bad_certificate(GTlsCertificateFlags errors) {
  return {Errc::kConfig, "the certificate of the SIP proxy is refused: " + describe(errors)};
}

}  // namespace

void WsChannel::drop() {
  if (tcp) g_socket_close(g_socket_connection_get_socket(tcp.get()), nullptr);
  tcp.reset();
  websocket.reset();
}

WsConnector::WsConnector(Clock& clock, WsTransport::Options options)
    : clock_(clock),
      options_(std::move(options)),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

WsConnector::~WsConnector() { g_cancellable_cancel(cancellable_.get()); }

void WsConnector::start(Done done) {
  done_ = std::move(done);
  if (Result<void> prepared = prepare(); !prepared.ok()) {
    fault_ = prepared.error();
    limit_ = clock_.after(Clock::Duration::zero(), [this] { done_(Error(*fault_)); });
    return;
  }
  limit_ = clock_.after(options_.connect_limit, [this] {
    abort({Errc::kTimeout, "the SIP proxy " + options_.proxy + " does not answer"});
  });
  connect();
}

Result<std::string> WsConnector::url() const {
  const auto proxy = HostPort::parse(options_.proxy);
  if (!proxy) return Error{Errc::kConfig, "the SIP proxy must be given as host:port"};
  if (options_.plain && !is_loopback(proxy->host))
    return Error{Errc::kConfig, "SIP without TLS is allowed on the loopback interface only"};
  return (options_.plain ? "ws://" : "wss://") + options_.proxy + '/';
}

Result<void> WsConnector::prepare() {
  const auto address = url();
  if (!address.ok()) return address.error();
  session_ = Ref<SoupSession>::adopt(soup_session_new());
  soup_session_set_user_agent(session_.get(), options_.user_agent.c_str());
  if (!options_.ca_file.empty()) {
    GError* error = nullptr;
    auto authorities =
        Ref<GTlsDatabase>::adopt(g_tls_file_database_new(options_.ca_file.c_str(), &error));
    const Owned<GError> owned(error);
    if (error != nullptr)
      return Error{Errc::kConfig, "the CA file cannot be read: " + std::string(error->message)};
    soup_session_set_tls_database(session_.get(), authorities.get());
  }
  message_ = Ref<SoupMessage>::adopt(soup_message_new("GET", address.value().c_str()));
  if (!message_) return Error{Errc::kConfig, "the SIP proxy must be given as host:port"};
  return {};
}

void WsConnector::connect() {
  network_event_ =
      SignalHandler(message_.get(), "network-event", G_CALLBACK(on_network_event), this);
  if (options_.insecure)
    certificate_ =
        SignalHandler(message_.get(), "accept-certificate", G_CALLBACK(on_certificate), this);
  std::array<char*, 2> protocols = {const_cast<char*>(kSubProtocol), nullptr};
  auto* weak = new std::weak_ptr<WsConnector>(weak_from_this());
  soup_session_websocket_connect_async(
      session_.get(), message_.get(), nullptr, protocols.data(), G_PRIORITY_DEFAULT,
      cancellable_.get(),
      [](GObject*, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<std::weak_ptr<WsConnector>> owned(
            static_cast<std::weak_ptr<WsConnector>*>(data));
        if (auto self = owned->lock()) self->finish(result);
      },
      weak);
}

// The answer then comes by finish(), outside of the signal handlers that find the fault.
void WsConnector::abort(Error fault) {
  if (!fault_) fault_ = std::move(fault);
  g_cancellable_cancel(cancellable_.get());
}

void WsConnector::finish(GAsyncResult* result) {
  GError* error = nullptr;
  auto websocket = Ref<SoupWebsocketConnection>::adopt(
      soup_session_websocket_connect_finish(session_.get(), result, &error));
  const Owned<GError> owned(error);
  limit_.cancel();
  network_event_.disconnect();
  certificate_.disconnect();
  Result<WsChannel> outcome = websocket && !fault_ ? check(std::move(websocket)) : failure(error);
  const Done done = std::move(done_);
  done(std::move(outcome));
}

Error WsConnector::failure(const GError* error) const {
  if (fault_) return *fault_;
  const GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors(message_.get());
  if (error->domain == G_TLS_ERROR && flags != 0) return bad_certificate(flags);
  const std::string reason = clean_text(error->message);
  if (error->domain == SOUP_WEBSOCKET_ERROR) {
    const auto status = static_cast<int>(soup_message_get_status(message_.get()));
    return {status == SOUP_STATUS_SWITCHING_PROTOCOLS ? Errc::kProtocol : Errc::kRejected,
            "the SIP proxy refused the WebSocket, HTTP status " + std::to_string(status)};
  }
  return {Errc::kNetwork, "no connection to the SIP proxy " + options_.proxy + ": " + reason};
}

Result<WsChannel> WsConnector::check(Ref<SoupWebsocketConnection> websocket) {
  WsChannel channel{std::move(websocket), std::move(tcp_)};
  const char* protocol = soup_websocket_connection_get_protocol(channel.websocket.get());
  Error fault;
  if (!options_.plain && !tls_checked_) {
    fault = {Errc::kInternal, "TLS of the SIP proxy was not seen"};
  } else if (protocol == nullptr || !equals_ignore_case(protocol, kSubProtocol)) {
    fault = {Errc::kRejected, "the proxy does not speak SIP over WebSocket"};
  } else {
    soup_websocket_connection_set_max_incoming_payload_size(channel.websocket.get(),
                                                            kMaxMessageBytes);
    return channel;
  }
  channel.drop();
  return fault;
}

void WsConnector::on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream,
                                   gpointer data) {
  auto* self = static_cast<WsConnector*>(data);
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION(stream))
    self->tcp_ = Ref<GSocketConnection>::share(G_SOCKET_CONNECTION(stream));
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED && G_IS_TLS_CONNECTION(stream))
    self->check_tls(G_TLS_CONNECTION(stream));
}

// Not left to "accept-certificate": a resumed TLS session does not emit it, and GLib resumes what
// an insecure connection of this process has begun (measured, glib-networking 2.74).
void WsConnector::check_tls(GTlsConnection* tls) {
  tls_checked_ = true;
  if (options_.insecure) return;
  const GTlsCertificateFlags errors = g_tls_connection_get_peer_certificate_errors(tls);
  if (errors != 0) return abort(bad_certificate(errors));
  if (g_tls_connection_get_protocol_version(tls) < G_TLS_PROTOCOL_VERSION_TLS_1_2)
    abort({Errc::kConfig, "the SIP proxy offers no TLS 1.2 or later"});
}

gboolean WsConnector::on_certificate(SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                     gpointer) {
  return TRUE;  // connected only when options.insecure
}

}  // namespace rc::sip
