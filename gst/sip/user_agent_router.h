// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sip/invite_session_base.h"
#include "sip/user_agent.h"

namespace rc::sip {

// What arrives, brought to its transaction, session or listener; the rest is answered here.
// Owns the sessions until they are over. Thread: signalling.
class UserAgent::Router : public SessionBase::Owner {
 public:
  Router(std::shared_ptr<UserAgentCore> core, UserAgent::Listener* listener)
      : core_(std::move(core)), listener_(listener) {}
  ~Router() override;

  void receive(std::string_view bytes);
  void add(std::shared_ptr<SessionBase> session);
  size_t sessions() const { return sessions_.size(); }
  void on_session_over(SessionBase& session) override;

 private:
  using Key = std::pair<std::string, std::string>;  // Call-ID, local tag
  using Transaction = std::shared_ptr<ServerTransaction>;

  void receive_request(const Message& request);
  bool has_room() const;
  void receive_ack(const Message& ack, const Transaction& invite);
  void receive_cancel(const Message& cancel);
  void receive_in_dialog(const Transaction& transaction);
  void receive_outside(const Transaction& transaction);
  void receive_invite(const Transaction& transaction);
  void receive_notify(const Transaction& transaction);
  // Each answers and returns true when the request is not for us to work on.
  bool refuse(ServerTransaction& transaction) const;
  bool refuse_scheme(ServerTransaction& transaction) const;
  bool refuse_extensions(ServerTransaction& transaction) const;
  bool refuse_interval(ServerTransaction& transaction) const;
  bool refuse_content(ServerTransaction& transaction) const;
  std::shared_ptr<SessionBase> find(const Message& request) const;
  static std::string new_tag();
  void respond(ServerTransaction& transaction, int status) const;
  void send_stateless(const Message& request, int status, std::string_view phrase = {}) const;

  const std::shared_ptr<UserAgentCore> core_;
  UserAgent::Listener* const listener_;
  std::map<Key, std::shared_ptr<SessionBase>> sessions_;
};

}  // namespace rc::sip
