// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/transaction_layer.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace rc::sip {
namespace {

// The method whose transaction a message belongs to: ACK is matched to its INVITE.
std::string transaction_method(const Message& message) {
  const auto cseq = message.cseq();
  std::string method = cseq ? cseq->method : message.method();
  return method == "ACK" ? "INVITE" : method;
}

std::string client_key(const Message& message) {
  const auto via = message.top_via();
  return (via ? via->branch() : "") + " " + transaction_method(message);
}

// A branch without the cookie is unique with more of the message only (RFC 2543, 17.2.3).
std::string server_key(const Message& request, const std::string& method) {
  const auto via = request.top_via();
  if (!via) return {};
  const std::string branch = via->branch();
  std::string key = branch + " " + via->sent_by() + " " + method;
  if (branch.starts_with(kBranchCookie)) return key;
  const auto cseq = request.cseq();
  key += " " + request.call_id() + " " + request.from_tag();
  return key + " " + std::to_string(cseq ? cseq->number : 0);
}

template <typename Map, typename State>
void erase_terminated(Map& map, State terminated) {
  std::erase_if(map, [&](const auto& entry) { return entry.second->state() == terminated; });
}

}  // namespace

void TransactionLayer::clear() {
  const auto clients = std::exchange(clients_, {});
  for (const auto& [key, client] : clients) client->terminate();
  servers_.clear();
}

std::shared_ptr<ClientTransaction> TransactionLayer::send(Message request,
                                                          ClientTransaction::Handler handler) {
  purge();
  const std::string key = client_key(request);
  auto client =
      std::make_shared<ClientTransaction>(clock_, sender_, std::move(request), std::move(handler));
  clients_[key] = client;
  client->start();
  return client;
}

bool TransactionLayer::receive_response(const Message& response) {
  purge();
  const auto found = clients_.find(client_key(response));
  if (found == clients_.end()) return false;
  const auto client = found->second;
  client->receive(response);
  return true;
}

std::shared_ptr<ServerTransaction> TransactionLayer::find(const Message& request) {
  return find_server(server_key(request, transaction_method(request)));
}

std::shared_ptr<ServerTransaction> TransactionLayer::find_cancelled(const Message& cancel) {
  return find_server(server_key(cancel, "INVITE"));
}

std::shared_ptr<ServerTransaction> TransactionLayer::find_server(const std::string& key) {
  purge();
  const auto found = servers_.find(key);
  return found == servers_.end() ? nullptr : found->second;
}

bool TransactionLayer::is_merged(const Message& invite) {
  purge();
  const auto cseq = invite.cseq();
  return cseq && std::any_of(servers_.begin(), servers_.end(), [&](const auto& entry) {
           const Message& other = entry.second->request();
           // The cheapest first: a flood of INVITEs is compared with all that came before.
           if (other.header("Call-ID") != invite.header("Call-ID")) return false;
           const auto other_cseq = other.cseq();
           return other_cseq && other_cseq->number == cseq->number &&
                  other_cseq->method == cseq->method && other.from_tag() == invite.from_tag();
         });
}

std::shared_ptr<ServerTransaction> TransactionLayer::create(const Message& request) {
  purge();
  if (servers_.size() >= kMaxServer && !make_room()) return nullptr;
  auto server = std::make_shared<ServerTransaction>(clock_, sender_, request);
  servers_[server_key(request, transaction_method(request))] = server;
  return server;
}

bool TransactionLayer::make_room() {
  const auto answered = std::find_if(servers_.begin(), servers_.end(),
                                     [](const auto& entry) { return entry.second->answered(); });
  if (answered == servers_.end()) return false;
  servers_.erase(answered);
  return true;
}

void TransactionLayer::transport_lost(const Error& reason) {
  std::vector<std::shared_ptr<ClientTransaction>> clients;
  for (const auto& [key, client] : clients_) clients.push_back(client);
  for (const auto& client : clients) client->transport_lost(reason);
  purge();
}

size_t TransactionLayer::size() {
  purge();
  return clients_.size() + servers_.size();
}

void TransactionLayer::purge() {
  erase_terminated(clients_, ClientTransaction::State::kTerminated);
  erase_terminated(servers_, ServerTransaction::State::kTerminated);
}

}  // namespace rc::sip
