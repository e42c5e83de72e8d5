// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "rest/soup_http.h"
#include "soup_server.h"
#include "test_certificate.h"

namespace rc::rest {
namespace {

// An OpenSSL server: unlike SoupServer it hands out TLS 1.3 tickets and still speaks TLS 1.1.
class OpensslServer {
 public:
  OpensslServer(const std::string& pem_file, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"openssl", "s_server", "-www", "-accept", "127.0.0.1:0",
                                      "-cert",   pem_file,   "-key", pem_file};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    argv.push_back(nullptr);
    const auto flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE |
                       G_SUBPROCESS_FLAGS_STDIN_PIPE;
    process_ = Ref<GSubprocess>::adopt(
        g_subprocess_newv(argv.data(), static_cast<GSubprocessFlags>(flags), nullptr));
    if (process_) read_port();
  }
  ~OpensslServer() {
    if (!process_) return;
    g_subprocess_force_exit(process_.get());
    g_subprocess_wait(process_.get(), nullptr, nullptr);
  }
  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;

  std::string url() const { return "https://localhost:" + port_ + "/"; }

 private:
  void read_port() {
    auto lines = Ref<GDataInputStream>::adopt(
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(process_.get())));
    while (port_.empty()) {
      Owned<char> line(g_data_input_stream_read_line(lines.get(), nullptr, nullptr, nullptr));
      if (!line) return;  // it ended
      const std::string text = line.get();
      if (text.starts_with("ACCEPT")) port_ = text.substr(text.rfind(':') + 1);
    }
  }

  Ref<GSubprocess> process_;
  std::string port_;
};

class SoupHttpOpenssl : public ::testing::Test {
 protected:
  SoupHttpOpenssl() {
    char path[] = "/tmp/rc-tls-XXXXXX";
    folder = ::mkdtemp(path);
    std::ofstream(folder / "server.pem") << kCertificate << kKey;
    std::ofstream(folder / "ca.pem") << kCertificate;
  }
  ~SoupHttpOpenssl() override { std::filesystem::remove_all(folder); }

  Result<HttpResponse> ask_with(SoupHttp::Options options, const OpensslServer& server) {
    auto http = SoupHttp::make(clock, std::move(options));
    EXPECT_TRUE(http.ok());
    return ask(loop, *http.value(), get(server.url()));
  }
  SoupHttp::Options trusting() const { return {.ca_file = folder / "ca.pem"}; }
  static SoupHttp::Options insecure() { return {.ca_file = {}, .insecure = true}; }

  std::filesystem::path folder;
  Loop loop;
  MainClock clock{loop.context()};
};

// A resumed TLS session skips libsoup's own check of the certificate (measured, libsoup 3.2.3).
TEST_F(SoupHttpOpenssl, StaysStrictAfterAnInsecureClientOfTheSameProcess) {
  const OpensslServer server(folder / "server.pem", {});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(ask_with(insecure(), server).ok());
  for (int i = 0; i < 2; ++i) {
    const auto response = ask_with({}, server);
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, Errc::kConfig);
    EXPECT_NE(response.error().message.find("no known authority"), std::string::npos);
  }
  EXPECT_TRUE(ask_with(trusting(), server).ok());
}

// This server takes HTTP/2 if it may, and then speaks HTTP/1.0 all the same.
TEST_F(SoupHttpOpenssl, OffersNoHttp2) {
  const OpensslServer server(folder / "server.pem", {"-alpn", "h2,http/1.1"});
  const auto response = ask_with(trusting(), server);
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response.value().status, 200U);
}

TEST_F(SoupHttpOpenssl, RefusesOldTls) {
  const OpensslServer server(folder / "server.pem", {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
  const auto response = ask_with(trusting(), server);
  ASSERT_FALSE(response.ok());
  EXPECT_NE(response.error().message.find("TLS 1.1"), std::string::npos)
      << response.error().message;
  EXPECT_TRUE(ask_with(insecure(), server).ok());
}

}  // namespace
}  // namespace rc::rest
