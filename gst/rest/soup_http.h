// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <set>
#include <string>

#include "core/clock.h"
#include "rest/http.h"

namespace rc::rest {

// HTTP by libsoup, on the GMainContext that is the thread's default when it is made.
//
// Before the first byte of a request goes out the certificate has no fault and TLS is at least 1.2;
// both are looked at by us, because libsoup takes neither TLS 1.1 nor a resumed session of an
// insecure client in the same process as a fault (measured, libsoup 3.2.3).
// Redirects are not followed: they could carry credentials to another host. Plain http goes to
// loopback addresses only, and whatever goes there passes no proxy (with http_proxy set, GLib would
// hand it to one: measured, 2.74).
class SoupHttp : public Http {
 public:
  struct Options {
    std::string ca_file;    // PEM; trusted instead of the system's authorities; empty: the system's
    bool insecure = false;  // accept any certificate and TLS version
    std::string user_agent = "gst-ringcentral/" RC_VERSION;
  };

  // kConfig if ca_file cannot be read. `clock` outlives the result.
  static Result<std::unique_ptr<SoupHttp>> make(Clock& clock, const Options& options);
  ~SoupHttp() override;

  void request(HttpRequest request, Callback callback) override;

 private:
  class Exchange;
  struct Session;
  SoupHttp(Clock& clock, std::shared_ptr<Session> session);

  Clock& clock_;
  std::shared_ptr<Session> session_;
  std::set<std::shared_ptr<Exchange>> exchanges_;
};

}  // namespace rc::rest
