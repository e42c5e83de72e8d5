// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/via.h"

#include "core/text.h"
#include "sip/host_port.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

bool is_sent_by_char(char c) { return is_visible(c) && c != ';' && c != ','; }

}  // namespace

Result<Via> Via::parse(std::string_view text) {
  const Error error{Errc::kProtocol, "malformed Via"};
  Scanner in(trim(text));
  if (!equals_ignore_case(in.take_token(), "SIP") || !in.take('/')) return error;
  if (in.take_token() != "2.0" || !in.take('/')) return error;
  Via via;
  via.transport = in.take_token();
  const std::string_view before = in.rest();
  in.skip_space();
  const bool spaced = in.rest().size() < before.size();
  const auto sent_by = HostPort::parse(in.take_while(is_sent_by_char));
  const auto params = Params::parse_header(in.rest());
  if (via.transport.empty() || !spaced || !sent_by || !params) return error;
  via.host = sent_by->host;
  via.port = sent_by->port;
  via.params = *params;
  return via;
}

std::string Via::sent_by() const { return to_lower(HostPort{host, port}.to_string()); }

std::string Via::to_string() const {
  return "SIP/2.0/" + transport + ' ' + HostPort{host, port}.to_string() + params.to_string();
}

}  // namespace rc::sip
