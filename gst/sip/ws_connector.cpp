// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <utility>

#include "core/guard.h"
#include "core/host.h"
#include "core/text.h"
#include "core/tls.h"
#include "sip/host_port.h"

namespace rc::sip {
namespace {

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

WsConnector::WsConnector(Clock& clock, WsTransport::Options options)
    : clock_(clock),
      options_(std::move(options)),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())),
      handshake_(options_.proxy, options_.user_agent, WsHandshake::random_key()) {}

WsConnector::~WsConnector() {
  g_cancellable_cancel(cancellable_.get());
  if (stream_) stream_->drop();
}

void WsConnector::start(Done done) {
  done_ = std::move(done);
  if (Result<void> prepared = prepare(); !prepared.ok()) {
    limit_ =
        clock_.after(Clock::Duration::zero(), [this, error = prepared.error()] { finish(error); });
    return;
  }
  limit_ = clock_.after(options_.connect_limit, [this] {
    abort({Errc::kTimeout, "the SIP proxy " + options_.proxy + " does not answer"});
  });
  connect();
}

Result<void> WsConnector::prepare() {
  const auto proxy = HostPort::parse(options_.proxy);
  if (!proxy) return Error{Errc::kConfig, "the SIP proxy must be given as host:port"};
  host_ = without_brackets(proxy->host);
  if (options_.plain && !is_loopback(host_))
    return Error{Errc::kConfig, "SIP without TLS is allowed on the loopback interface only"};
  GError* error = nullptr;
  // As a URL, so that the system's proxy settings for it count.
  const std::string url = (options_.plain ? "http://" : "https://") + options_.proxy;
  address_ = Ref<GSocketConnectable>::adopt(
      g_network_address_parse_uri(url.c_str(), options_.plain ? 80 : 443, &error));
  if (!options_.ca_file.empty() && error == nullptr)
    authorities_ =
        Ref<GTlsDatabase>::adopt(g_tls_file_database_new(options_.ca_file.c_str(), &error));
  const Owned<GError> owned(error);
  if (error == nullptr) return {};
  return Error{Errc::kConfig,
               (address_ ? "the CA file cannot be read: " : "the SIP proxy's name: ") +
                   clean_text(error->message)};
}

void WsConnector::connect() {
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  g_socket_client_set_tls(client.get(), options_.plain ? FALSE : TRUE);
  g_socket_client_set_enable_proxy(client.get(), is_loopback(host_) ? FALSE : TRUE);
  event_ = SignalHandler(client.get(), "event", G_CALLBACK(on_event), this);
  auto* weak = new std::weak_ptr<WsConnector>(weak_from_this());
  g_socket_client_connect_async(
      client.get(), address_.get(), cancellable_.get(),
      [](GObject* source, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<std::weak_ptr<WsConnector>> owned(
            static_cast<std::weak_ptr<WsConnector>*>(data));
        if (auto self = owned->lock()) return self->run([&] { self->on_connected(result); });
        if (auto* late = g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, nullptr))
          g_object_unref(late);
      },
      weak);
}

void WsConnector::run(const std::function<void()>& body) {
  const auto done = guard(body);
  if (!done.ok()) abort(done.error());
}

// The answer then comes by on_connected(), outside of the signal handlers that find the fault.
void WsConnector::abort(Error fault) {
  if (!fault_) fault_ = std::move(fault);
  if (stream_) return finish(*fault_);
  g_cancellable_cancel(cancellable_.get());
}

void WsConnector::on_connected(GAsyncResult* result) {
  GError* error = nullptr;
  const auto client = Ref<GObject>::adopt(g_async_result_get_source_object(result));
  const auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_finish(G_SOCKET_CLIENT(client.get()), result, &error));
  const Owned<GError> owned(error);
  event_.disconnect();
  certificate_.disconnect();
  if (!connection || fault_) return finish(failure(error));
  if (!options_.plain && !tls_checked_)
    return finish(Error{Errc::kInternal, "TLS of the SIP proxy was not seen"});
  g_socket_set_option(g_socket_connection_get_socket(tcp_.get()), IPPROTO_TCP, TCP_NODELAY, 1,
                      nullptr);
  stream_ = std::make_shared<ByteStream>(Ref<GIOStream>::share(G_IO_STREAM(connection.get())),
                                         std::move(tcp_));
  upgrade();
}

Error WsConnector::failure(const GError* error) const {
  if (fault_) return *fault_;
  const auto flags = tls_ ? g_tls_connection_get_peer_certificate_errors(tls_.get())
                          : static_cast<GTlsCertificateFlags>(0);
  if (error->domain == G_TLS_ERROR && flags != 0) return bad_certificate(flags, host_);
  return {Errc::kNetwork,
          "no connection to the SIP proxy " + options_.proxy + ": " + clean_text(error->message)};
}

void WsConnector::upgrade() {
  stream_->start({[this](std::string_view bytes) { on_answer(bytes); },
                  [this](Error reason) { finish(std::move(reason)); }});
  stream_->write(handshake_.request());
}

void WsConnector::on_answer(std::string_view bytes) {
  answer_.append(bytes);
  const auto head = handshake_.check(answer_);
  if (!head.ok()) return finish(head.error());
  if (head.value()) finish(WsChannel{std::move(stream_), answer_.substr(*head.value())});
}

void WsConnector::finish(Result<WsChannel> outcome) {
  const auto self = shared_from_this();
  limit_.cancel();
  if (stream_) stream_->drop();
  if (const Done done = std::exchange(done_, {})) done(std::move(outcome));
}

void WsConnector::on_event(GSocketClient*, GSocketClientEvent event, GSocketConnectable*,
                           GIOStream* stream, gpointer data) {
  auto* self = static_cast<WsConnector*>(data);
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION(stream))
    self->tcp_ = Ref<GSocketConnection>::share(G_SOCKET_CONNECTION(stream));
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING) self->prepare_tls(G_TLS_CONNECTION(stream));
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED) self->check_tls(G_TLS_CONNECTION(stream));
}

void WsConnector::prepare_tls(GTlsConnection* tls) {
  tls_ = Ref<GTlsConnection>::share(tls);
  if (authorities_) g_tls_connection_set_database(tls, authorities_.get());
  const auto take_any = +[](GTlsConnection*, GTlsCertificate*, GTlsCertificateFlags, gpointer) {
    return static_cast<gboolean>(TRUE);
  };
  if (options_.insecure)
    certificate_ = SignalHandler(tls, "accept-certificate", G_CALLBACK(take_any), nullptr);
}

void WsConnector::check_tls(GTlsConnection* tls) {
  tls_checked_ = true;
  if (options_.insecure) return;
  if (auto fault = tls_fault(tls, host_)) abort(std::move(*fault));
}

}  // namespace rc::sip
