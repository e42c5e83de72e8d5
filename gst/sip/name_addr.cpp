// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/name_addr.h"

#include "core/text.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

Error malformed() { return {Errc::kProtocol, "malformed address"}; }

// Unquoted display names are tokens by the grammar; here any text without quotes and brackets, as
// RFC 4475 3.1.2.15 allows ("infer the quotes").
bool take_display(Scanner& in, NameAddr& out) {
  in.skip_space();
  if (in.peek() == '"') {
    const auto quoted = in.take_quoted();
    if (!quoted) return false;
    out.display = unquote(*quoted);
    in.skip_space();
    return in.peek() == '<';
  }
  out.display = trim(in.take_until("\"<>"));
  return in.peek() == '<';
}

Result<NameAddr> finish(NameAddr out, std::string_view uri, std::string_view params) {
  auto parsed = Uri::parse(uri);
  const auto header_params = Params::parse_header(params);
  if (!parsed.ok() || !header_params) return malformed();
  out.uri = std::move(parsed).value();
  out.params = *header_params;
  return out;
}

// An unbracketed URI may hold no ',' and no '?' (RFC 3261 20.10).
Result<NameAddr> parse_bare(std::string_view text) {
  Scanner in(text);
  const std::string_view uri = trim(in.take_until(";"));
  if (uri.find_first_of(",?") != std::string_view::npos) return malformed();
  return finish({}, uri, in.rest());
}

}  // namespace

Result<NameAddr> NameAddr::parse(std::string_view text) {
  text = trim(text);
  NameAddr out;
  if (text == "*") {
    out.wildcard = true;
    return out;
  }
  Scanner in(text);
  if (!take_display(in, out)) {
    if (text.find_first_of("\"<>") < text.find(';')) return malformed();
    return parse_bare(text);
  }
  const std::string_view uri = in.take_until(">").substr(1);
  if (in.at_end()) return malformed();
  return finish(std::move(out), uri, in.rest().substr(1));
}

std::string NameAddr::to_string() const {
  if (wildcard) return "*";
  const std::string name = display.empty() ? "" : quote(display) + ' ';
  return name + '<' + uri.to_string() + '>' + params.to_string();
}

}  // namespace rc::sip
