// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include "json_text.h"
#include "server.h"

namespace standin {
namespace {

class RestTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server.start()) << server.error();
    session = soup_session_new();
  }
  void TearDown() override { g_clear_object(&session); }

  struct Answer {
    unsigned status = 0;
    Json json = *Json::parse("");
    std::string text;
    std::string header(const char* name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? "" : found->second;
    }
    std::map<std::string, std::string> headers;
  };

  Answer post(const std::string& path, const std::string& type, const std::string& body,
              const std::string& authorization) {
    const std::string url = server.rest_url() + path;
    g_autoptr(SoupMessage) message = soup_message_new("POST", url.c_str());
    g_autoptr(GBytes) bytes = g_bytes_new(body.data(), body.size());
    soup_message_set_request_body_from_bytes(message, type.c_str(), bytes);
    auto* headers = soup_message_get_request_headers(message);
    if (!authorization.empty()) {
      soup_message_headers_append(headers, "Authorization", authorization.c_str());
    }
    g_autoptr(GBytes) got = soup_session_send_and_read(session, message, nullptr, nullptr);
    Answer answer;
    answer.status = soup_message_get_status(message);
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(got, &size));
    answer.text.assign(data, size);
    if (const auto json = Json::parse(answer.text)) answer.json = *json;
    soup_message_headers_foreach(
        soup_message_get_response_headers(message),
        [](const char* name, const char* value, gpointer out) {
          (*static_cast<std::map<std::string, std::string>*>(out))[name] = value;
        },
        &answer.headers);
    return answer;
  }

  std::string basic(const std::string& secret) const {
    const std::string text = server.accounts()[0].client_id + ":" + secret;
    g_autofree gchar* encoded =
        g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size());
    return "Basic " + std::string(encoded);
  }
  Answer login(const std::string& jwt) {
    return post("/restapi/oauth/token", "application/x-www-form-urlencoded",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + jwt,
                basic(server.accounts()[0].client_secret));
  }
  Answer login() { return login(server.accounts()[0].jwt); }
  Answer provision(const std::string& token, const std::string& extra = "") {
    return post("/restapi/v1.0/client-info/sip-provision", "application/json",
                "{\"sipInfo\":[{\"transport\":\"WSS\"}]" + extra + "}", "Bearer " + token);
  }

  Server server;
  SoupSession* session = nullptr;
};

TEST_F(RestTest, JwtGivesATokenThatProvisions) {
  const Answer token = login();
  ASSERT_EQ(token.status, 200U);
  EXPECT_EQ(token.json.text("token_type"), "bearer");
  EXPECT_EQ(token.json.number("expires_in"), 3600);
  EXPECT_FALSE(token.header("RCRequestId").empty());
  EXPECT_EQ(token.header("X-Rate-Limit-Group"), "auth");
  const Answer answer = provision(token.json.text("access_token"));
  ASSERT_EQ(answer.status, 200U);
  EXPECT_NE(answer.text.find("\"authorizationId\":\"802398804101\""), std::string::npos);
  EXPECT_NE(answer.text.find("\"outboundProxy\":\"" + server.wss_address()), std::string::npos);
  EXPECT_NE(answer.text.find("\"stunServers\":[]"), std::string::npos);
}

TEST_F(RestTest, WrongSecretIsInvalidClient) {
  const Answer answer = post("/restapi/oauth/token", "application/x-www-form-urlencoded",
                             "grant_type=refresh_token&refresh_token=x", basic("guess"));
  EXPECT_EQ(answer.status, 401U);
  EXPECT_EQ(answer.json.text("error"), "invalid_client");
  EXPECT_NE(answer.text.find("OAU-123"), std::string::npos);
}

TEST_F(RestTest, WrongJwtIsInvalidGrant) {
  const Answer answer = login("guess");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.json.text("error"), "invalid_grant");
  EXPECT_NE(answer.text.find("OAU-140"), std::string::npos);
}

TEST_F(RestTest, RefreshTokenWorksOnceAndEndsTheOldToken) {
  const Answer token = login();
  const std::string form =
      "grant_type=refresh_token&refresh_token=" + token.json.text("refresh_token");
  const std::string secret = basic(server.accounts()[0].client_secret);
  const std::string type = "application/x-www-form-urlencoded";
  EXPECT_EQ(post("/restapi/oauth/token", type, form, secret).status, 200U);
  EXPECT_EQ(post("/restapi/oauth/token", type, form, secret).status, 400U);
  EXPECT_EQ(provision(token.json.text("access_token")).status, 401U);
}

TEST_F(RestTest, ProvisioningAgainKeepsTheNamedDeviceOrMakesANewOne) {
  const std::string token = login().json.text("access_token");
  EXPECT_NE(provision(token).text.find("802398804101\""), std::string::npos);
  EXPECT_EQ(provision(token).text.find("\"authorizationId\":\"802398804101\""), std::string::npos);
  const Answer same = provision(token, ",\"device\":{\"id\":\"802398804101\"}");
  EXPECT_NE(same.text.find("\"authorizationId\":\"802398804101\""), std::string::npos);
}

TEST_F(RestTest, FaultsGiveTheDocumentedErrors) {
  const std::string token = login().json.text("access_token");
  server.set_fault("cmn401", 1);
  EXPECT_NE(provision(token).text.find("CMN-401"), std::string::npos);
  server.set_fault("cmn401", 0);
  server.set_fault("provision_503", 1);
  const Answer busy = provision(token);
  EXPECT_EQ(busy.status, 503U);
  EXPECT_EQ(busy.header("Retry-After"), "1");
  server.set_fault("oauth_429_times", 1);
  EXPECT_EQ(login().status, 429U);
  server.set_fault("oauth_malformed_times", 1);
  EXPECT_FALSE(Json::parse(login().text));
  server.set_fault("token_expired", 1);
  EXPECT_NE(provision(token).text.find("OAU-128"), std::string::npos);
  EXPECT_NE(provision(token).text.find("OAU-213"), std::string::npos);
  EXPECT_FALSE(server.set_fault("no_such_fault", 1));
}

TEST_F(RestTest, ProvisionNamesTheProxiesThatWereSet) {
  const std::string token = login().json.text("access_token");
  server.control("POST", "/proxies", "{\"outbound\":\"127.0.0.1:7\",\"backup\":\"127.0.0.1:9\"}");
  const std::string named = provision(token).text;
  EXPECT_NE(named.find("\"outboundProxy\":\"127.0.0.1:7\""), std::string::npos);
  EXPECT_NE(named.find("\"outboundProxyBackup\":\"127.0.0.1:9\""), std::string::npos);
}

}  // namespace
}  // namespace standin
