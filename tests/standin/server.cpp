// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server.h"

#include "certificate.h"
#include "control.h"
#include "exchange.h"
#include "media_leg.h"
#include "registrar.h"
#include "rest.h"
#include "strict.h"

namespace standin {
namespace {

// How long the media of the last calls may take to end.
constexpr std::chrono::seconds kMediaEnd{2};

}  // namespace

class Server::Impl {
 public:
  explicit Impl(Options options)
      : warm_(options.warm_media), token_("S3CR3T-control-" + random_hex(16)) {
    box_.log.set_trace(options.trace);
    box_.registrar = &registrar_;
    box_.exchange = &exchange_;
  }

  bool start();
  void stop();
  void warm_media();
  void receive(Flow& flow, const std::string& text);
  void refuse(Flow& flow, const SipMessage& message, const std::string& rule);

  Box box_;
  Certificate certificate_;
  Registrar registrar_{box_};
  Exchange exchange_{box_};
  Strict strict_{box_};
  Rest rest_{box_};
  bool warm_;
  std::unique_ptr<MediaLeg> warm_leg_;
  std::string token_;
  Control control_{box_, token_};
  SoupServer* http_ = nullptr;
  guint16 http_port_ = 0;
  std::string error_;
};

bool Server::Impl::start() {
  if (certificate_.tls() == nullptr) {
    error_ = certificate_.error();
    return false;
  }
  box_.loop.start();
  box_.loop.set_change_listener([this] { control_.look_again(); });
  box_.loop.call([this] {
    http_ = soup_server_new("server-header", "RC_REST ", nullptr);
    rest_.attach(http_);
    control_.attach(http_);
    http_port_ = listen_on_loopback(http_, static_cast<SoupServerListenOptions>(0));
    Flows::Listener listener;
    listener.on_text = [this](Flow& flow, const std::string& text) { receive(flow, text); };
    listener.on_closed = [this](Flow& flow) {
      strict_.on_closed(flow);
      registrar_.on_flow_closed(flow);
    };
    listener.on_sent = [this](Flow& flow, const SipMessage& message) {
      strict_.on_sent(flow, message);
    };
    listener.on_raw = [this](Flow& flow, const std::string& text) { strict_.on_raw(flow, text); };
    listener.on_frozen = [this](Flow& flow) { strict_.on_closed(flow); };
    const bool open = box_.flows.start(certificate_.tls(), std::move(listener));
    if (!open || http_port_ == 0) error_ = "no port on 127.0.0.1";
  });
  if (warm_) box_.loop.post([this] { warm_media(); });
  return error_.empty();
}

// Loading the plugins and making the first webrtcbin takes 0.1 to 1 s, in which nothing else is
// answered: better before the first call than in it.
void Server::Impl::warm_media() {
  warm_leg_ = std::make_unique<MediaLeg>(box_.loop.context(), MediaLegOptions{});
  warm_leg_->create_offer(
      [this](const SdpResult&) { warm_leg_->close([this] { warm_leg_.reset(); }); });
}

void Server::Impl::stop() {
  box_.loop.call([this] { exchange_.hang_up_all(); });
  box_.loop.wait_until([this] { return exchange_.all_finished(); }, kMediaEnd);
  box_.loop.call([this] {
    exchange_.clear();
    warm_leg_.reset();
    box_.flows.stop();
    if (http_ != nullptr) soup_server_disconnect(http_);
    g_clear_object(&http_);
  });
  box_.loop.stop();
}

void Server::Impl::receive(Flow& flow, const std::string& text) {
  // RFC 5626 keep-alive: a double CRLF is answered with one.
  if (text.find_first_not_of("\r\n") == std::string::npos) return box_.flows.send_raw(flow, "\r\n");
  const auto message = parse_sip(text);
  if (!message) return strict_.unreadable(flow, text);
  const auto faults = strict_.judge(flow, text, *message);
  // A response or an ACK can't be refused: what they break is on record, the call goes on.
  const bool refusable = message->is_request() && message->method != "ACK";
  if (!faults.empty() && refusable) return refuse(flow, *message, faults.front());
  if (message->method == "REGISTER") {
    registrar_.handle(flow, *message);
  } else {
    exchange_.receive(flow, *message);
  }
  box_.loop.notify_changed();
}

void Server::Impl::refuse(Flow& flow, const SipMessage& message, const std::string& rule) {
  auto response = make_response(message, 400, "Bad Request", random_hex(4));
  response.add("Warning", "399 127.0.0.1 \"" + rule + "\"");
  box_.flows.send(flow.id, response);
  box_.loop.notify_changed();
}

Server::Server(Options options) : impl_(std::make_unique<Impl>(options)) {}

Server::~Server() { stop(); }

bool Server::start() { return impl_->start(); }

void Server::stop() { impl_->stop(); }

const std::string& Server::error() const { return impl_->error_; }

std::string Server::rest_url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->http_port_);
}

std::string Server::wss_address() const { return impl_->box_.wss(); }

