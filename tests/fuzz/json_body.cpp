// SPDX-License-Identifier: LGPL-2.1-or-later
// The body of a REST answer of any bytes: JSON, provisioning, an error.
#include "fuzz.h"
#include "rest/api_error.h"
#include "rest/json.h"
#include "rest/provision.h"

namespace {

void walk(const rc::rest::Json& value, int depth) {
  (void)value.text();
  (void)value.number();
  (void)value.boolean();
  if (depth == 0) return;
  for (const auto& item : value.items()) walk(item, depth - 1);
  for (const auto* name : {"sipInfo", "device", "id", "errors", "password"})
    walk(value[name], depth - 1);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto json = rc::rest::Json::parse(text);
  if (json.ok()) {
    walk(json.value(), 3);
    const auto account = rc::rest::parse_sip_account(json.value());
    if (account.ok())
      fuzz::require(account.value().username.find_first_of("\r\n\"<>") == std::string::npos,
                    "a user name can stand in a header");
  }
  (void)rc::rest::api_error({401, {}, std::string(text)}, "log in");
  const std::string quoted = rc::rest::json_quote(text);
  fuzz::require(quoted.find_first_of("\r\n") == std::string::npos, "a literal is one line");
  return 0;
}
