// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/user_agent.h"

#include <utility>

#include "core/text.h"
#include "sip/challenge.h"
#include "sip/invite_session_outbound.h"
#include "sip/user_agent_core.h"
#include "sip/user_agent_router.h"

namespace rc::sip {
namespace {

// The target goes onto the request line as it is: nothing in it may end the line or the URI.
bool is_sendable(const std::string& target) {
  return target.find_first_of(" <>\"") == std::string::npos && is_header_safe(target) &&
         Uri::parse(target).ok();
}

void add_headers(Message& request, const ExtraHeaders& headers) {
  for (const auto& [name, value] : headers) request.add(name, value);
}

}  // namespace

UserAgent::UserAgent(Clock& clock, Options options, Listener* listener)
    : core_(std::make_shared<UserAgentCore>(clock, std::move(options))),
      router_(std::make_unique<Router>(core_, listener)) {}

UserAgent::~UserAgent() {
  router_.reset();
  core_->close();
}

void UserAgent::attach(Transport& transport) { core_->attach(transport); }
void UserAgent::detach(const Error& reason) { core_->detach(reason); }
bool UserAgent::attached() const { return core_->attached(); }
void UserAgent::receive(std::string_view bytes) { router_->receive(bytes); }
size_t UserAgent::sessions() const { return router_->sessions(); }

std::shared_ptr<InviteSession> UserAgent::invite(Invitation invitation,
                                                 InviteSession::Listener* listener) {
  Message invite = core_->request("INVITE", invitation.target, {});
  invite.add("Contact", core_->contact());
  invite.add("Allow", kAllow);
  add_headers(invite, invitation.headers);
  if (!invitation.sdp.empty()) invite.set_body("application/sdp", std::move(invitation.sdp));
  auto session = std::make_shared<OutboundSession>(core_, router_.get(), std::move(invite));
  session->set_listener(listener);
  router_->add(session);
  if (is_sendable(invitation.target)) {
    session->start();
  } else {
    session->fail("this is not a SIP address");
  }
  return session;
}

void UserAgent::send_request(Request request, ResponseCallback done) {
  if (!is_sendable(request.target)) {
    return core_->defer([done = std::move(done)] {
      done(Error{Errc::kConfig, "this is not a SIP address"});
    });
  }
  Message message = core_->request(request.method, request.target, request.call_id);
  add_headers(message, request.headers);
  if (!request.content_type.empty()) {
    message.set_body(request.content_type, std::move(request.body));
  }
  AuthenticatedRequest::send(core_, std::move(message),
                             [done = std::move(done)](const Result<Message>& last) {
                               if (last.ok() && last.value().is_provisional()) return;
                               done(outcome_of(last));
                             });
}

}  // namespace rc::sip
