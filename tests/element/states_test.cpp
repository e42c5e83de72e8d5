// SPDX-License-Identifier: LGPL-2.1-or-later
//
// States in any order without a server, and actions without a line.
#include <random>

#include "bench.h"
#include "fakes/nasty_strings.h"
#include "phone/phone.h"

namespace rc::element {
namespace {

constexpr const char* kPipelines[] = {
    "rcsignal", "rcsrc ! fakesink", "audiotestsrc is-live=true ! rcsink",
    "rcsignal rcsrc name=a ! fakesink audiotestsrc is-live=true ! rcsink source=a"};

class States : public Bench, public testing::WithParamInterface<const char*> {};

TEST_P(States, ComeInAnyOrderAndAtOnce) {
  Pipeline pipeline(GetParam());
  std::minstd_rand random(20261127);
  for (int i = 0; i < 40; ++i)
    EXPECT_NE(pipeline.set(static_cast<GstState>(GST_STATE_NULL + random() % 4)),
              GST_STATE_CHANGE_FAILURE);
  EXPECT_TRUE(pipeline.errors().empty()) << "a network that is away is a warning";
}

// Of rcsink alone nothing is reported.
TEST_F(Bench, AServerThatIsAwayIsAWarning) {
  for (const char* description : {kPipelines[0], kPipelines[1], kPipelines[3]}) {
    Pipeline pipeline(description);
    pipeline.set(GST_STATE_PLAYING);
    EXPECT_NE(pipeline.warning().find("check the network"), std::string::npos) << description;
  }
}

INSTANTIATE_TEST_SUITE_P(All, States, testing::ValuesIn(kPipelines));

TEST_F(Bench, InsecureLinesAreNotShared) {
  phone::Settings settings;
  settings.credentials = {"https://127.0.0.1:1", "client", "S3CR3T", "S3CR3T", ""};
  const auto strict = phone::Phone::find_or_make(settings);
  EXPECT_EQ(phone::Phone::find_or_make(settings), strict);
  settings.insecure = true;
  EXPECT_NE(phone::Phone::find_or_make(settings), strict);
}

class Actions : public Bench {
 protected:
  // What the promise of an action says, which it must say soon.
  static std::string dial(GstElement* signal, const char* number) {
    GstPromise* promise = gst_promise_new();
    char* id = nullptr;
    g_signal_emit_by_name(signal, "dial", number, promise, &id);
    g_free(id);
    return outcome(promise);
  }
  static std::string act(GstElement* signal, const char* action, const char* call) {
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(signal, action, call, promise);
    return outcome(promise);
  }

 private:
  static std::string outcome(GstPromise* promise) {
    EXPECT_EQ(gst_promise_wait(promise), GST_PROMISE_RESULT_REPLIED);
    const GstStructure* reply = gst_promise_get_reply(promise);
    GError* error = nullptr;
    if (reply != nullptr) gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr);
    const std::string text = error != nullptr ? error->message : "";
    g_clear_error(&error);
    gst_promise_unref(promise);
    return text;
  }
};

TEST_F(Actions, BeforeThereIsALineAreRefused) {
  Pipeline pipeline("rcsignal name=e");
  EXPECT_NE(dial(pipeline.element("e"), "102").find("not in READY"), std::string::npos);
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_NE(dial(pipeline.element("e"), "102").find("not registered yet"), std::string::npos);
  for (const char* action : {"answer", "decline", "hangup"}) {
    EXPECT_NE(act(pipeline.element("e"), action, "c-none").find("no call"), std::string::npos);
    EXPECT_NE(act(pipeline.element("e"), action, nullptr).find("no call"), std::string::npos);
  }
}

TEST_F(Actions, NastyNumbersAndCallsAreRefusedInCleanWords) {
  Pipeline pipeline("rcsignal name=e");
  pipeline.set(GST_STATE_PLAYING);
  for (const std::string& text : fakes::nasty_strings(1000)) {
    EXPECT_TRUE(is_clean(dial(pipeline.element("e"), text.c_str())));
    EXPECT_TRUE(is_clean(act(pipeline.element("e"), "answer", text.c_str())));
  }
}

TEST_F(Actions, EmergencyNumbersNeedAllowEmergency) {
  for (const bool allowed : {false, true}) {
    Pipeline pipeline(std::string("rcsignal name=e allow-emergency=") +
                      (allowed ? "true" : "false"));
    pipeline.set(GST_STATE_PLAYING);
    for (const char* number : {"911", "9-1-1", "+1911", "112", "933", "999", "000"}) {
      const std::string text = dial(pipeline.element("e"), number);
      EXPECT_EQ(text.find("emergency number") != std::string::npos, !allowed) << number << text;
    }
  }
}

}  // namespace
}  // namespace rc::element
