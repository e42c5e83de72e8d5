// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "box.h"

namespace standin {

// The judge over our own client: every message of a flow whose User-Agent starts with
// "gst-ringcentral" is held against RFC 3261. Watches both directions, changes nothing.
class Strict {
 public:
  explicit Strict(Box& box) : box_(box) {}

  // What the message breaks; each is recorded as a violation. The caller refuses a request (not an
  // ACK) with 400 when this is not empty. Marks the flow as strict by its User-Agent.
  std::vector<std::string> judge(Flow& flow, const std::string& raw, const SipMessage& message);
  // A frame that is not even a start line with headers.
  void unreadable(const Flow& flow, const std::string& raw);
  void on_sent(const Flow& flow, const SipMessage& message);
  // Bytes of a test's own making.
  void on_raw(const Flow& flow, const std::string& text);
  // Nothing is expected any more from a socket that is gone.
  void on_closed(const Flow& flow);

 private:
  using Faults = std::vector<std::string>;

  // A final response of ours to an INVITE, and the INVITE: what its ACK has to fit.
  struct AwaitedAck {
    std::uint64_t flow = 0;
    int status = 0;
    std::string branch;
    std::string uri;  // of the INVITE; for 2xx our Contact
    std::string to_tag;
    bool seen = false;
  };
  // A request of ours that the client has to answer.
  struct AwaitedAnswer {
    std::uint64_t flow = 0;
    SipMessage request = {};
    std::string to_tag = {};  // of the first response that had one
    bool answered = false;    // finally
    bool heard = false;       // at least provisionally
    bool raw = false;         // a test's own bytes: nothing is demanded
  };
  struct Dialog {
    std::string contact;  // ours: the Request-URI that in-dialog requests need
    std::uint32_t last_cseq = 0;
    bool any_request = false;
    std::string client_tag;
  };

  void judge_request(const Flow& flow, const SipMessage& request, Faults& faults);
  void judge_cancel(const SipMessage& request, Faults& faults);
  void judge_ack(const SipMessage& request, Faults& faults);
  void judge_in_dialog(const SipMessage& request, Faults& faults);
  void judge_response(const Flow& flow, const SipMessage& response, Faults& faults);
  void sent_request(const Flow& flow, const SipMessage& request);
  void sent_response(const Flow& flow, const SipMessage& response);
  void expect_answer(const std::string& key, const char* rule);
  void expect_ack(const std::string& key);

  Box& box_;
  std::set<std::uint64_t> raw_flows_;
  std::set<std::string> branches_;
  std::map<std::string, SipMessage> invites_;     // received, by Call-ID and CSeq number
  std::map<std::string, AwaitedAck> acks_;        // same key
  std::map<std::string, AwaitedAnswer> answers_;  // by Call-ID, CSeq number and method
  std::map<std::string, Dialog> dialogs_;         // by Call-ID
};

}  // namespace standin
