// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/soup_http.h"

#include <gtest/gtest.h>

#include <atomic>

#include "../sip/raw_server.h"
#include "soup_server.h"

namespace rc::rest {
namespace {

using namespace std::chrono_literals;

std::string gzip(const std::string& text) {
  auto compressor =
      Ref<GConverter>::adopt(G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9)));
  std::string out(text.size(), '\0');
  gsize read = 0, written = 0;
  const auto result =
      g_converter_convert(compressor.get(), text.data(), text.size(), out.data(), out.size(),
                          G_CONVERTER_INPUT_AT_END, &read, &written, nullptr);
  EXPECT_EQ(result, G_CONVERTER_FINISHED);
  out.resize(written);
  return out;
}

class SoupHttpTest : public ::testing::Test {
 protected:
  Loop loop;
  MainClock clock{loop.context()};
  std::unique_ptr<SoupHttp> http = SoupHttp::make(clock, {}).value();
};

TEST_F(SoupHttpTest, SendsAndReceives) {
  std::string seen;
  Server server([&](SoupServerMessage* message) {
    SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
    seen = std::string(soup_server_message_get_method(message)) + " " +
           soup_message_headers_get_one(headers, "X-Test") + " " +
           soup_message_headers_get_one(headers, "User-Agent") + " " +
           soup_message_headers_get_one(headers, "Content-Type") + " " +
           soup_server_message_get_request_body(message)->data;
    reply(message, 201, "{}");
  });
  HttpRequest request = get(server.url());
  request.method = "POST";
  request.headers = {{"X-Test", "yes"}};
  request.body = "[]";
  request.content_type = "application/json";
  const auto response = ask(loop, *http, request);
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response.value().status, 201U);
  EXPECT_EQ(response.value().body, "{}");
  EXPECT_EQ(response.value().header("content-TYPE"), "application/json");
  EXPECT_EQ(seen, "POST yes gst-ringcentral/" RC_VERSION " application/json []");
}

TEST_F(SoupHttpTest, TakesAnyStatusAsAResponse) {
  Server server([](SoupServerMessage* message) { reply(message, 401, "no"); });
  const auto response = ask(loop, *http, get(server.url()));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response.value().status, 401U);
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(SoupHttpTest, FollowsNoRedirect) {
  Server target([](SoupServerMessage* message) { reply(message, 200, ""); });
  Server server([&](SoupServerMessage* message) {
    soup_server_message_set_redirect(message, 302, target.url().c_str());
  });
  const auto response = ask(loop, *http, get(server.url()));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response.value().status, 302U);
  EXPECT_EQ(target.requests(), 0);
}

TEST_F(SoupHttpTest, CapsTheBody) {
  size_t size = kMaxBodyBytes;
  Server server([&](SoupServerMessage* message) { reply(message, 200, std::string(size, 'x')); });
  const auto fits = ask(loop, *http, get(server.url()));
  ASSERT_TRUE(fits.ok());
  EXPECT_EQ(fits.value().body.size(), kMaxBodyBytes);
  ++size;
  const auto too_large = ask(loop, *http, get(server.url()));
  ASSERT_FALSE(too_large.ok());
  EXPECT_EQ(too_large.error().code, Errc::kProtocol);
}

// A gigabyte of zeros is a megabyte when compressed: it is taken as it comes, never inflated.
TEST_F(SoupHttpTest, InflatesNothing) {
  const std::string bomb = gzip(std::string(100'000'000, '\0'));
  ASSERT_LT(bomb.size(), 200'000U);
  bool asked_for_encoding = false;
  Server server([&](SoupServerMessage* message) {
    asked_for_encoding = soup_message_headers_get_one(
        soup_server_message_get_request_headers(message), "Accept-Encoding");
    soup_message_headers_append(soup_server_message_get_response_headers(message),
                                "Content-Encoding", "gzip");
    reply(message, 200, bomb);
  });
  const auto response = ask(loop, *http, get(server.url()));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response.value().body, bomb);
  EXPECT_FALSE(asked_for_encoding);
}

