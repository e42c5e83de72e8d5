// SPDX-License-Identifier: LGPL-2.1-or-later
#include "test_phone.h"

#include <algorithm>

#include "digest.h"
#include "flows.h"

namespace standin {
namespace {

std::string contact_uri() { return "sip:phone@phone.invalid;transport=wss"; }

// Of a caller: RFC 3261 12.1.2. Loose routers only.
std::vector<std::string> route_set(const SipMessage& response) {
  auto routes = response.list("Record-Route");
  std::reverse(routes.begin(), routes.end());
  return routes;
}

}  // namespace

TestPhone::TestPhone(Server& server, Options options)
    : server_(server), options_(std::move(options)) {
  for (const auto& account : server.accounts()) {
    if (account.extension == options_.extension) account_ = account;
  }
  loop_.start();
}

TestPhone::~TestPhone() {
  loop_.call([this] {
    if (socket_ != nullptr) g_signal_handlers_disconnect_by_data(socket_, this);
    g_clear_object(&socket_);
    if (session_ != nullptr) soup_session_abort(session_);
    g_clear_object(&session_);
  });
  loop_.stop();
}

// The test is about SIP; the certificate has a test of its own.
gboolean TestPhone::trust(SoupMessage*, GTlsCertificate*, GTlsCertificateFlags, gpointer) {
  return TRUE;
}

bool TestPhone::connect() {
  loop_.call([this] {
    session_ = soup_session_new();
    const std::string url = "wss://" + server_.wss_address() + "/";
    g_autoptr(SoupMessage) message = soup_message_new("GET", url.c_str());
    g_signal_connect(message, "accept-certificate", G_CALLBACK(&TestPhone::trust), this);
    char sip[] = "sip";
    char* protocols[] = {sip, nullptr};
    soup_session_websocket_connect_async(session_, message, nullptr, protocols, 0, nullptr,
                                         &TestPhone::on_connected, this);
  });
  return loop_.wait_until([this] { return socket_ != nullptr; }, std::chrono::seconds(5));
}

void TestPhone::on_connected(GObject* session, GAsyncResult* result, gpointer data) {
  auto* self = static_cast<TestPhone*>(data);
  auto* socket = soup_session_websocket_connect_finish(SOUP_SESSION(session), result, nullptr);
  if (socket == nullptr) return;
  self->socket_ = socket;
  g_signal_connect(socket, "message", G_CALLBACK(&TestPhone::on_message), self);
  g_signal_connect_swapped(
      socket, "closed", G_CALLBACK(+[](TestPhone* phone) { phone->loop_.notify_changed(); }), self);
  self->loop_.notify_changed();
}

void TestPhone::on_message(SoupWebsocketConnection*, int, GBytes* bytes, gpointer data) {
  auto* self = static_cast<TestPhone*>(data);
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  if (auto message = parse_sip({text, size})) self->inbox_.push_back(std::move(*message));
  self->loop_.notify_changed();
}

void TestPhone::send(const std::string& text) {
  loop_.call([&] { send_bytes(socket_, text); });
}

bool TestPhone::closed() { return wait_closed(std::chrono::milliseconds(0)); }

bool TestPhone::wait_closed(std::chrono::milliseconds timeout) {
  return loop_.wait_until(
      [this] {
        return soup_websocket_connection_get_state(socket_) == SOUP_WEBSOCKET_STATE_CLOSED;
      },
      timeout);
}

SipMessage TestPhone::expect(const std::string& start, std::chrono::milliseconds timeout) {
  SipMessage found;
  loop_.wait_until(
      [&] {
        for (auto message = inbox_.begin(); message != inbox_.end(); ++message) {
          if (!starts_with(message->to_text(), start)) continue;
          found = *message;
          inbox_.erase(message);
          return true;
        }
        return false;
      },
      timeout);
  return found;
}

SipMessage TestPhone::request(const std::string& method, const std::string& uri) {
  SipMessage request;
  request.method = method;
  request.uri = uri;
  request.add("Via", "SIP/2.0/WSS phone.invalid;branch=z9hG4bK-" + random_hex(8));
  request.add("From", "<sip:" + account_.username() + "@sip.ringcentral.com>;tag=phonetag");
  request.add("To", "<" + uri + ">").add("Call-Id", call_id_);
  request.add("CSeq", std::to_string(++cseq_) + " " + method).add("Max-Forwards", "70");
  request.add("User-Agent", options_.user_agent);
  return request;
}

std::string TestPhone::credentials(const SipMessage& challenge, const std::string& method,
                                   const std::string& uri) const {
  auto header = challenge.get("Www-Authenticate");
  if (header.empty()) header = challenge.get("Proxy-Authenticate");
  DigestParams params = parse_digest(header);
  params["username"] = account_.first_device.id;
  params["uri"] = uri;
  if (params.count("qop") > 0) {
    params["nc"] = "00000001";
    params["cnonce"] = "0a4f113b";
  }
  std::string out = "Digest username=\"" + params["username"] + "\", realm=\"" + params["realm"] +
                    "\", nonce=\"" + params["nonce"] + "\", uri=\"" + uri + "\", response=\"" +
                    digest_response(params, account_.first_device.password, method) + "\"";
  if (params.count("algorithm") > 0) out += ", algorithm=" + params["algorithm"];
  if (params.count("qop") > 0) out += ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"";
  return out;
}

SipMessage TestPhone::register_line(int expires) {
  loop_.call([this] { inbox_.clear(); });  // answers to older requests look like ours
  call_id_ = "register-" + random_hex(4);
  const std::string uri = "sip:sip.ringcentral.com";
  const std::string contact = "<" + contact_uri() + ">;+sip.instance=\"<" + options_.instance +
                              ">\";expires=" + std::to_string(expires);
  const auto first = request("REGISTER", uri).add("Contact", contact);
  send(first);
  expect("SIP/2.0 100");
  auto answer = expect("SIP/2.0 ");
  if (answer.status != 401) return answer;
  auto second = request("REGISTER", uri).add("Contact", contact);
  send(second.add("Authorization", credentials(answer, "REGISTER", uri)));
  expect("SIP/2.0 100");
  return expect("SIP/2.0 ");
}

SipMessage TestPhone::invite(const std::string& user, const std::string& sdp) {
  auto invite = request("INVITE", "sip:" + user + "@sip.ringcentral.com");
  invite.add("Contact", "<" + contact_uri() + ">");
  if (!sdp.empty()) invite.add("Content-Type", "application/sdp");
  invite.body = sdp;
  return invite;
}

SipMessage TestPhone::invite_authorised(const std::string& user, const std::string& sdp,
                                        const std::vector<SipHeader>& headers) {
  call_id_ = "call-" + random_hex(4);
  const auto first = invite(user, sdp);
  send(first);
  const auto challenge = expect("SIP/2.0 407");
  send(ack(first, challenge));
  auto second = invite(user, sdp).replace(headers);
  second.add("Proxy-Authorization", credentials(challenge, "INVITE", second.uri));
  send(second);
  return second;
}

SipMessage TestPhone::respond(const SipMessage& request, int status, const std::string& sdp,
                              const std::vector<SipHeader>& headers) {
  auto response = make_response(request, status, default_reason(status), "phonetag");
  response.add("Contact", "<" + contact_uri() + ">").add("User-Agent", options_.user_agent);
  if (!sdp.empty()) response.add("Content-Type", "application/sdp");
  response.body = sdp;
  send(response.replace(headers));
  return response;
}

SipMessage TestPhone::ack(const SipMessage& invite, const SipMessage& response) {
  const bool success = response.status < 300;
  SipMessage ack;
  ack.method = "ACK";
  ack.uri = success ? uri_of(response.get("Contact")) : invite.uri;
  const std::string branch = success ? "z9hG4bK-" + random_hex(8) : branch_of(invite);
  ack.add("Via", "SIP/2.0/WSS phone.invalid;branch=" + branch);
  ack.add("From", invite.get("From")).add("To", response.get("To"));
  ack.add("Call-Id", invite.get("Call-Id"));
  ack.add("CSeq", std::to_string(cseq_of(invite)->number) + " ACK").add("Max-Forwards", "70");
  if (!success) return ack;
  for (const auto& route : route_set(response)) ack.add("Route", route);
  if (invite.count("Proxy-Authorization") > 0) {
    ack.add("Proxy-Authorization", invite.get("Proxy-Authorization"));
  }
  return ack;
}

SipMessage TestPhone::cancel(const SipMessage& invite) {
  SipMessage cancel;
  cancel.method = "CANCEL";
  cancel.uri = invite.uri;
  for (const char* name : {"Via", "From", "To", "Call-Id", "Max-Forwards"}) {
    cancel.add(name, invite.get(name));
  }
  return cancel.add("CSeq", std::to_string(cseq_of(invite)->number) + " CANCEL");
}

SipMessage TestPhone::in_dialog(const std::string& method, const SipMessage& invite,
                                const SipMessage& response) {
  SipMessage message = request(method, uri_of(response.get("Contact")));
  for (auto& header : message.headers) {
    if (header.name == "To") header.value = response.get("To");
    if (header.name == "Call-Id") header.value = invite.get("Call-Id");
  }
  for (const auto& route : route_set(response)) message.add("Route", route);
  return message;
}

std::pair<unsigned, std::string> ask_control(const Server& server, const std::string& method,
                                             const std::string& path, const std::string& body,
                                             const std::string& token) {
  g_autoptr(SoupSession) session = soup_session_new();
  const std::string url = server.rest_url() + "/standin" + path;
  g_autoptr(SoupMessage) message = soup_message_new(method.c_str(), url.c_str());
  soup_message_headers_append(soup_message_get_request_headers(message), "Authorization",
                              ("Bearer " + token).c_str());
  g_autoptr(GBytes) sent = g_bytes_new(body.data(), body.size());
  if (!body.empty()) soup_message_set_request_body_from_bytes(message, "text/plain", sent);
  g_autoptr(GBytes) got = soup_session_send_and_read(session, message, nullptr, nullptr);
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(got, &size));
  return {soup_message_get_status(message), std::string(data, size)};
}

}  // namespace standin
