// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/json.h"

#include <gtest/gtest.h>

#include "rest/http.h"

namespace rc::rest {
namespace {

Json parsed(std::string_view text) {
  auto json = Json::parse(text);
  EXPECT_TRUE(json.ok()) << text;
  return json.ok() ? json.value() : Json();
}

TEST(Json, ReadsMembersAndItems) {
  const Json json = parsed(R"({"a":[{"b":"x"},{"b":5}],"t":true,"s":"False","n":"17"})");
  ASSERT_EQ(json["a"].items().size(), 2U);
  EXPECT_EQ(json["a"].items()[0]["b"].text(), "x");
  EXPECT_EQ(json["a"].items()[1]["b"].text(), "5");
  EXPECT_EQ(json["t"].boolean(), true);
  EXPECT_EQ(json["s"].boolean(), false);
  EXPECT_EQ(json["n"].number(), 17);
}

TEST(Json, ReadsWrongTypesAsAbsent) {
  const Json json = parsed(R"({"o":{},"n":null,"f":1.5,"neg":-1})");
  EXPECT_FALSE(json["missing"]["deeper"].text());
  EXPECT_FALSE(json["o"].text());
  EXPECT_FALSE(json["n"].text());
  EXPECT_FALSE(json["n"].boolean());
  EXPECT_FALSE(json["f"].number());
  EXPECT_FALSE(json["neg"].number());
  EXPECT_TRUE(json["o"].items().empty());
}

TEST(Json, OutlivesItsParent) {
  const Json child = parsed(R"({"a":{"b":"kept"}})")["a"];
  EXPECT_EQ(child["b"].text(), "kept");
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_TRUE(Json::parse(std::string(64, '[') + std::string(64, ']')).ok());
  EXPECT_FALSE(Json::parse(std::string(65, '[') + std::string(65, ']')).ok());
  EXPECT_FALSE(Json::parse(std::string(100'000, '[')).ok());
}

TEST(Json, RefusesNestingHiddenInComments) {
  EXPECT_FALSE(Json::parse("/* \" */ " + std::string(100'000, '[')).ok());
  EXPECT_FALSE(Json::parse("// \"\n" + std::string(100'000, '[')).ok());
  EXPECT_FALSE(Json::parse("'\"' " + std::string(100'000, '[')).ok());
}

TEST(Json, CountsNoBracketsInsideStrings) {
  const std::string brackets(1000, '[');
  EXPECT_EQ(parsed(R"({"a":"\")" + brackets + R"("})")["a"].text(), "\"" + brackets);
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "{", "]", "{\"a\":}", "<html>", "var a = {}", "\"\\", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(Json::parse(text).ok()) << text;
  }
  EXPECT_FALSE(Json::parse("\"" + std::string(kMaxBodyBytes, 'x') + "\"").ok());
}

TEST(Json, QuotesStrings) {
  EXPECT_EQ(json_quote("a\"b\\c\n"), R"("a\"b\\c\n")");
  EXPECT_TRUE(Json::parse(json_quote("\xff")).ok());
}

}  // namespace
}  // namespace rc::rest
