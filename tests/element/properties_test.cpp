// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What elements say to strings that nobody should set.
#include <algorithm>
#include <string_view>

#include "bench.h"
#include "fakes/nasty_strings.h"

namespace rc::element {
namespace {

// Where a string that is taken may end up: as it is in a header or a URL, there but encoded
// (base64, form), or in names and paths of this machine only.
enum class Goes { kOut, kEncoded, kNowhere };

struct Property {
  const char* name;         // for the test's name
  const char* description;  // of the pipeline; the element is called e
  const char* property;
  GstState state;  // in which it must have been judged
  Goes goes;
};

constexpr Property kProperties[] = {
    {"Server", "rcsignal name=e", "server", GST_STATE_READY, Goes::kOut},
    {"ClientId", "rcsignal name=e", "client-id", GST_STATE_READY, Goes::kEncoded},
    {"ClientSecret", "rcsignal name=e", "client-secret", GST_STATE_READY, Goes::kEncoded},
    {"Jwt", "rcsignal name=e", "jwt", GST_STATE_READY, Goes::kEncoded},
    {"UserAgent", "rcsignal name=e", "user-agent", GST_STATE_READY, Goes::kOut},
    {"LocalAddress", "rcsignal name=e", "local-address", GST_STATE_READY, Goes::kOut},
    {"StunServer", "rcsignal name=e", "stun-server", GST_STATE_READY, Goes::kOut},
    {"CallerId", "rcsignal name=e", "caller-id", GST_STATE_READY, Goes::kOut},
    {"CaFile", "rcsignal name=e", "ca-file", GST_STATE_READY, Goes::kNowhere},
    {"StateFolder", "rcsignal name=e", "state-folder", GST_STATE_READY, Goes::kNowhere},
    {"CallBin", "rcsignal name=e", "call-bin", GST_STATE_PAUSED, Goes::kNowhere},
    {"WebRtc", "rcsignal name=e", "webrtc", GST_STATE_PAUSED, Goes::kNowhere},
    {"SourceLine", "rcsrc name=e ! fakesink", "line", GST_STATE_PAUSED, Goes::kNowhere},
    // What may be dialled then finds no line: the one error is another.
    {"Dial", "rcsrc name=e line=nobody ! fakesink", "dial", GST_STATE_PAUSED, Goes::kOut},
    {"SourceCall", "rcsrc name=e ! fakesink", "call", GST_STATE_PAUSED, Goes::kNowhere},
    {"SinkLine", "rcsink name=e", "line", GST_STATE_PAUSED, Goes::kNowhere},
    {"Source", "rcsink name=e", "source", GST_STATE_PAUSED, Goes::kNowhere},
    {"Call", "rcsink name=e", "call", GST_STATE_READY, Goes::kNowhere}};

bool is_harmless(const std::string& text, Goes goes) {
  const std::string_view also_bad = goes == Goes::kOut ? "\"'\\<>;," : "";
  return goes == Goes::kNowhere ||
         (text.size() <= 9000 && std::none_of(text.begin(), text.end(), [&](unsigned char c) {
            return c < 0x20 || c >= 0x7F || also_bad.find(static_cast<char>(c)) != also_bad.npos;
          }));
}

class NastyProperty : public Bench, public testing::WithParamInterface<Property> {
 protected:
  // What a string did: one clear error, or nothing at all.
  void judge(Pipeline& pipeline, const std::string& text) {
    const Property& property = GetParam();
    g_object_set(pipeline.element("e"), property.property, text.c_str(), nullptr);
    const bool failed = pipeline.set(property.state) == GST_STATE_CHANGE_FAILURE;
    const auto errors = pipeline.errors();
    ASSERT_EQ(errors.size(), failed ? 1U : 0U) << text;
    if (failed) {
      ++refused_;
      EXPECT_TRUE(is_clean(errors[0])) << errors[0];
    } else {
      EXPECT_TRUE(is_harmless(text, property.goes)) << text;
    }
    pipeline.set(GST_STATE_NULL);
  }

