// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <string>
#include <vector>

namespace rc::tls {

// openssl s_server on 127.0.0.1, for what GLib's own TLS server does not do: old protocol versions
// and session tickets. Answers every HTTP request with a 200. Ends with the object.
class TlsServer {
 public:
  // `pem` holds key and certificate. Aborts the test program when the server does not start.
  explicit TlsServer(const std::string& pem, const std::vector<std::string>& options = {});
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  const std::string& address() const { return address_; }

 private:
  GPid pid_ = 0;
  int output_ = -1;  // kept open: s_server writes to it
  std::string address_;
};

}  // namespace rc::tls
