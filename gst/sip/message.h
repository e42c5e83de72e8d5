// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/body.h"
#include "sip/digest.h"
#include "sip/headers.h"
#include "sip/name_addr.h"
#include "sip/uri.h"
#include "sip/via.h"

namespace rc::sip {

struct Header {
  std::string name;   // long form, in the sender's case
  std::string value;  // unfolded, without surrounding space
};

constexpr uint32_t kMaxCSeq = 0x7FFFFFFF;  // RFC 3261 8.1.1.5

struct CSeq {
  uint32_t number = 0;
  std::string method;
};

// Which reliable provisional response a PRACK acknowledges (RFC 3262 7.2).
struct RAck {
  uint32_t rseq = 0;
  CSeq cseq;  // of the request that it answers
};

// A SIP request or response: a value that owns all its text. Header names are compared without
// case, compact names are their long forms ("v" is "Via"). Unknown headers are kept.
// Typed access parses at the call. After a good parse_message() top_via(), from(), to() and cseq()
// are always there; for messages under construction they are what was added so far.
class Message {
 public:
  static Message request(std::string_view method, const Uri& request_uri);
  // An empty reason stands for the usual phrase of the status.
  static Message response(int status, std::string_view reason = {});

  bool is_request() const { return status_ == 0; }
  bool is_response() const { return status_ != 0; }
  bool is_provisional() const { return status_ >= 100 && status_ < 200; }
  bool is_success() const { return status_ >= 200 && status_ < 300; }
  bool is_final() const { return status_ >= 200; }
  const std::string& method() const { return method_; }  // empty for a response: see cseq()
  const std::string& request_uri() const { return request_uri_; }  // as on the wire
  std::optional<Uri> target() const;      // request_uri() taken apart; none when it is no URI
  int status() const { return status_; }  // 0 for a request
  const std::string& reason() const { return reason_; }  // bytes from the wire, see clean_text()

  void set_request_uri(std::string_view uri);
  void set_request_uri(const Uri& uri) { set_request_uri(uri.to_string()); }

  // Headers as text. Views are valid until the message changes.
  bool has(std::string_view name) const { return header(name).has_value(); }
  std::optional<std::string_view> header(std::string_view name) const;  // the first line
  std::vector<std::string_view> headers(std::string_view name) const;   // every line, not split
  // Every entry: lines in order, each split at its commas when the header is a list by its grammar
  // (never WWW-Authenticate, Authorization, Date, Subject, or one we do not know).
  std::vector<std::string_view> values(std::string_view name) const;
  const std::vector<Header>& all_headers() const { return headers_; }

  // CR, LF and NUL in a value become spaces: nothing can add a header by what it puts into one.
  void add(std::string_view name, std::string_view value);      // after others of that name
  void prepend(std::string_view name, std::string_view value);  // before others: our Via
  void set(std::string_view name, std::string_view value);      // instead of others
  void remove(std::string_view name);
  // Appends all of that name from another message, exactly as they are there.
  void copy(const Message& source, std::string_view name);

  // Headers by meaning; none or empty when absent or malformed.
  std::optional<Via> top_via() const;
  std::optional<NameAddr> from() const { return address("From"); }
  std::optional<NameAddr> to() const { return address("To"); }
  std::optional<NameAddr> contact() const { return address("Contact"); }  // the first
  std::optional<NameAddr> address(
      std::string_view name) const;  // the first entry of any such header
  std::vector<NameAddr> addresses(std::string_view name) const;  // Route, Record-Route, Contact
  std::string from_tag() const;                                  // empty: none
  std::string to_tag() const;                                    // empty: none
  std::string call_id() const { return std::string(header("Call-ID").value_or("")); }
  std::optional<CSeq> cseq() const;
  void set_cseq(const CSeq& cseq);
  std::optional<RAck> rack() const;
  // The number a header begins with: Max-Forwards, Expires, Session-Expires, Min-SE, Retry-After,
  // RSeq. None when absent or larger than 2^32 - 1.
  std::optional<uint32_t> number(std::string_view name) const;
  std::vector<std::string> tokens(std::string_view name) const;  // Require, Supported, Allow...
  bool has_token(std::string_view name, std::string_view token) const;  // without case
  // Of WWW-Authenticate and Proxy-Authenticate; those we cannot answer are left out.
  std::vector<Challenge> challenges() const;

  const std::string& body() const { return body_; }  // may hold any byte
  std::optional<ContentType> content_type() const;
  // An empty content type removes the body and its header.
  void set_body(std::string_view content_type, std::string body);
  // The body or, of a multipart, its parts; see read_body_parts(). Valid until the message changes.
  std::vector<BodyPart> body_parts() const;
  // The session description: the first part that is SDP and is for the session; empty: none.
  std::string sdp() const;

  // The wire form: routing headers first, Content-Length always there and right.
  std::string to_bytes() const;

 private:
  friend class Parser;
  Message() = default;

  std::string method_;
  std::string request_uri_;
  std::string reason_;
  int status_ = 0;
  std::vector<Header> headers_;
  std::string body_;
};

// The answer to a request: copies Via, From, To, Call-ID, CSeq, and Record-Route (for 1xx but 100,
// and 2xx). `to_tag` is added when the request's To has none and the status is not 100.
Message response_to(const Message& request, int status, std::string_view to_tag,
                    std::string_view reason = {});

// The usual phrase of a status ("Ringing"); of an unknown one that of its class.
std::string_view reason_phrase(int status);

}  // namespace rc::sip
