// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The part of the control API about calls and numbers.
#include "control.h"
#include "exchange.h"

namespace standin {

Control::Reply Control::calls(const Request&) {
  JsonOut out;
  out.begin().key("calls").begin_list();
  for (const auto& call : box_.exchange->calls()) call->write(out);
  return {200, out.end_list().end().text()};
}

Control::Reply Control::place_call(const Request& request) {
  const auto body = Json::parse(request.body);
  if (!body) return control_error(400, "body is not a JSON object");
  const Account* to = box_.directory.by_dialled(body->text("to"));
  if (to == nullptr) return control_error(404, "no such extension");
  std::string problem;
  auto media = parse_media(body->object("media"), problem);
  if (!media) return control_error(400, problem);
  ScriptedCaller::Options options;
  options.from = body->text("from", options.from);
  options.name = body->text("name", options.name);
  options.auto_answer = body->flag("auto_answer");
  options.hangup_after = std::chrono::milliseconds(body->number("hangup_after_ms"));
  const auto sip = parse_sip_spec(body->object("sip"), problem);
  if (!sip) return control_error(400, problem);
  options.sip = *sip;
  auto call = std::make_shared<ScriptedCaller>(box_, *to, options, std::move(*media));
  box_.exchange->add_call(call);
  call->start();
  return {200, JsonOut().begin().add("id", call->id()).end().text()};
}

Control::Reply Control::set_number(const Request& request) {
  const auto body = Json::parse(request.body);
  if (!body || body->text("number").empty()) return control_error(400, "number missing");
  const auto behaviour = parse_behaviour(body->text("behaviour", "answer"));
  if (!behaviour) return control_error(400, "unknown behaviour");
  std::string problem;
  auto media = parse_media(body->object("media"), problem);
  if (!media) return control_error(400, problem);
  const auto sip = parse_sip_spec(body->object("sip"), problem);
  if (!sip) return control_error(400, problem);
  NumberSpec spec{*behaviour, std::move(*media),
                  std::chrono::milliseconds(body->number("hangup_after_ms")), *sip,
                  static_cast<int>(body->number("status", 480))};
  if (spec.status < 300 || spec.status > 699) return control_error(400, "status is no refusal");
  box_.exchange->set_number(body->text("number"), std::move(spec));
  return {200, "{}"};
}

Control::Reply Control::call(const Request& request, const std::string& id,
                             const std::string& action) {
  Call* found = box_.exchange->find_call(id);
  if (found == nullptr) return control_error(404, "no such call");
  if (action == "request") return request_in_call(request, *found);
  if (request.method == "DELETE") {
    control_parameter(request, "silently").empty() ? found->hang_up() : found->abandon();
  }
  if (request.method == "POST" && !act(*found, action, request.body)) {
    return control_error(409, "not possible");
  }
  JsonOut out;
  found->write(out);
  return {200, out.text()};
}

bool Control::act(Call& call, const std::string& action, const std::string& text) {
  const auto body = Json::parse(text);
  if (!body) return false;
  if (action == "media") return call.change_media(*body);
  if (action == "reinvite") return call.reinvite(*body);
  if (action != "repeat_invite" || call.leg() == nullptr) return false;
  call.leg()->repeat_invite(body->flag("another_way"));
  return true;
}

// POST sends it, GET ?cseq=n tells what became of it.
Control::Reply Control::request_in_call(const Request& request, Call& call) {
  Leg* leg = call.leg();
  if (leg == nullptr) return control_error(409, "the call has no dialog");
  auto cseq = static_cast<std::uint32_t>(
      g_ascii_strtoull(control_parameter(request, "cseq").c_str(), nullptr, 10));
  if (request.method == "POST") {
    const auto body = Json::parse(request.body);
    if (!body || body->text("method").empty()) return control_error(400, "method missing");
    cseq = leg->request(body->text("method"), parse_headers(body->object("headers")),
                        body->text("body"));
  }
  const SipMessage* response = leg->response_to(cseq);
  if (response == nullptr) return control_error(404, "no such request");
  JsonOut out;
  out.begin().add("cseq", static_cast<std::int64_t>(cseq));
  out.add("status", static_cast<std::int64_t>(response->status));
  out.add("reason", response->reason).key("headers").begin_list();
  for (const auto& header : response->headers) {
    out.begin().add("name", header.name).add("value", header.value).end();
  }
  return {200, out.end_list().add("body", response->body).end().text()};
}

// The request that waits for the response to one that is sent now.
Control::Request Control::ask_client(const Request& request) {
  const auto sent = Json::parse(handle(request).body);
  Request waiting = request;
  waiting.method = "GET";
  waiting.query["cseq"] = std::to_string(sent ? sent->number("cseq") : 0);
  return waiting;
}

bool Control::final_response(const Request& request) {
  const auto reply = handle(request);
  const auto answer = Json::parse(reply.body);
  return reply.status != 200 || !answer || answer->number("status") >= 200;
}

}  // namespace standin
