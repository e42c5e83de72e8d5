// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/user_agent_router.h"

#include <algorithm>

#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "sip/invite_session_inbound.h"
#include "sip/parser.h"

namespace rc::sip {
namespace {

constexpr size_t kTagCharacters = 20;

}  // namespace

std::string UserAgent::Router::new_tag() { return random_token(kTagCharacters); }

UserAgent::Router::~Router() {
  for (const auto& [key, session] : std::exchange(sessions_, {})) session->drop();
}

void UserAgent::Router::add(std::shared_ptr<SessionBase> session) {
  sessions_[{session->call_id(), session->local_tag()}] = std::move(session);
}

void UserAgent::Router::on_session_over(SessionBase& session) {
  sessions_.erase({session.call_id(), session.local_tag()});
}

void UserAgent::Router::receive(std::string_view bytes) {
  if (trim(bytes).empty()) return;  // CRLF keep-alive
  const Parsed parsed = parse_message(bytes);
  const Message& message = parsed.message;
  RC_LOG(kSip, LOG, "<- " + head_of(message));
  RC_LOG(kSip, TRACE, "<-\n" + std::string(bytes));
  if (!parsed.ok()) {
    RC_LOG(kSip, WARNING, "malformed message: " + parsed.fault->text);
    if (parsed.answerable()) send_stateless(message, parsed.fault->status, parsed.fault->text);
    return;
  }
  if (message.is_request()) return receive_request(message);
  if (!core_->transactions().receive_response(message)) {
    RC_LOG(kSip, DEBUG, "nobody waits for " + head_of(message));
  }
}

void UserAgent::Router::receive_request(const Message& request) {
  TransactionLayer& transactions = core_->transactions();
  const Transaction known = transactions.find(request);
  if (request.method() == "ACK") return receive_ack(request, known);
  if (known) {
    known->receive(request);
    return;
  }
  if (request.method() == "CANCEL") return receive_cancel(request);
  const bool in_dialog = !request.to_tag().empty();
  if (!in_dialog && request.method() == "INVITE") {
    if (transactions.is_merged(request)) return send_stateless(request, 482);
    if (!has_room()) return send_stateless(request, 486);
  }
  const Transaction transaction = transactions.create(request);
  if (!transaction) return send_stateless(request, 503);
  if (refuse(*transaction)) return;
  if (in_dialog && request.method() != "MESSAGE") return receive_in_dialog(transaction);
  receive_outside(transaction);
}

bool UserAgent::Router::has_room() const {
  const auto ringing = std::count_if(sessions_.begin(), sessions_.end(),
                                     [](const auto& entry) { return entry.second->ringing(); });
  const UserAgent::Options& options = core_->options();
  const bool room =
      sessions_.size() < options.max_sessions && static_cast<size_t>(ringing) < options.max_ringing;
  if (!room) RC_LOG(kSip, WARNING, "refused a call with 486: too many at a time");
  return room;
}

void UserAgent::Router::receive_ack(const Message& ack, const Transaction& invite) {
  if (invite && invite->receive(ack)) return;
  if (const auto session = find(ack)) session->receive_ack(ack);
}

void UserAgent::Router::receive_cancel(const Message& cancel) {
  const Transaction invite = core_->transactions().find_cancelled(cancel);
  send_stateless(cancel, invite ? 200 : 481);
  if (!invite) return;
  for (const auto& [key, session] : std::map(sessions_)) {
    if (key.first == cancel.call_id()) session->receive_cancel(cancel, *invite);
  }
}

void UserAgent::Router::receive_in_dialog(const Transaction& transaction) {
  if (const auto session = find(transaction->request())) return session->receive(transaction);
  if (transaction->request().method() == "NOTIFY") return receive_notify(transaction);
  respond(*transaction, 481);
}

void UserAgent::Router::receive_outside(const Transaction& transaction) {
  const Message& request = transaction->request();
  const std::string& method = request.method();
  if (method == "INVITE") return receive_invite(transaction);
  if (method == "NOTIFY") return receive_notify(transaction);
  if (method == "MESSAGE") {
    respond(*transaction, 200);
    return listener_->on_message(request);
  }
  if (method == "OPTIONS") return respond(*transaction, 200);
  if (method == "REFER") return respond(*transaction, 603);  // nobody makes us dial: toll fraud
  const bool of_a_dialog =
      method == "BYE" || method == "INFO" || method == "UPDATE" || method == "PRACK";
  respond(*transaction, of_a_dialog ? 481 : 405);
}

void UserAgent::Router::receive_notify(const Transaction& transaction) {
  const std::string_view event = transaction->request().header("Event").value_or("");
  const bool check_sync = equals_ignore_case(trim(event.substr(0, event.find(';'))), "check-sync");
  respond(*transaction, check_sync ? 200 : 481);
  if (check_sync) listener_->on_check_sync();
}

void UserAgent::Router::receive_invite(const Transaction& transaction) {
  const auto session = std::make_shared<InboundSession>(core_, this, transaction);
  add(session);
  session->start();
  listener_->on_invite(session);
  if (!session->has_listener()) session->reject(480, {});
}

std::shared_ptr<SessionBase> UserAgent::Router::find(const Message& request) const {
  const auto found = sessions_.find({request.call_id(), request.to_tag()});
  if (found == sessions_.end() || !found->second->is_from_peer(request)) return nullptr;
  return found->second;
}

void UserAgent::Router::respond(ServerTransaction& transaction, int status) const {
  transaction.respond(core_->response(transaction.request(), status, new_tag()));
}

void UserAgent::Router::send_stateless(const Message& request, int status,
                                       std::string_view phrase) const {
  core_->send_message(core_->response(request, status, new_tag(), phrase));
}

}  // namespace rc::sip
