// SPDX-License-Identifier: LGPL-2.1-or-later
#include "control.h"

#include <algorithm>

#include "exchange.h"
#include "registrar.h"

namespace standin {
namespace {

constexpr gint64 kLongestWaitMs = 120000;

Control::Reply error(unsigned status, const std::string& message) {
  return {status, JsonOut().begin().add("error", message).end().text()};
}

std::string parameter(const Control::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

// "/calls/call-1/media" -> {"calls", "call-1", "media"}; always three parts.
std::vector<std::string> parts_of(const std::string& path) {
  g_auto(GStrv) split = g_strsplit(path.c_str(), "/", 0);
  std::vector<std::string> parts;
  for (gchar** part = split; *part != nullptr; ++part) {
    if (**part != '\0') parts.emplace_back(*part);
  }
  parts.resize(std::max<std::size_t>(parts.size(), 3));
  return parts;
}

std::string body_of(SoupServerMessage* message) {
  g_autoptr(GBytes) bytes =
      soup_message_body_flatten(soup_server_message_get_request_body(message));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  return {data != nullptr ? data : "", size};
}

bool reached(const Call& call, const std::string& state) {
  if (state == "answered") return call.state() != CallState::kRinging;
  if (state == "ended") return call.state() == CallState::kEnded;
  if (state == "finished") return call.finished();
  return true;
}

}  // namespace

Control::Control(Box& box, std::string token) : box_(box), token_(std::move(token)) {}

Control::~Control() {
  for (const auto& waiting : waiting_) g_object_unref(waiting.message);
}

void Control::attach(SoupServer* server) {
  soup_server_add_handler(server, "/standin", &Control::on_request, this, nullptr);
}

bool Control::allowed(SoupServerMessage* message) const {
  const char* header = soup_message_headers_get_one(
      soup_server_message_get_request_headers(message), "Authorization");
  return header != nullptr && header == "Bearer " + token_;
}

void Control::on_request(SoupServer*, SoupServerMessage* message, const char* path,
                         GHashTable* query, gpointer data) {
  auto* self = static_cast<Control*>(data);
  if (!self->allowed(message)) return self->answer(message, error(401, "control token missing"));
  Request request{soup_server_message_get_method(message), path, {}, body_of(message)};
  request.path.erase(0, std::string_view("/standin").size());
  GHashTableIter iter;
  gpointer key = nullptr;
  gpointer value = nullptr;
  if (query != nullptr) g_hash_table_iter_init(&iter, query);
  while (query != nullptr && g_hash_table_iter_next(&iter, &key, &value)) {
    request.query[static_cast<const char*>(key)] = static_cast<const char*>(value);
  }
  if (self->must_wait(request)) return self->wait_for(message, request);
  self->answer(message, self->handle(request));
}

void Control::answer(SoupServerMessage* message, const Reply& reply) {
  soup_server_message_set_status(message, reply.status, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, reply.body.data(),
                                   reply.body.size());
}

bool Control::must_wait(const Request& request) const {
  const auto parts = parts_of(request.path);
  const std::string state = parameter(request, "wait_state");
  if (parts[0] == "calls" && !state.empty()) {
    const Call* found = box_.exchange->find_call(parts[1]);
    return found != nullptr && !reached(*found, state);
  }
  if (parts[0] == "calls" && !parameter(request, "wait_count").empty()) {
    const auto count = g_ascii_strtoull(parameter(request, "wait_count").c_str(), nullptr, 10);
    return box_.exchange->calls().size() < count;
  }
  const std::string there = parameter(request, "wait");
  const std::string gone = parameter(request, "wait_gone");
  if (!there.empty()) return box_.registrar->reachable(there).empty();
  return !gone.empty() && !box_.registrar->reachable(gone).empty();
}

void Control::wait_for(SoupServerMessage* message, const Request& request) {
  const std::string text = parameter(request, "timeout_ms");
  const gint64 asked = text.empty() ? 5000 : g_ascii_strtoll(text.c_str(), nullptr, 10);
  const gint64 wait = std::clamp<gint64>(asked, 0, kLongestWaitMs);
  soup_server_message_pause(message);
  g_object_ref(message);
  waiting_.push_back({message, request, now_us() + wait * 1000});
  box_.loop.after(std::chrono::milliseconds(wait + 1), [this] { look_again(); });
}

void Control::look_again() {
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const bool over = now_us() >= waiting->deadline_us;
    if (!over && must_wait(waiting->request)) {
      ++waiting;
      continue;
    }
    const bool timeout = must_wait(waiting->request);
    Reply reply = handle(waiting->request);
    if (timeout) reply.status = 408;
    answer(waiting->message, reply);
    soup_server_message_unpause(waiting->message);
    g_object_unref(waiting->message);
    waiting = waiting_.erase(waiting);
  }
}

Control::Reply Control::handle(const Request& request) {
  const auto parts = parts_of(request.path);
  if (parts[0] == "calls" && parts[1].empty() && request.method == "POST") {
    return place_call(request);
  }
  if (parts[0] == "calls" && parts[1].empty()) return calls(request);
  if (parts[0] == "numbers" && request.method == "POST") return set_number(request);
  if (parts[0] == "calls") return call(request, parts[1], parts[2]);
  if (parts[0] == "registrations") return registrations(request);
  if (parts[0] == "log") return log(request);
  if (parts[0] == "violations") return violations(request);
  if (parts[0] == "faults") return faults(request);
  if (parts[0] == "proxies" && request.method == "POST") return proxies(request);
  if (parts[0] == "drop_sockets" && request.method == "POST") {
    box_.flows.close_all();
    return {200, "{}"};
  }
  return error(404, "no such resource");
}

Control::Reply Control::calls(const Request&) {
  JsonOut out;
  out.begin().key("calls").begin_list();
  for (const auto& call : box_.exchange->calls()) call->write(out);
  return {200, out.end_list().end().text()};
}

Control::Reply Control::place_call(const Request& request) {
  const auto body = Json::parse(request.body);
  if (!body) return error(400, "body is not a JSON object");
  const Account* to = box_.directory.by_dialled(body->text("to"));
  if (to == nullptr) return error(404, "no such extension");
  std::string problem;
  auto media = parse_media(body->object("media"), problem);
  if (!media) return error(400, problem);
  ScriptedCaller::Options options;
  options.from = body->text("from", options.from);
  options.name = body->text("name", options.name);
  options.auto_answer = body->flag("auto_answer");
  options.hangup_after = std::chrono::milliseconds(body->number("hangup_after_ms"));
  auto call = std::make_shared<ScriptedCaller>(box_, *to, options, std::move(*media));
  box_.exchange->add_call(call);
  call->start();
  return {200, JsonOut().begin().add("id", call->id()).end().text()};
}

Control::Reply Control::set_number(const Request& request) {
  const auto body = Json::parse(request.body);
  if (!body || body->text("number").empty()) return error(400, "number missing");
  const auto behaviour = parse_behaviour(body->text("behaviour", "answer"));
  if (!behaviour) return error(400, "unknown behaviour");
  std::string problem;
  auto media = parse_media(body->object("media"), problem);
  if (!media) return error(400, problem);
  box_.exchange->set_number(
      body->text("number"),
      {*behaviour, std::move(*media), std::chrono::milliseconds(body->number("hangup_after_ms"))});
  return {200, "{}"};
}

Control::Reply Control::call(const Request& request, const std::string& id,
                             const std::string& action) {
  Call* found = box_.exchange->find_call(id);
  if (found == nullptr) return error(404, "no such call");
  if (request.method == "DELETE") found->hang_up();
  if (request.method == "POST") {
    const auto body = Json::parse(request.body);
    const bool done =
        body && (action == "media" ? found->change_media(*body)
                                   : action == "reinvite" && found->reinvite(body->text("kind")));
    if (!done) return error(409, "not possible");
  }
  JsonOut out;
  found->write(out);
  return {200, out.text()};
}

Control::Reply Control::registrations(const Request&) {
  JsonOut out;
  out.begin().key("registrations").begin_list();
  for (const auto& [instance, entry] : box_.registrar->all()) {
    out.begin().add("extension", entry.extension).add("instance", instance);
    out.add("contact", entry.contact_uri).add("authorization_id", entry.device_id);
    out.add("user_agent", entry.user_agent).add("connected", entry.connected);
    out.add("expires_in_ms", std::int64_t{(entry.expires_us - now_us()) / 1000}).end();
  }
  out.end_list().key("unregistered").begin();
  for (const auto& account : box_.directory.accounts()) {
    out.add(account.extension.c_str(), box_.registrar->unregister_count(account.extension));
  }
  return {200, out.end().end().text()};
}

Control::Reply Control::log(const Request&) {
  JsonOut out;
  out.begin().key("messages").begin_list();
  for (const auto& entry : box_.log.entries()) {
    out.begin().add("us", entry.us).add("socket", static_cast<std::int64_t>(entry.flow));
    out.add("direction", entry.received ? "received" : "sent").add("text", entry.text).end();
  }
  return {200, out.end_list().end().text()};
}

Control::Reply Control::violations(const Request&) {
  JsonOut out;
  out.begin().key("violations").begin_list();
  for (const auto& violation : box_.log.violations()) {
    out.begin().add("us", violation.us).add("socket", static_cast<std::int64_t>(violation.flow));
    out.add("rule", violation.rule).add("message", violation.message).end();
  }
  return {200, out.end_list().end().text()};
}

Control::Reply Control::faults(const Request& request) {
  const auto values = Json::parse(request.body);
  if (!values) return error(400, "body is not a JSON object");
  for (const auto& name : values->keys()) {
    if (!standin::set_fault(box_.faults, name, values->number(name.c_str()))) {
      return error(400, "no such fault: " + name);
    }
  }
  JsonOut out;
  out.begin();
  for (const auto& fault : fault_table()) {
    out.add(std::string(fault.name).c_str(), box_.faults.*fault.value);
  }
  return {200, out.end().text()};
}

Control::Reply Control::proxies(const Request& request) {
  const auto names = Json::parse(request.body);
  if (!names) return error(400, "body is not a JSON object");
  box_.outbound_proxy = names->text("outbound");
  box_.outbound_proxy_backup = names->text("backup", names->text("outbound"));
  return {200, "{}"};
}

}  // namespace standin
