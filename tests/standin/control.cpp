// SPDX-License-Identifier: LGPL-2.1-or-later
#include "control.h"

#include <algorithm>

#include "exchange.h"
#include "registrar.h"

namespace standin {
namespace {

constexpr gint64 kLongestWaitMs = 120000;
constexpr guint64 kMostRawMessages = 100000;

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

// A request of ours inside a call: its answer is that of the client.
bool asks_client(const Control::Request& request) {
  return request.method == "POST" && parts_of(request.path)[2] == "request";
}

}  // namespace

Control::Reply control_error(unsigned status, const std::string& message) {
  return {status, JsonOut().begin().add("error", message).end().text()};
}

std::string control_parameter(const Control::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

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
  if (!self->allowed(message))
    return self->answer(message, control_error(401, "control token missing"));
  Request request{soup_server_message_get_method(message), path, {}, body_of(message)};
  request.path.erase(0, std::string_view("/standin").size());
  GHashTableIter iter;
  gpointer key = nullptr;
  gpointer value = nullptr;
  if (query != nullptr) g_hash_table_iter_init(&iter, query);
  while (query != nullptr && g_hash_table_iter_next(&iter, &key, &value)) {
    request.query[static_cast<const char*>(key)] = static_cast<const char*>(value);
  }
  if (asks_client(request)) request = self->ask_client(request);
  if (self->must_wait(request)) return self->wait_for(message, request);
  self->answer(message, self->handle(request));
}

void Control::answer(SoupServerMessage* message, const Reply& reply) {
  soup_server_message_set_status(message, reply.status, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, reply.body.data(),
                                   reply.body.size());
}

bool Control::must_wait(const Request& request) {
  const auto parts = parts_of(request.path);
  const std::string state = control_parameter(request, "wait_state");
  if (parts[0] == "calls" && !state.empty()) {
    const Call* found = box_.exchange->find_call(parts[1]);
    return found != nullptr && !reached(*found, state);
  }
  const std::string event = control_parameter(request, "wait_event");
  if (parts[0] == "calls" && !event.empty()) {
    const Call* found = box_.exchange->find_call(parts[1]);
    return found != nullptr && !found->happened(event);
  }
  if (parts[2] == "request") return !final_response(request);
  if (parts[0] == "calls" && !control_parameter(request, "wait_count").empty()) {
    const auto count =
        g_ascii_strtoull(control_parameter(request, "wait_count").c_str(), nullptr, 10);
    return box_.exchange->calls().size() < count;
  }
  const std::string there = control_parameter(request, "wait");
  const std::string gone = control_parameter(request, "wait_gone");
  if (!there.empty()) return box_.registrar->reachable(there).empty();
  return !gone.empty() && !box_.registrar->reachable(gone).empty();
}

void Control::wait_for(SoupServerMessage* message, const Request& request) {
  const std::string text = control_parameter(request, "timeout_ms");
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
  const bool post = request.method == "POST";
  if (parts[0] == "calls" && parts[1].empty()) return post ? place_call(request) : calls(request);
  if (parts[0] == "numbers" && post) return set_number(request);
  if (parts[0] == "calls") return call(request, parts[1], parts[2]);
  if (parts[0] == "flows" && post) return flow(request, parts[1], parts[2]);
  if (parts[0] == "registrations") return registrations(request);
  if (parts[0] == "log") return log(request);
  if (parts[0] == "violations") return violations(request);
  if (parts[0] == "faults") return faults(request);
  if (parts[0] == "proxies" && post) return proxies(request);
  if (parts[0] == "restart" && post) return restart(request);
  if (parts[0] == "drop_sockets" && post) {
    box_.flows.close_all();
    return {200, "{}"};
  }
  return control_error(404, "no such resource");
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

Control::Reply Control::flow(const Request& request, const std::string& extension,
                             const std::string& action) {
  Flow* found = box_.flows.newest(extension);
  if (found == nullptr) return control_error(404, "no socket of that extension");
  const auto id = found->id;
  if (action == "freeze") {
    box_.flows.freeze(*found);
  } else if (action == "cut") {
    box_.flows.cut(*found);
  } else if (action == "raw") {
    send_raw(id, request);
  } else {
    return control_error(404, "no such action");
  }
  return {200, JsonOut().begin().add("socket", static_cast<std::int64_t>(id)).end().text()};
}

// With ?times=n the bytes go out n times, each with its number in place of every {{n}}.
void Control::send_raw(std::uint64_t flow, const Request& request) {
  static constexpr std::string_view kNumber = "{{n}}";
  const std::string times = control_parameter(request, "times");
  const auto count = times.empty() ? 1 : g_ascii_strtoull(times.c_str(), nullptr, 10);
  for (guint64 n = 1; n <= std::min<guint64>(count, kMostRawMessages); ++n) {
    std::string text = request.body;
    for (auto at = text.find(kNumber); at != std::string::npos; at = text.find(kNumber, at)) {
      text.replace(at, kNumber.size(), std::to_string(n));
    }
    box_.flows.send_unchecked(flow, text);
  }
}

Control::Reply Control::restart(const Request& request) {
  const auto how = Json::parse(request.body);
  if (!how) return control_error(400, "body is not a JSON object");
  box_.flows.cut_all();
  box_.registrar->forget();
  box_.challenger.forget();
  if (how->flag("forget_calls")) box_.exchange->abandon_all();
  return {200, "{}"};
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
  if (!values) return control_error(400, "body is not a JSON object");
  for (const auto& name : values->keys()) {
    if (!standin::set_fault(box_.faults, name, values->number(name.c_str()))) {
      return control_error(400, "no such fault: " + name);
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
  if (!names) return control_error(400, "body is not a JSON object");
  box_.outbound_proxy = names->text("outbound");
  box_.outbound_proxy_backup = names->text("backup", names->text("outbound"));
  return {200, "{}"};
}

}  // namespace standin
