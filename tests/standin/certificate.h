// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <string>

namespace standin {

// A fresh key and self-signed certificate for 127.0.0.1 and localhost in a folder of its own below
// the system's temp folder; the folder goes away with the object.
class Certificate {
 public:
  Certificate();
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  // What clients shall trust: PEM without the key.
  const std::string& ca_file() const { return ca_file_; }
  // Borrowed; null when it could not be made.
  GTlsCertificate* tls() const { return tls_; }
  const std::string& error() const { return error_; }

 private:
  std::string folder_;
  std::string ca_file_;
  std::string error_;
  GTlsCertificate* tls_ = nullptr;
};

}  // namespace standin
