// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Both clients of ours against a zoo of servers: whatever is wrong with a certificate or with TLS,
// they say so in words, and only the good ones get a request.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <ostream>

#include "../rest/soup_server.h"
#include "issued.h"
#include "rest/soup_http.h"
#include "sip/ws_transport.h"
#include "tls_server.h"

namespace rc::tls {
namespace {

using Issuer = Claims::Issuer;
using std::chrono::hours;

struct Trust {
  std::string ca_file;
  bool insecure = false;
};

// What became of one connection: nullopt when TLS stood and the server answered.
using Verdict = std::optional<Error>;

struct Client {
  const char* name;
  Verdict (*connect)(rest::Loop& loop, const std::string& address, const Trust& trust);
};

Verdict connect_https(rest::Loop& loop, const std::string& address, const Trust& trust) {
  MainClock clock(loop.context());
  auto http = rest::SoupHttp::make(clock, {.ca_file = trust.ca_file, .insecure = trust.insecure});
  if (!http.ok()) return http.error();
  const auto answer = rest::ask(loop, *http.value(), rest::get("https://" + address + "/"));
  return answer.ok() ? Verdict() : answer.error();
}

// The server takes no WebSocket, which can only be told once TLS stands.
class Outcome : public sip::Transport::Listener {
 public:
  void on_open() override {}
  void on_message(std::string_view) override {}
  void on_closed(const Error& reason) override { reason_ = reason; }
  std::optional<Error> reason_;
};

Verdict connect_wss(rest::Loop& loop, const std::string& address, const Trust& trust) {
  MainClock clock(loop.context());
  Outcome outcome;
  sip::WsTransport transport(
      clock, {.proxy = address, .ca_file = trust.ca_file, .insecure = trust.insecure});
  transport.open(&outcome);
  loop.run_until([&] { return outcome.reason_.has_value(); });
  if (outcome.reason_ && outcome.reason_->code == Errc::kRejected) return std::nullopt;
  return outcome.reason_;
}

constexpr Client kClients[] = {{"Https", connect_https}, {"Wss", connect_wss}};

struct Animal {
  const char* name;
  std::string host;
  Claims claims;
  std::string refusal;                        // words of the error; empty: a good one
  std::vector<std::string> server_options{};  // of openssl s_server
};

void PrintTo(const Animal& animal, std::ostream* out) { *out << animal.name; }

const std::string kName = "localhost";
const std::string kAddress = "127.0.0.1";
const Claims kGood{.dns = {kName}};
const std::string kOtherHost = "for another host: check the server's address";
const std::string kNoAuthority = "no known authority signed its certificate: name the one";
const std::string kOld = "must speak TLS 1.2";

const Animal kZoo[] = {
    {"GoodName", kName, kGood, ""},
    {"GoodAddress", kAddress, {.addresses = {kAddress}}, ""},
    {"OneOfSeveral", kName, {.dns = {"a.example", kName}, .addresses = {"192.0.2.1"}}, ""},
    {"Expired",
     kName,
     {.dns = {kName}, .valid_from = hours(-48), .valid_until = hours(-1)},
     "has expired: renew it"},
    {"NotYetValid",
     kName,
     {.dns = {kName}, .valid_from = hours(1), .valid_until = hours(48)},
     "not valid yet: set this machine's clock"},
    {"SelfSigned", kName, {.dns = {kName}, .issuer = Issuer::kItself}, kNoAuthority},
    {"UnknownAuthority", kName, {.dns = {kName}, .issuer = Issuer::kStranger}, kNoAuthority},
    {"IssuedByNoAuthority", kName, {.dns = {kName}, .issuer = Issuer::kNoAuthority}, "certificate"},
    {"ExpiredAndOfAStranger",
     kName,
     {.dns = {kName},
      .valid_from = hours(-48),
      .valid_until = hours(-1),
      .issuer = Issuer::kStranger},
     "has expired: renew it"},
    {"OtherName", kName, {.dns = {"other.example"}}, kOtherHost},
    {"NameAsPrefix", kName, {.dns = {"localhost.example"}}, kOtherHost},
    {"OtherAddress", kAddress, {.addresses = {"127.0.0.2"}}, kOtherHost},
    {"NameForAddress", kAddress, kGood, kOtherHost},
    {"AddressForName", kName, {.addresses = {kAddress}}, kOtherHost},
    {"CommonNameOnly", kName, {.common_name = kName}, kOtherHost},
    {"AddressAsCommonName", kAddress, {.common_name = kAddress}, kOtherHost},
    {"AddressAmongNames", kAddress, {.dns = {kAddress}, .addresses = {"127.0.0.2"}}, kOtherHost},
    {"AddressAsName", kAddress, {.dns = {kAddress}}, kOtherHost},
    {"WildcardForAll", kName, {.dns = {"*"}}, kOtherHost},
    {"BrokenSignature",
     kName,
     {.dns = {kName}, .sha1 = true},
     "algorithm that is broken",
     {"-cipher", "ALL:@SECLEVEL=0"}},
    {"Tls11", kName, kGood, kOld, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}},
    {"Tls10", kName, kGood, kOld, {"-tls1", "-cipher", "ALL:@SECLEVEL=0"}},
    {"Tls12", kName, kGood, "", {"-tls1_2"}},
    {"Tls13", kName, kGood, "", {"-tls1_3"}},
};

class TlsZoo : public testing::TestWithParam<std::tuple<Client, Animal>> {
 protected:
  static void SetUpTestSuite() { authority_ = new Authority(); }
  static void TearDownTestSuite() { delete authority_; }

