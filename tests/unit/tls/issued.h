// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace rc::tls {

// What a server's certificate shall say. The fields' defaults are those of a good one.
struct Claims {
  enum class Issuer { kAuthority, kStranger, kItself, kNoAuthority };

  std::vector<std::string> dns{};
  std::vector<std::string> addresses{};  // IPv4
  std::string common_name = "zoo";
  std::chrono::hours valid_from{-1};  // from now
  std::chrono::hours valid_until{1};
  Issuer issuer = Issuer::kAuthority;
  bool sha1 = false;
};

// An authority made for one test run, in a folder that goes with it, and what it issues.
class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string ca_file() const { return folder_ / "ca.pem"; }
  std::string stranger_file() const { return folder_ / "stranger.pem"; }  // another authority's
  // PEM file with a key and its certificate.
  std::string issue(const Claims& claims);

 private:
  std::filesystem::path folder_;
  int issued_ = 0;
};

}  // namespace rc::tls
