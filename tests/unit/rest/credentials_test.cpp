// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/credentials.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>

namespace rc::rest {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

const Variables kFamilyA = {{"RINGCENTRAL_SERVER_URL", "https://a.example.com/"},
                            {"RINGCENTRAL_CLIENT_ID", "id-a"},
                            {"RINGCENTRAL_CLIENT_SECRET", "secret-a"},
                            {"RINGCENTRAL_JWT_TOKEN", "jwt-a"},
                            {"RINGCENTRAL_CA_FILE", "/ca.pem"}};

TEST(CredentialsFromEnvironment, ReadsTheSdksNames) {
  const auto result = complete_credentials({}, environment(kFamilyA));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().server, "https://a.example.com");
  EXPECT_EQ(result.value().client_id, "id-a");
  EXPECT_EQ(result.value().client_secret, "secret-a");
  EXPECT_EQ(result.value().jwt, "jwt-a");
  EXPECT_EQ(result.value().ca_file, "/ca.pem");
}

TEST(CredentialsFromEnvironment, FallsBackToTheDeveloperGuidesNames) {
  const auto result =
      complete_credentials({}, environment({{"RC_SERVER_URL", "https://b.example.com"},
                                            {"RC_APP_CLIENT_ID", "id-b"},
                                            {"RC_APP_CLIENT_SECRET", "secret-b"},
                                            {"RC_USER_JWT", "jwt-b"}}));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().server, "https://b.example.com");
  EXPECT_EQ(result.value().jwt, "jwt-b");
}

TEST(CredentialsFromEnvironment, PrefersWhatIsGivenAndTheSdksNames) {
  Variables both = kFamilyA;
  both["RC_USER_JWT"] = "jwt-b";
  Credentials given;
  given.client_id = "given";
  const auto result = complete_credentials(given, environment(both));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().client_id, "given");
  EXPECT_EQ(result.value().jwt, "jwt-a");
}

TEST(CredentialsFromEnvironment, ReadsSecretsFromFiles) {
  char path[] = "/tmp/rc-credentials-XXXXXX";
  ::close(::mkstemp(path));
  std::ofstream(path) << "jwt-from-file\n";
  const auto result = complete_credentials(
      {}, environment({{"RC_APP_CLIENT_ID", "id"}, {"RC_USER_JWT_FILE", path}}));
  std::remove(path);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value().jwt, "jwt-from-file");
  EXPECT_EQ(result.value().server, kProductionServer);
}

TEST(CredentialsFromEnvironment, NamesTheFileThatCannotBeRead) {
  const auto result =
      complete_credentials({}, environment({{"RINGCENTRAL_JWT_TOKEN_FILE", "/does/not/exist"}}));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Errc::kConfig);
  EXPECT_NE(result.error().message.find("RINGCENTRAL_JWT_TOKEN_FILE"), std::string::npos);
}

TEST(CredentialsFromEnvironment, NamesWhatIsMissing) {
  const auto nothing = complete_credentials({}, environment({}));
  ASSERT_FALSE(nothing.ok());
  EXPECT_NE(nothing.error().message.find("RINGCENTRAL_CLIENT_ID"), std::string::npos);
  const auto no_jwt = complete_credentials({}, environment({{"RC_APP_CLIENT_ID", "id"}}));
  ASSERT_FALSE(no_jwt.ok());
  EXPECT_NE(no_jwt.error().message.find("RINGCENTRAL_JWT_TOKEN"), std::string::npos);
}

TEST(CredentialsFromEnvironment, RefusesInjectionAndExcess) {
  for (const auto& [name, value] :
       Variables{{"RINGCENTRAL_CLIENT_ID", "a:b"},
                 {"RINGCENTRAL_CLIENT_SECRET", "a\r\nX: y"},
                 {"RINGCENTRAL_JWT_TOKEN", std::string(8193, 'x')},
                 {"RINGCENTRAL_SERVER_URL", "http://platform.ringcentral.com"}}) {
    Variables bad = kFamilyA;
    bad[name] = value;
    const auto result = complete_credentials({}, environment(bad));
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.error().code, Errc::kConfig);
    EXPECT_EQ(result.error().message.find(value), std::string::npos) << "shows the value";
  }
}

TEST(LineKey, DiffersByEveryPartAndTellsNone) {
  const Credentials one{"https://s", "id", "secret", "S3CR3T-jwt", ""};
  Credentials other = one;
  other.jwt = "another";
  EXPECT_EQ(line_key(one, "").size(), 64U);
  EXPECT_EQ(line_key(one, ""), line_key(one, ""));
  EXPECT_NE(line_key(one, ""), line_key(other, ""));
  EXPECT_NE(line_key(one, ""), line_key(one, "second"));
}

}  // namespace
}  // namespace rc::rest