std::string Server::ca_file() const { return impl_->certificate_.ca_file(); }

std::string Server::control_token() const { return impl_->token_; }

const std::vector<Account>& Server::accounts() const { return impl_->box_.directory.accounts(); }

std::string Server::description() const {
  JsonOut out;
  out.begin().add("rest", rest_url()).add("wss", wss_address()).add("ca", ca_file());
  out.add("control", rest_url() + "/standin").add("control_token", control_token());
  out.key("accounts").begin_list();
  for (const auto& account : accounts()) {
    out.begin().add("extension", account.extension).add("number", account.number);
    out.add("client_id", account.client_id).add("client_secret", account.client_secret);
    out.add("jwt", account.jwt).key("sip").begin();
    out.add("username", account.username()).add("password", account.first_device.password);
    out.add("authorizationId", account.first_device.id).add("domain", std::string(kDomain));
    out.add("outboundProxy", wss_address()).end().end();
  }
  return out.end_list().end().text();
}

Server::Reply Server::control(const std::string& method, const std::string& path,
                              const std::string& body) {
  Reply reply;
  impl_->box_.loop.call([&] {
    const auto answer = impl_->control_.handle({method, path, {}, body});
    reply = {answer.status, answer.body};
  });
  return reply;
}

bool Server::set_fault(const std::string& name, std::int64_t value) {
  bool known = false;
  impl_->box_.loop.call([&] { known = standin::set_fault(impl_->box_.faults, name, value); });
  return known;
}

void Server::drop_sockets() {
  impl_->box_.loop.call([&] { impl_->box_.flows.close_all(); });
}

std::string Server::place_call(const std::string& json) {
  const auto reply = control("POST", "/calls", json);
  const auto answer = Json::parse(reply.body);
  return reply.status < 300 && answer ? answer->text("id") : "";
}

void Server::hang_up(const std::string& call_id) { control("DELETE", "/calls/" + call_id); }

void Server::abandon(const std::string& call_id) {
  impl_->box_.loop.call([&] {
    Call* call = impl_->exchange_.find_call(call_id);
    if (call != nullptr) call->abandon();
  });
}

std::string Server::call_json(const std::string& call_id) {
  const auto reply = control("GET", "/calls/" + call_id);
  return reply.status == 200 ? reply.body : "";
}

std::vector<std::string> Server::call_ids() {
  std::vector<std::string> ids;
  impl_->box_.loop.call([&] {
    for (const auto& call : impl_->exchange_.calls()) ids.push_back(call->id());
  });
  return ids;
}

std::vector<LogEntry> Server::log() {
  std::vector<LogEntry> entries;
  impl_->box_.loop.call(
      [&] { entries.assign(impl_->box_.log.entries().begin(), impl_->box_.log.entries().end()); });
  return entries;
}

std::vector<Violation> Server::violations() {
  std::vector<Violation> violations;
  impl_->box_.loop.call([&] { violations = impl_->box_.log.violations(); });
  return violations;
}

bool Server::wait_until(const std::function<bool()>& predicate, Ms timeout) {
  return impl_->box_.loop.wait_until(predicate, timeout);
}

void Server::look_again() {
  impl_->box_.loop.call([this] { impl_->box_.loop.notify_changed(); });
}

bool Server::is_registered(const std::string& extension) {
  bool there = false;
  impl_->box_.loop.call([&] { there = !impl_->registrar_.reachable(extension).empty(); });
  return there;
}

bool Server::wait_registered(const std::string& extension, Ms timeout) {
  return wait_until([&] { return is_registered(extension); }, timeout);
}

bool Server::wait_unregistered(const std::string& extension, Ms timeout) {
  return impl_->box_.loop.wait_until([&] { return impl_->registrar_.reachable(extension).empty(); },
                                     timeout);
}

bool Server::wait_call_state(const std::string& call_id, const std::string& state, Ms timeout) {
  return impl_->box_.loop.wait_until(
      [&] {
        const Call* call = impl_->exchange_.find_call(call_id);
        if (call == nullptr) return false;
        return state == "finished" ? call->finished() : to_string(call->state()) == state;
      },
      timeout);
}

bool Server::wait_call_event(const std::string& call_id, const std::string& event, Ms timeout) {
  return impl_->box_.loop.wait_until(
      [&] {
        const Call* call = impl_->exchange_.find_call(call_id);
        return call != nullptr && call->happened(event);
      },
      timeout);
}

std::string Server::wait_call(std::size_t n, Ms timeout) {
  std::string id;
  impl_->box_.loop.wait_until(
      [&] {
        if (impl_->exchange_.calls().size() <= n) return false;
        id = impl_->exchange_.calls()[n]->id();
        return true;
      },
      timeout);
  return id;
}

bool Server::wait_message(const std::string& text, Ms timeout) {
  return impl_->box_.loop.wait_until(
      [&] {
        for (const auto& entry : impl_->box_.log.entries()) {
          if (starts_with(entry.text, text)) return true;
        }
        return false;
      },
      timeout);
}

}  // namespace standin
