// SPDX-License-Identifier: LGPL-2.1-or-later
#include "accounts.h"

#include <algorithm>

#include "digest.h"
#include "loop.h"

namespace standin {
namespace {

Account make_account(int index) {
  static constexpr std::string_view kNames[] = {"Ada Example", "Bert Example", "Cleo Example"};
  const std::string extension = std::to_string(101 + index);
  Account account;
  account.extension = extension;
  account.number = "+12025550" + extension;
  account.name = kNames[index];
  account.extension_id = "62264425" + extension;
  account.client_id = "standin-client-" + extension;
  account.client_secret = "S3CR3T-client-" + random_hex(8);
  account.jwt = "S3CR3T-jwt-" + random_hex(16);
  account.first_device = {"802398804" + extension, "S3CR3T-sip-" + random_hex(8), extension};
  return account;
}

template <typename List, typename Predicate>
const Account* find_account(const List& accounts, Predicate predicate) {
  const auto found = std::find_if(accounts.begin(), accounts.end(), predicate);
  return found == accounts.end() ? nullptr : &*found;
}

}  // namespace

Directory::Directory() {
  for (int i = 0; i < 3; ++i) {
    const Account& account = accounts_.emplace_back(make_account(i));
    devices_[account.first_device.id] = account.first_device;
  }
}

const Account* Directory::by_client(std::string_view client_id) const {
  return find_account(accounts_, [&](const Account& a) { return a.client_id == client_id; });
}

const Account* Directory::by_extension(std::string_view extension) const {
  return find_account(accounts_, [&](const Account& a) { return a.extension == extension; });
}

const Account* Directory::by_dialled(std::string_view number) const {
  return find_account(accounts_, [&](const Account& a) {
    return number == a.extension || number == a.number || number == a.number.substr(1) ||
           number == a.username();
  });
}

const Account* Directory::by_username(std::string_view username) const {
  return find_account(accounts_, [&](const Account& a) { return a.username() == username; });
}

const Device* Directory::device(std::string_view id) const {
  const auto found = devices_.find(id);
  return found == devices_.end() ? nullptr : &found->second;
}

const Device& Directory::provision(const Account& account, std::string_view id) {
  const Device* known = device(id);
  if (known != nullptr && known->extension == account.extension) return *known;
  const int number = provisions_[account.extension]++;
  if (number == 0) return devices_.at(account.first_device.id);
  const std::string new_id = account.first_device.id + std::to_string(number);
  return devices_[new_id] = {new_id, "S3CR3T-sip-" + random_hex(8), account.extension};
}

Directory::Tokens& Directory::issue(const Account& account, gint64 life_s) {
  Tokens tokens;
  tokens.access = "S3CR3T-access-" + random_hex(16);
  tokens.refresh = "S3CR3T-refresh-" + random_hex(16);
  tokens.client_id = account.client_id;
  tokens.extension = account.extension;
  tokens.expires_us = now_us() + life_s * G_USEC_PER_SEC;
  return tokens_[tokens.access] = tokens;
}

Directory::Tokens* Directory::by_access(std::string_view access) {
  const auto found = tokens_.find(access);
  return found == tokens_.end() ? nullptr : &found->second;
}

Directory::Tokens* Directory::by_refresh(std::string_view refresh) {
  for (auto& [access, tokens] : tokens_) {
    if (tokens.refresh == refresh) return &tokens;
  }
  return nullptr;
}

void Directory::revoke(std::string_view token) {
  std::erase_if(tokens_, [&](const auto& entry) {
    return entry.second.access == token || entry.second.refresh == token;
  });
}

}  // namespace standin
