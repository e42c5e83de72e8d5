// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/soup_http.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/guard.h"
#include "core/ref.h"
#include "core/text.h"
#include "core/tls.h"
#include "rest/url.h"

namespace rc::rest {
namespace {

constexpr gsize kReadBytes = 64 * 1024;

// libsoup 3.2.3 has a use after free in HTTP/2 (CVE-2026-85197), which a handful of requests an
// hour do not need.
void offer_http1_only(GIOStream* stream) {
  static constexpr const char* kProtocols[] = {"http/1.1", nullptr};
  g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(stream), kProtocols);
}

std::string host_of(SoupMessage* message) {
  return clean_text(g_uri_get_host(soup_message_get_uri(message)));
}

Result<void> check(const HttpRequest& request) {
  auto url = check_request_url(request.url);
  if (!url.ok()) return url;
  const bool headers_are_safe =
      std::all_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
        return is_header_safe(header.first) && is_header_safe(header.second);
      });
  if (headers_are_safe && is_header_safe(request.content_type)) return {};
  return Error{Errc::kConfig, "A header must not hold control characters"};
}

void copy_header(const char* name, const char* value, gpointer headers) {
  static_cast<Headers*>(headers)->emplace_back(name, value);
}

}  // namespace

struct SoupHttp::Session {
  Ref<SoupSession> soup;
  Ref<SoupSession> direct;  // by no proxy: to loopback, where plain http may carry secrets
  bool insecure = false;
};

// One request on its way. GLib's callbacks each hold a reference, so it outlives what is pending.
class SoupHttp::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Done = std::function<void(const std::shared_ptr<Exchange>&, Result<HttpResponse>)>;

  Exchange(std::shared_ptr<Session> session, Done done)
      : session_(std::move(session)),
        done_(std::move(done)),
        cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

  void start(Clock& clock, const HttpRequest& request);
  void drop() {
    done_ = {};
    g_cancellable_cancel(cancellable_.get());
  }

 private:
  static gboolean on_accept_certificate(SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                        gpointer data);
  static void on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream,
                               gpointer data);
  static void on_sent(GObject* source, GAsyncResult* result, gpointer data);
  static void on_read(GObject* source, GAsyncResult* result, gpointer data);

  void make_message(const HttpRequest& request);
  void send();
  void read_more();
  void on_bytes(Owned<GBytes> bytes);
  Error to_error(const GError& error) const;
  void run(const std::function<void()>& body);
  void finish(Result<HttpResponse> result);
  gpointer hold() { return new std::shared_ptr<Exchange>(shared_from_this()); }
  static std::shared_ptr<Exchange> take(gpointer data) {
    std::unique_ptr<std::shared_ptr<Exchange>> holder(
        static_cast<std::shared_ptr<Exchange>*>(data));
    return std::move(*holder);
  }

  std::shared_ptr<Session> session_;
  Done done_;
  Ref<GCancellable> cancellable_;
  Ref<SoupMessage> message_;
  Ref<GInputStream> input_;
  SignalHandler on_accept_certificate_;
  SignalHandler on_network_event_;
  std::optional<Error> tls_fault_;
  std::string body_;
  Timer limit_;
};

void SoupHttp::Exchange::start(Clock& clock, const HttpRequest& request) {
  const auto checked = check(request);
  if (!checked.ok()) {
    limit_ = clock.after({}, [this, error = checked.error()] { finish(error); });
    return;
  }
  make_message(request);
  limit_ = clock.after(request.time_limit, [this] {
    finish(Error{Errc::kTimeout, "No answer from " + host_of(message_.get()) + " in time"});
  });
  send();
}

void SoupHttp::Exchange::make_message(const HttpRequest& request) {
  message_ = Ref<SoupMessage>::adopt(soup_message_new(request.method.c_str(), request.url.c_str()));
  soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
  SoupMessageHeaders* headers = soup_message_get_request_headers(message_.get());
  for (const auto& [name, value] : request.headers) {
    soup_message_headers_append(headers, name.c_str(), value.c_str());
  }
  if (!request.body.empty()) {
    Owned<GBytes> body(g_bytes_new(request.body.data(), request.body.size()));
    soup_message_set_request_body_from_bytes(message_.get(), request.content_type.c_str(),
                                             body.get());
  }
  on_accept_certificate_ =
      SignalHandler(message_.get(), "accept-certificate", G_CALLBACK(on_accept_certificate), this);
  on_network_event_ =
      SignalHandler(message_.get(), "network-event", G_CALLBACK(on_network_event), this);
}

gboolean SoupHttp::Exchange::on_accept_certificate(SoupMessage*, GTlsCertificate*,
                                                   GTlsCertificateFlags, gpointer data) {
  return static_cast<Exchange*>(data)->session_->insecure;
}

// Both events come before libsoup writes the request; a cancelled connection carries none.
void SoupHttp::Exchange::on_network_event(SoupMessage*, GSocketClientEvent event, GIOStream* stream,
                                          gpointer data) {
  auto* self = static_cast<Exchange*>(data);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING) offer_http1_only(stream);
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED || self->session_->insecure) return;
  self->tls_fault_ = tls_fault(G_TLS_CONNECTION(stream), host_of(self->message_.get()));
  if (self->tls_fault_) g_cancellable_cancel(self->cancellable_.get());
}

