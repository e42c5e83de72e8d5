// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "box.h"
#include "strict_dialog.h"
#include "strict_digest.h"
#include "strict_reliable.h"
#include "strict_sdp.h"

namespace standin {

// The judge over our own client: every message of a flow whose User-Agent starts with
// "gst-ringcentral" is held against the RFCs. Watches both directions, changes nothing.
class Strict {
 public:
  explicit Strict(Box& box) : box_(box) {}

  // What the message breaks; each is recorded as a violation. The caller refuses a request (not an
  // ACK) with 400 when this is not empty. Marks the flow as strict by its User-Agent.
  Rules judge(Flow& flow, const std::string& raw, const SipMessage& message);
  // A frame that is not even a start line with headers.
  void unreadable(const Flow& flow, const std::string& raw);
  void on_sent(const Flow& flow, const SipMessage& message);
  // Bytes of a test's own making: an answer is allowed, and not demanded.
  void on_raw(const Flow& flow, const std::string& text);
  // Nothing is expected any more from a socket that is gone.
  void on_closed(const Flow& flow);

 private:
  // A request of the client.
  struct Received {
    SipMessage request = {};
    bool provisional = false;  // we have answered at least that
  };
  // A final response of ours to an INVITE: what its ACK has to fit.
  struct AwaitedAck {
    std::uint64_t flow = 0;
    int status = 0;
    SipMessage invite = {};
    bool seen = false;
  };
  // A request of ours that the client has to answer.
  struct AwaitedAnswer {
    std::uint64_t flow = 0;
    SipMessage request = {};
    std::string to_tag = {};  // of the first response that had one
    bool answered = false;    // finally
    bool heard = false;       // at least provisionally
    bool raw = false;         // a test's own bytes
  };

  void judge_request(const SipMessage& request, Rules& broken);
  void judge_cancel(const SipMessage& request, Rules& broken);
  void judge_ack(const SipMessage& request, Rules& broken);
  void judge_ack_of_failure(const SipMessage& ack, const SipMessage& invite, Rules& broken);
  void judge_ack_of_success(const SipMessage& ack, const SipMessage& invite, Rules& broken);
  void judge_response(const Flow& flow, const std::string& raw, const SipMessage& response,
                      Rules& broken);
  void sent_request(const Flow& flow, const SipMessage& request);
  void sent_response(const Flow& flow, const SipMessage& response, bool raw);
  void sent_final(const Flow& flow, const SipMessage& response, const SipMessage& invite, bool raw);
  void expect_answer(const std::string& key);
  void expect_ack(const std::string& key);
  void expect_prack(const Flow& flow, const SipMessage& response);

  Box& box_;
  StrictDialogs dialogs_;
  StrictDigest digest_;
  StrictReliable reliable_;
  StrictSdp sdp_;
  std::set<std::uint64_t> raw_flows_;
  std::set<std::string> branches_;
  std::map<std::string, Received> received_;             // by Call-ID, CSeq number and method
  std::map<std::string, AwaitedAck> acks_;               // by Call-ID, CSeq number and our tag
  std::map<std::string, AwaitedAnswer> answers_;         // by Call-ID, CSeq and branch
  std::map<std::string, std::uint64_t> least_interval_;  // by Call-ID, from a 422 of ours
};

}  // namespace standin
