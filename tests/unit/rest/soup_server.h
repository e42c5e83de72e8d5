// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/main_clock.h"
#include "core/ref.h"
#include "rest/soup_http.h"

namespace rc::rest {

// A GMainContext that is the thread's default while it lives, with a SoupServer on it.
class Loop {
 public:
  Loop() : context_(g_main_context_new()) { g_main_context_push_thread_default(context_); }
  ~Loop() {
    while (g_main_context_iteration(context_, FALSE)) {
    }
    g_main_context_pop_thread_default(context_);
    g_main_context_unref(context_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  GMainContext* context() const { return context_; }
  // Runs until `done` says so; the test fails after ten seconds.
  void run_until(const std::function<bool()>& done) {
    bool late = false;
    MainClock clock(context_);
    const Timer limit = clock.after(std::chrono::seconds(10), [&] { late = true; });
    while (!done() && !late) g_main_context_iteration(context_, TRUE);
    EXPECT_FALSE(late) << "nothing happened for ten seconds";
  }

 private:
  GMainContext* context_;
};

// Answers every request on 127.0.0.1 by `handler`.
class Server {
 public:
  using Handler = std::function<void(SoupServerMessage*)>;

  explicit Server(Handler handler, GTlsCertificate* certificate = nullptr)
      : handler_(std::move(handler)),
        server_(Ref<SoupServer>::adopt(soup_server_new("tls-certificate", certificate, nullptr))),
        is_tls_(certificate != nullptr) {
    soup_server_add_handler(server_.get(), nullptr, on_request, this, nullptr);
    const auto options = is_tls_ ? SOUP_SERVER_LISTEN_HTTPS : SoupServerListenOptions{};
    auto address =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
    EXPECT_TRUE(soup_server_listen(server_.get(), address.get(), options, nullptr));
  }
  ~Server() { soup_server_disconnect(server_.get()); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url(const std::string& host = "127.0.0.1") const {
    GSList* uris = soup_server_get_uris(server_.get());
    const int port = g_uri_get_port(static_cast<GUri*>(uris->data));
    g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
    return (is_tls_ ? "https://" : "http://") + host + ":" + std::to_string(port) + "/";
  }
  int requests() const { return requests_; }

 private:
  static void on_request(SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
                         gpointer data) {
    auto* self = static_cast<Server*>(data);
    ++self->requests_;
    self->handler_(message);
  }

  Handler handler_;
  Ref<SoupServer> server_;
  bool is_tls_;
  int requests_ = 0;
};

inline void reply(SoupServerMessage* message, unsigned status, const std::string& body) {
  soup_server_message_set_status(message, status, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, body.data(),
                                   body.size());
}

// A client of its own, and what came of one request.
inline Result<HttpResponse> ask(Loop& loop, SoupHttp& http, HttpRequest request) {
  std::optional<Result<HttpResponse>> got;
  int answers = 0;
  http.request(std::move(request), [&](Result<HttpResponse> result) {
    got = std::move(result);
    ++answers;
  });
  EXPECT_FALSE(got) << "answered inside the call";
  loop.run_until([&] { return got.has_value(); });
  EXPECT_EQ(answers, 1);
  return got ? *got : Error{Errc::kInternal, "no answer"};
}

inline HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

}  // namespace rc::rest
