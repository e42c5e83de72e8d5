// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include <future>

#include "json_text.h"
#include "test_phone.h"

namespace standin {
namespace {

class ControlTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server.start()) << server.error(); }

  std::pair<unsigned, std::string> get(const std::string& path, const std::string& token) {
    return ask_control(server, "GET", path, "", token);
  }
  Server server;
};

TEST_F(ControlTest, WantsTheToken) {
  EXPECT_EQ(get("/calls", "guess").first, 401U);
  EXPECT_EQ(get("/calls", server.control_token()).first, 200U);
}

TEST_F(ControlTest, LongPollEndsWhenTheLineRegisters) {
  TestPhone phone(server, {});
  ASSERT_TRUE(phone.connect());
  auto waiting = std::async(std::launch::async, [&] {
    return get("/registrations?wait=101&timeout_ms=20000", server.control_token());
  });
  EXPECT_EQ(phone.register_line().status, 200);
  const auto [status, body] = waiting.get();
  EXPECT_EQ(status, 200U);
  EXPECT_NE(body.find("\"extension\":\"101\""), std::string::npos);
}

TEST_F(ControlTest, LongPollEndsAtItsTimeout) {
  EXPECT_EQ(get("/registrations?wait=101&timeout_ms=50", server.control_token()).first, 408U);
}

TEST_F(ControlTest, CallToAnUnregisteredExtensionEnds) {
  const std::string id = server.place_call("{\"to\":\"103\"}");
  const auto [status, body] =
      get("/calls/" + id + "?wait_state=finished&timeout_ms=5000", server.control_token());
  EXPECT_EQ(status, 200U);
  EXPECT_NE(body.find("\"end_reason\":\"not registered\""), std::string::npos);
}

TEST_F(ControlTest, BadRequestsAreNamed) {
  EXPECT_EQ(server.control("POST", "/calls", "nonsense").status, 400U);
  EXPECT_EQ(server.control("POST", "/calls", "{\"to\":\"999\"}").status, 404U);
  EXPECT_EQ(
      server.control("POST", "/calls", "{\"to\":\"101\",\"media\":{\"codec\":\"speex\"}}").status,
      400U);
  EXPECT_EQ(server.control("POST", "/faults", "{\"no_such\":1}").status, 400U);
  EXPECT_EQ(server.control("GET", "/calls/none").status, 404U);
}

TEST_F(ControlTest, DescriptionIsOneJsonLine) {
  const std::string line = server.description();
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = Json::parse(line);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text("rest"), server.rest_url());
  EXPECT_TRUE(g_file_test(json->text("ca").c_str(), G_FILE_TEST_EXISTS));
}

}  // namespace
}  // namespace standin