void SoupHttp::Exchange::send() {
  const Owned<char> url(g_uri_to_string(soup_message_get_uri(message_.get())));
  SoupSession* soup = is_loopback_url(url.get()) ? session_->direct.get() : session_->soup.get();
  soup_session_send_async(soup, message_.get(), G_PRIORITY_DEFAULT, cancellable_.get(), on_sent,
                          hold());
}

void SoupHttp::Exchange::on_sent(GObject* source, GAsyncResult* result, gpointer data) {
  auto self = take(data);
  self->run([&] {
    GError* raw = nullptr;
    self->input_ =
        Ref<GInputStream>::adopt(soup_session_send_finish(SOUP_SESSION(source), result, &raw));
    Owned<GError> error(raw);
    if (error) return self->finish(self->to_error(*error));
    self->read_more();
  });
}

void SoupHttp::Exchange::read_more() {
  g_input_stream_read_bytes_async(input_.get(), kReadBytes, G_PRIORITY_DEFAULT, cancellable_.get(),
                                  on_read, hold());
}

void SoupHttp::Exchange::on_read(GObject* source, GAsyncResult* result, gpointer data) {
  auto self = take(data);
  self->run([&] {
    GError* raw = nullptr;
    Owned<GBytes> bytes(g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &raw));
    Owned<GError> error(raw);
    if (error) return self->finish(self->to_error(*error));
    self->on_bytes(std::move(bytes));
  });
}

void SoupHttp::Exchange::on_bytes(Owned<GBytes> bytes) {
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  if (size == 0) {
    HttpResponse response;
    response.status = soup_message_get_status(message_.get());
    soup_message_headers_foreach(soup_message_get_response_headers(message_.get()), copy_header,
                                 &response.headers);
    response.body = std::move(body_);
    return finish(std::move(response));
  }
  if (body_.size() + size > kMaxBodyBytes) {
    return finish(Error{Errc::kProtocol, "The answer of " + host_of(message_.get()) +
                                             " is larger than an answer can be"});
  }
  body_.append(data, size);
  read_more();
}

Error SoupHttp::Exchange::to_error(const GError& error) const {
  const std::string host = host_of(message_.get());
  if (tls_fault_) return *tls_fault_;
  const auto faults = soup_message_get_tls_peer_certificate_errors(message_.get());
  if (error.domain == G_TLS_ERROR && faults != 0) return bad_certificate(faults, host);
  return Error{Errc::kNetwork, "Cannot reach " + host + ": " + clean_text(error.message) +
                                   "; check the network and the server's address"};
}

// An exception ends the exchange, as a fault of the server's does.
void SoupHttp::Exchange::run(const std::function<void()>& body) {
  const auto done = guard(body);
  if (!done.ok()) finish(done.error());
}

void SoupHttp::Exchange::finish(Result<HttpResponse> result) {
  auto self = shared_from_this();
  limit_.cancel();
  // Also for a good end: an answer that was not read to its end must not keep the connection.
  g_cancellable_cancel(cancellable_.get());
  if (auto done = std::exchange(done_, {})) done(self, std::move(result));
}

namespace {

Ref<SoupSession> make_soup(const SoupHttp::Options& options) {
  auto soup = Ref<SoupSession>::adopt(
      soup_session_new_with_options("user-agent", options.user_agent.c_str(), nullptr));
  // A bomb of a few compressed kilobytes, and a second try with a password of somebody's keyring.
  soup_session_remove_feature_by_type(soup.get(), SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type(soup.get(), SOUP_TYPE_AUTH_MANAGER);
  return soup;
}

}  // namespace

Result<std::unique_ptr<SoupHttp>> SoupHttp::make(Clock& clock, const Options& options) {
  auto session = std::make_shared<Session>();
  session->insecure = options.insecure;
  session->soup = make_soup(options);
  session->direct = make_soup(options);
  soup_session_set_proxy_resolver(session->direct.get(), nullptr);
  if (!options.ca_file.empty()) {
    GError* raw = nullptr;
    Owned<char> path(g_canonicalize_filename(options.ca_file.c_str(), nullptr));
    auto database = Ref<GTlsDatabase>::adopt(g_tls_file_database_new(path.get(), &raw));
    Owned<GError> error(raw);
    if (error) {
      return Error{Errc::kConfig, "The CA file cannot be used: " + clean_text(error->message)};
    }
    for (const auto& soup : {session->soup, session->direct})
      soup_session_set_tls_database(soup.get(), database.get());
  }
  return std::unique_ptr<SoupHttp>(new SoupHttp(clock, std::move(session)));
}

SoupHttp::SoupHttp(Clock& clock, std::shared_ptr<Session> session)
    : clock_(clock), session_(std::move(session)) {}

SoupHttp::~SoupHttp() {
  for (const auto& exchange : exchanges_) exchange->drop();
}

void SoupHttp::request(HttpRequest request, Callback callback) {
  auto done = [this, callback = std::move(callback)](const std::shared_ptr<Exchange>& exchange,
                                                     Result<HttpResponse> result) {
    exchanges_.erase(exchange);
    callback(std::move(result));  // last: it may destroy this
  };
  auto exchange = std::make_shared<Exchange>(session_, std::move(done));
  exchanges_.insert(exchange);
  exchange->start(clock_, request);
}

}  // namespace rc::rest
