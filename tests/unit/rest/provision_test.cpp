// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/provision.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "fakes/fake_clock.h"
#include "fakes/fake_http.h"

namespace rc::rest {
namespace {

using namespace std::chrono_literals;

// The fields that we read of RingCentral's published sample, as JSON text to change at will.
struct Answer {
  std::map<std::string, std::string> info = {
      {"transport", R"("WSS")"},
      {"username", R"("12025550115*115")"},
      {"password", R"("S3CR3T")"},
      {"authorizationId", R"("802398804016")"},
      {"domain", R"("sip.ringcentral.com")"},
      {"outboundProxy", R"("sip112-191.ringcentral.com:8083")"},
      {"outboundProxyBackup", R"("sip132-171.ringcentral.com:8083")"},
      {"switchBackInterval", "600"},
      {"stunServers", R"(["stun1.ringcentral.com:19302"])"}};
  std::string flags = R"({"voipFeatureEnabled":true,"voipCountryBlocked":false})";
  std::string rest = R"("sipErrorCodes":["408"],"device":{"id":"802398804016","phoneLines":)"
                     R"([{"phoneInfo":{"phoneNumber":"+12025550141"}}]})";

  std::string text() const {
    std::string fields;
    for (const auto& [name, value] : info) {
      fields += (fields.empty() ? "\"" : ",\"") + name + "\":" + value;
    }
    return "{\"sipInfo\":[{" + fields + "}],\"sipFlags\":" + flags + "," + rest + "}";
  }
  Result<SipAccount> parse() const {
    const auto json = Json::parse(text());
    EXPECT_TRUE(json.ok()) << text();
    return parse_sip_account(json.value());
  }
};

TEST(SipAccount, IsReadFromTheSample) {
  const auto account = Answer().parse();
  ASSERT_TRUE(account.ok()) << account.error().message;
  EXPECT_EQ(account.value().username, "12025550115*115");
  EXPECT_EQ(account.value().password, "S3CR3T");
  EXPECT_EQ(account.value().authorization_id, "802398804016");
  EXPECT_EQ(account.value().domain, "sip.ringcentral.com");
  EXPECT_EQ(account.value().outbound_proxy, "sip112-191.ringcentral.com:8083");
  EXPECT_EQ(account.value().outbound_proxy_backup, "sip132-171.ringcentral.com:8083");
  EXPECT_EQ(account.value().stun_servers, std::vector<std::string>{"stun1.ringcentral.com:19302"});
  EXPECT_EQ(account.value().device_id, "802398804016");
  EXPECT_EQ(account.value().own_number, "+12025550141");
  EXPECT_EQ(account.value().switch_back_interval, 600s);
  EXPECT_EQ(account.value().sip_error_codes, std::vector<int>{408});
}

TEST(SipAccount, ReadsFlagsThatAreText) {
  Answer answer;
  answer.flags = R"({"outboundCallsEnabled":"False"})";
  const auto account = answer.parse();
  ASSERT_TRUE(account.ok());
  EXPECT_FALSE(account.value().outbound_calls_enabled);
}

TEST(SipAccount, IsRefusedWhenCallsAreNotAllowed) {
  for (const char* flags : {R"({"voipFeatureEnabled":false})", R"({"voipFeatureEnabled":"False"})",
                            R"({"voipCountryBlocked":"True"})"}) {
    Answer answer;
    answer.flags = flags;
    const auto account = answer.parse();
    ASSERT_FALSE(account.ok()) << flags;
    EXPECT_EQ(account.error().code, Errc::kAuth);
  }
}

TEST(SipAccount, NeedsOneForSecureWebSocket) {
  Answer tls;
  tls.info["transport"] = R"("TLS")";
  for (const std::string& text :
       {tls.text(), std::string(R"({"sipInfo":[]})"), std::string("{}")}) {
    const auto account = parse_sip_account(Json::parse(text).value());
    ASSERT_FALSE(account.ok()) << text;
    EXPECT_EQ(account.error().code, Errc::kAuth);
    EXPECT_NE(account.error().message.find("digital line"), std::string::npos);
  }
}

TEST(SipAccount, NeedsAPassword) {
  Answer answer;
  answer.info.erase("password");
  const auto account = answer.parse();
  ASSERT_FALSE(account.ok());
  EXPECT_EQ(account.error().code, Errc::kAuth);
}

TEST(SipAccount, RefusesHostileFieldsWithOneClearError) {
  const std::string long_text = "\"" + std::string(5000, 'a') + "\"";
  const std::pair<const char*, std::string> kHostile[] = {
      {"username", R"("a\r\nVia: x")"}, {"username", R"("a@evil.org")"},
      {"username", long_text},          {"username", "{}"},
      {"authorizationId", R"("a\"b")"}, {"authorizationId", "null"},
      {"password", R"("a\nb")"},        {"password", R"("")"},
      {"domain", R"("a b")"},           {"domain", long_text},
      {"outboundProxy", R"("h:0")"},    {"outboundProxy", R"("h:99999")"},
      {"outboundProxy", R"("h/path")"}, {"outboundProxy", R"("user@h:1")"},
      {"outboundProxy", R"("")"},       {"outboundProxy", R"([])"}};
  for (const auto& [name, value] : kHostile) {
    Answer answer;
    answer.info[name] = value;
    const auto account = answer.parse();
    ASSERT_FALSE(account.ok()) << name << " " << value;
    EXPECT_EQ(account.error().code, Errc::kProtocol);
    EXPECT_NE(account.error().message.find(name), std::string::npos);
  }
}

TEST(SipAccount, BoundsWhatIsOptional) {
  Answer answer;
  answer.info["stunServers"] =
      R"(["a:1","b c","d:2","e:0",7,"f:1","g:1","h:1","i:1","j:1","k:1","l:1"])";
  answer.info["switchBackInterval"] = "0";
  answer.info["outboundProxyBackup"] = R"("bad host")";
  answer.rest = R"("sipErrorCodes":["abc",503,9999])";
  const auto account = answer.parse();
  ASSERT_TRUE(account.ok());
  EXPECT_EQ(account.value().stun_servers.size(), 8U);
  EXPECT_EQ(account.value().stun_servers[1], "d:2");
  EXPECT_EQ(account.value().switch_back_interval, 10s);
  EXPECT_EQ(account.value().outbound_proxy_backup, "");
  EXPECT_EQ(account.value().sip_error_codes, std::vector<int>{503});
}

TEST(SipAccount, TakesAddressesOfVersionSix) {
  Answer answer;
  answer.info["outboundProxy"] = R"("[::1]:8083")";
  EXPECT_TRUE(answer.parse().ok());
  answer.info["outboundProxy"] = R"("[::1")";
  EXPECT_FALSE(answer.parse().ok());
}

TEST(Provision, AsksForSecureWebSocketOnTheKnownDevice) {
  fakes::FakeClock clock;
  fakes::FakeHttp http;
  Auth auth(http, clock, {"https://platform.example.com", "client", "", "jwt", ""});
  Api api(http, auth);
  std::optional<Result<SipAccount>> got;
  provision(api, "802", [&](Result<SipAccount> account) { got = std::move(account); });
  http.reply(200, R"({"access_token":"one","expires_in":3600})");
  EXPECT_EQ(http.last().url, "https://platform.example.com/restapi/v1.0/client-info/sip-provision");
  EXPECT_EQ(http.last().body, R"({"sipInfo":[{"transport":"WSS"}],"device":{"id":"802"}})");
  EXPECT_TRUE(http.last().repeatable);
  http.reply(200, Answer().text());
  ASSERT_TRUE(got && got->ok());
}

TEST(Provision, TellsTheNextStepWhenRefused) {
  fakes::FakeClock clock;
  fakes::FakeHttp http;
  Auth auth(http, clock, {"https://platform.example.com", "client", "", "jwt", ""});
  Api api(http, auth);
  std::optional<Result<SipAccount>> got;
  provision(api, "", [&](Result<SipAccount> account) { got = std::move(account); });
  http.reply(200, R"({"access_token":"one","expires_in":3600})");
  http.reply(403, R"({"errorCode":"CMN-401"})");
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kAuth);
  EXPECT_NE(got->error().message.find("VoipCalling"), std::string::npos);
}

}  // namespace
}  // namespace rc::rest
