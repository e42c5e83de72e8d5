// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace rc::sip {

// Self-signed certificates made by openssl for one test run, in a folder that goes with it.
class TlsFiles {
 public:
  TlsFiles();
  ~TlsFiles();
  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;

  // PEM file with key and certificate; `subject_alt_name` such as "IP:127.0.0.1". Its certificate
  // is its own authority. Aborts the test program when openssl fails.
  std::string make(const std::string& subject_alt_name);

 private:
  std::string folder_;
  std::vector<std::string> files_;
};

}  // namespace rc::sip