  static Trust trusting() { return {.ca_file = authority_->ca_file()}; }
  static Trust insecure() { return {.ca_file = authority_->ca_file(), .insecure = true}; }
  static const Client& client() { return std::get<0>(GetParam()); }
  static const Animal& animal() { return std::get<1>(GetParam()); }

  Verdict connect(const Trust& trust) {
    const std::string port = server_.address().substr(server_.address().rfind(':'));
    return client().connect(loop_, animal().host + port, trust);
  }
  // One error in words: what is not safe, why, and the next step.
  void expect_verdict(const Verdict& verdict) {
    if (animal().refusal.empty()) {
      EXPECT_FALSE(verdict) << verdict->message;
      return;
    }
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->code, Errc::kConfig) << verdict->message;
    EXPECT_EQ(verdict->message.find("The connection to " + animal().host + " is not safe: "), 0U)
        << verdict->message;
    EXPECT_NE(verdict->message.find(animal().refusal), std::string::npos) << verdict->message;
  }

  static Authority* authority_;
  rest::Loop loop_;
  TlsServer server_{authority_->issue(animal().claims), animal().server_options};
};

Authority* TlsZoo::authority_ = nullptr;

TEST_P(TlsZoo, OnlyTheGoodOnesAreTaken) { expect_verdict(connect(trusting())); }

// GLib resumes the session of the insecure connections without a verdict (measured, 2.74).
TEST_P(TlsZoo, AnInsecureConnectionChangesNothingForOthers) {
  for (int i = 0; i < 2; ++i) {
    const Verdict taken = connect(insecure());
    EXPECT_FALSE(taken) << taken->message;
  }
  for (int i = 0; i < 2; ++i) expect_verdict(connect(trusting()));
}

// Also not that of a connection which had reasons to trust.
TEST_P(TlsZoo, OneThatTrustsNobodyTakesNone) {
  expect_verdict(connect(trusting()));
  for (const std::string& ca_file : {std::string(), authority_->stranger_file()}) {
    const Verdict verdict = connect({.ca_file = ca_file});
    if (animal().claims.issuer == Issuer::kStranger && !ca_file.empty()) continue;
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->code, Errc::kConfig) << verdict->message;
  }
}

INSTANTIATE_TEST_SUITE_P(BothClients, TlsZoo,
                         testing::Combine(testing::ValuesIn(kClients), testing::ValuesIn(kZoo)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) +
                                  std::get<1>(test.param).name;
                         });

// To a server which GLib alone would take: its name stands in the Common Name only.
class TlsRequests : public testing::TestWithParam<Client> {
 protected:
  // How many requests it has got once a client that checks nothing has sent one, too.
  int requests_after(const Claims& claims) {
    const std::string pem = authority_.issue(claims);
    const auto certificate =
        Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_file(pem.c_str(), nullptr));
    rest::Server server([](auto* message) { rest::reply(message, 404, ""); }, certificate.get());
    std::string address = server.url(kName).substr(std::string("https://").size());
    address.pop_back();  // the slash
    verdict_ = GetParam().connect(loop_, address, {.ca_file = authority_.ca_file()});
    EXPECT_FALSE(GetParam().connect(loop_, address, {{}, true}));
    return server.requests();
  }

  Authority authority_;
  rest::Loop loop_;
  Verdict verdict_;
};

TEST_P(TlsRequests, DoNotGoOutBeforeTheVerdict) {
  EXPECT_EQ(requests_after(kGood), 2);
  EXPECT_FALSE(verdict_);
  EXPECT_EQ(requests_after({.common_name = kName}), 1);
  EXPECT_TRUE(verdict_);
}

INSTANTIATE_TEST_SUITE_P(BothClients, TlsRequests, testing::ValuesIn(kClients),
                         [](const auto& test) { return std::string(test.param.name); });

class TlsCaFile : public testing::TestWithParam<Client> {};

TEST_P(TlsCaFile, ThatHoldsNoAuthorityIsOneClearError) {
  Authority authority;
  rest::Loop loop;
  const TlsServer server(authority.issue({.addresses = {kAddress}}));
  const std::string empty = authority.ca_file() + ".empty";
  std::ofstream(empty).close();
  for (const std::string& ca_file : {std::string("/does/not/exist.pem"), empty}) {
    const Verdict verdict = GetParam().connect(loop, server.address(), {.ca_file = ca_file});
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->code, Errc::kConfig);
    EXPECT_NE(verdict->message.find("CA file"), std::string::npos) << verdict->message;
  }
}

INSTANTIATE_TEST_SUITE_P(BothClients, TlsCaFile, testing::ValuesIn(kClients),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace rc::tls