TEST_F(SoupHttpTest, CapsABodyWithoutLength) {
  std::atomic<int> ended = 0;
  const sip::RawServer server([&](GIOStream& stream, const std::string&) {
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    sip::RawServer::write(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (sip::RawServer::write(stream, chunk)) {
    }
    ++ended;
    g_main_context_wakeup(loop.context());
  });
  for (int i = 1; i <= 4; ++i) {
    const auto response = ask(loop, *http, get("http://" + server.address() + "/"));
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, Errc::kProtocol) << response.error().message;
    loop.run_until([&] { return ended == i; });  // the connection is closed, not kept
  }
}

TEST_F(SoupHttpTest, CapsTheHeaders) {
  const sip::RawServer server([](GIOStream& stream, const std::string&) {
    const std::string header = "X-More: " + std::string(1000, 'x') + "\r\n";
    sip::RawServer::write(stream, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 10'000; ++i) sip::RawServer::write(stream, header);
    sip::RawServer::wait_for_end(stream);  // the client's: it waits for no more
  });
  const auto response = ask(loop, *http, get("http://" + server.address() + "/"));
  ASSERT_FALSE(response.ok());
  EXPECT_NE(response.error().code, Errc::kTimeout);
}

TEST_F(SoupHttpTest, GivesUpAfterTheTimeLimit) {
  Ref<SoupServerMessage> held;
  Server server([&](SoupServerMessage* message) {
    held = Ref<SoupServerMessage>::share(message);
    soup_server_message_pause(message);
  });
  HttpRequest request = get(server.url());
  request.time_limit = 50ms;
  const auto response = ask(loop, *http, request);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, Errc::kTimeout);
}

TEST_F(SoupHttpTest, TellsWhenNobodyListens) {
  std::string url;
  {
    Server server([](SoupServerMessage*) {});
    url = server.url();
  }
  const auto response = ask(loop, *http, get(url));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, Errc::kNetwork);
  EXPECT_NE(response.error().message.find("127.0.0.1"), std::string::npos);
}

TEST_F(SoupHttpTest, RefusesPlainHttpToOtherHosts) {
  const auto response = ask(loop, *http, get("http://192.0.2.1/"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, Errc::kConfig);
}

// Such as http_proxy in the environment of many a company's machine.
TEST_F(SoupHttpTest, PassesNoProxyOnLoopback) {
  Server server([](SoupServerMessage* message) { reply(message, 200, "direct"); });
  Server proxy([](SoupServerMessage* message) { reply(message, 200, "by proxy"); });
  g_setenv("http_proxy", proxy.url().c_str(), TRUE);
  const auto response = ask(loop, *http, get(server.url()));
  g_unsetenv("http_proxy");
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response.value().body, "direct");
  EXPECT_EQ(proxy.requests(), 0);
}

TEST_F(SoupHttpTest, RefusesHeaderInjection) {
  HttpRequest request = get("https://127.0.0.1/");
  request.headers = {{"X", "a\r\nAuthorization: b"}};
  const auto response = ask(loop, *http, request);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, Errc::kConfig);
}

TEST_F(SoupHttpTest, IsGoodForTheNextRequestWhenACallbackThrows) {
  Server server([](SoupServerMessage* message) { reply(message, 200, ""); });
  bool called = false;
  http->request(get(server.url()), [&](const Result<HttpResponse>&) {
    called = true;
    throw std::out_of_range("a fault of ours");
  });
  loop.run_until([&] { return called; });
  EXPECT_TRUE(ask(loop, *http, get(server.url())).ok());
}

TEST_F(SoupHttpTest, DropsCallbacksWhenDestroyed) {
  Ref<SoupServerMessage> held;
  Server server([&](SoupServerMessage* message) {
    held = Ref<SoupServerMessage>::share(message);
    soup_server_message_pause(message);
  });
  bool answered = false;
  http->request(get(server.url()), [&](const Result<HttpResponse>&) { answered = true; });
  loop.run_until([&] { return held.get() != nullptr; });
  http.reset();
  while (g_main_context_iteration(loop.context(), FALSE)) {
  }
  EXPECT_FALSE(answered);
}

TEST_F(SoupHttpTest, MayBeDestroyedByItsCallback) {
  Server server([](SoupServerMessage* message) { reply(message, 200, ""); });
  bool answered = false;
  http->request(get(server.url()), [&](const Result<HttpResponse>&) {
    http.reset();
    answered = true;
  });
  loop.run_until([&] { return answered; });
}

}  // namespace
}  // namespace rc::rest
