// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// One SIP identity as handed out by sip-provision. Several devices share an extension.
struct Device {
  std::string id;  // also the authorizationId, as in every sample of the real service
  std::string password;
  std::string extension;
};

// One user of the pretended company with the app credentials that belong to it.
struct Account {
  std::string extension;  // "101"
  std::string number;     // "+12025550101"
  std::string name;
  std::string extension_id;
  std::string client_id;
  std::string client_secret;
  std::string jwt;
  Device first_device;
  std::string username() const { return "12025550100*" + extension; }
};

inline constexpr std::string_view kDomain = "sip.ringcentral.com";

// The company: who exists, which devices were handed out, which tokens are alive.
// Every secret begins with S3CR3T- so that a leak can be found with grep.
class Directory {
 public:
  Directory();

  const std::vector<Account>& accounts() const { return accounts_; }
  const Account* by_client(std::string_view client_id) const;
  const Account* by_extension(std::string_view extension) const;
  // Takes 101, 12025550101, +12025550101 and 12025550100*101.
  const Account* by_dialled(std::string_view number) const;
  // A SIP user part: 12025550100*101.
  const Account* by_username(std::string_view username) const;

  const Device* device(std::string_view id) const;
  // The device with this id if it belongs to the account, else a new one with a new password; the
  // first call gives the account's first device.
  const Device& provision(const Account& account, std::string_view id);

  struct Tokens {
    std::string access;
    std::string refresh;
    std::string client_id;
    std::string extension;
    gint64 expires_us = 0;
  };
  Tokens& issue(const Account& account, gint64 life_s);
  Tokens* by_access(std::string_view access);
  Tokens* by_refresh(std::string_view refresh);
  void revoke(std::string_view token);

 private:
  std::vector<Account> accounts_;
  std::map<std::string, Device, std::less<>> devices_;
  std::map<std::string, int, std::less<>> provisions_;  // by extension
  std::map<std::string, Tokens, std::less<>> tokens_;   // by access token
};

}  // namespace standin