  size_t refused_ = 0;
};

TEST_P(NastyProperty, IsTakenOrRefusedWithOneClearError) {
  Pipeline pipeline(GetParam().description);
  for (const std::string& text : fakes::nasty_strings(1000)) judge(pipeline, text.c_str());
  if (GetParam().goes == Goes::kOut) {
    EXPECT_GT(refused_, 900U);
  }
}

INSTANTIATE_TEST_SUITE_P(All, NastyProperty, testing::ValuesIn(kProperties),
                         [](const auto& test) { return std::string(test.param.name); });

constexpr const char* kElements[] = {"rcsignal", "rcsrc", "rcsink"};

std::vector<GParamSpec*> properties_of(GstElement* element) {
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  std::vector<GParamSpec*> out(specs, specs + count);
  g_free(specs);
  return out;
}

// The table above is complete: a new string property needs its row.
TEST_F(Bench, EveryStringPropertyOfOursIsJudged) {
  for (const char* factory : kElements) {
    GstElement* element = gst_element_factory_make(factory, nullptr);
    ASSERT_NE(element, nullptr) << factory;
    for (const GParamSpec* spec : properties_of(element)) {
      const bool ours = spec->owner_type == G_OBJECT_TYPE(element);
      if (!ours || spec->value_type != G_TYPE_STRING || !(spec->flags & G_PARAM_WRITABLE)) continue;
      EXPECT_TRUE(std::any_of(std::begin(kProperties), std::end(kProperties),
                              [&](const auto& row) {
                                return std::string_view(row.description).starts_with(factory) &&
                                       std::string_view(row.property) == spec->name;
                              }))
          << factory << ' ' << spec->name;
    }
    gst_object_unref(element);
  }
}

TEST_F(Bench, SecretsCannotBeReadBack) {
  Pipeline pipeline("rcsignal name=e jwt=S3CR3T-1 client-secret=S3CR3T-2");
  for (const GParamSpec* spec : properties_of(pipeline.element("e"))) {
    const std::string name = spec->name;
    const bool secret = name == "jwt" || name == "client-secret";
    EXPECT_EQ(secret, !(spec->flags & G_PARAM_READABLE)) << name;
    if (secret) continue;
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(pipeline.element("e")), spec->name, &value);
    char* text = g_strdup_value_contents(&value);
    EXPECT_EQ(std::string(text).find("S3CR3T"), std::string::npos) << name;
    g_free(text);
    g_value_unset(&value);
  }
}

TEST_F(Bench, WhatIsMissingIsNamed) {
  g_unsetenv("RINGCENTRAL_JWT_TOKEN");
  for (const char* description : {"rcsignal", "rcsrc ! fakesink", "rcsink"}) {
    Pipeline pipeline(description);
    EXPECT_EQ(pipeline.set(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE) << description;
    const auto errors = pipeline.errors();
    ASSERT_EQ(errors.size(), 1U) << description;
    EXPECT_NE(errors[0].find("RINGCENTRAL_JWT_TOKEN"), std::string::npos) << errors[0];
  }
}

// All pipelines with the account share its line, as its first user wanted it.
TEST_F(Bench, OtherSettingsForALineInUseAreNamedButNotTold) {
  Pipeline first("rcsignal max-calls=7");
  first.set(GST_STATE_READY);
  Pipeline same("rcsignal max-calls=7 call-bin=x");
  same.set(GST_STATE_READY);
  EXPECT_EQ(same.wait(GST_MESSAGE_WARNING, std::chrono::milliseconds(0)), nullptr);
  Pipeline second("rcsignal answer=ring client-secret=S3CR3T-other");
  second.set(GST_STATE_READY);
  const std::string warning = second.warning();
  EXPECT_NE(warning.find("they stay: client-secret, answer, max-calls"), std::string::npos)
      << warning;
  EXPECT_EQ(warning.find("S3CR3T"), std::string::npos);
}

TEST_F(Bench, InsecureIsWarnedAbout) {
  Pipeline pipeline("rcsignal insecure=true");
  pipeline.set(GST_STATE_READY);
  EXPECT_NE(pipeline.warning().find("use ca-file instead"), std::string::npos);
}

}  // namespace
}  // namespace rc::element
