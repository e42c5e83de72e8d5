// SPDX-License-Identifier: LGPL-2.1-or-later
#include "in_call.h"

namespace standin {
namespace {

std::string info_result(const Json& request) {
  const std::string command = request.text("command");
  JsonOut out;
  out.begin().key("response").begin();
  out.add("reqid", request.number("reqid")).add("command", command);
  out.key("result").begin().add("code", std::int64_t{0}).add("description", "Succeeded");
  if (command == "callpark") out.add("park extension", "813");
  if (command == "callflip") {
    out.add("number", "+" + request.text("target")).add("target", request.text("target"));
  }
  return out.end().end().end().text();
}

void notify(Leg& leg, const char* state, const std::string& status_line) {
  leg.request("NOTIFY",
              {{"Event", "refer"},
               {"Subscription-State", state},
               {"Content-Type", "message/sipfrag;version=2.0"}},
              status_line + "\r\n");
}

}  // namespace

// The SDK waits for the result only after it has seen the 200 to its INFO: pause.
void answer_info(Box& box, Leg& leg, const std::string& body) {
  const auto json = Json::parse(body);
  const auto request = json ? json->object("request") : std::nullopt;
  if (!request) return;
  box.loop.after(box.pause(), [weak = leg.weak_from_this(), result = info_result(*request)] {
    const auto alive = weak.lock();
    if (alive == nullptr) return;
    alive->request("INFO", {{"Content-Type", "application/json;charset=utf-8"}}, result);
  });
}

std::string replaced_call(const std::string& refer_to) {
  static constexpr std::string_view kReplaces = "?Replaces=";
  const auto start = refer_to.find(kReplaces);
  if (start == std::string::npos) return {};
  const std::string escaped = refer_to.substr(start + kReplaces.size());
  g_autofree gchar* plain = g_uri_unescape_string(escaped.c_str(), nullptr);
  const std::string value = plain != nullptr ? plain : "";
  return value.substr(0, value.find(';'));
}

void answer_refer(Box& box, Leg& leg, std::function<void()> done) {
  const std::weak_ptr<Leg> weak = leg.weak_from_this();
  box.loop.after(box.pause(), [weak] {
    if (const auto alive = weak.lock()) notify(*alive, "active;expires=60", "SIP/2.0 100 Trying");
  });
  box.loop.after(3 * box.pause(), [weak, done = std::move(done)] {
    if (const auto alive = weak.lock()) {
      notify(*alive, "terminated;reason=noresource", "SIP/2.0 200 OK");
    }
    done();
  });
}

}  // namespace standin
