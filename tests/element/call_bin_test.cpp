// SPDX-License-Identifier: LGPL-2.1-or-later
//
// call-bin while there is no server: what is wrong with it is told before anybody calls, and what a
// caller chooses of it is harmless.
#include "bench.h"
#include "call_placeholders.h"
#include "core/ref.h"
#include "fakes/nasty_strings.h"

namespace rc::element {
namespace {

class CallBinProperty : public Bench {
 protected:
  // The errors of an rcsignal that was asked to start with this call-bin.
  std::vector<std::string> errors_of(const std::string& description) {
    Pipeline pipeline("rcsignal name=e");
    g_object_set(pipeline.element("e"), "call-bin", description.c_str(), nullptr);
    const bool failed = pipeline.set(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE;
    const auto errors = pipeline.errors();
    EXPECT_EQ(failed, !errors.empty()) << description;
    return errors;
  }
};

TEST_F(CallBinProperty, ThatCannotWorkIsOneClearError) {
  const std::pair<const char*, const char*> faults[] = {
      {"rcsrc ! nosuchelement", "nosuchelement"},
      {"rcsrc ! ", "call-bin: "},
      {"audiotestsrc ! fakesink", "needs one rcsrc"},
      {"rcsrc ! fakesink rcsrc ! fakesink", "needs one rcsrc"},
      {"rcsignal rcsrc ! fakesink", "another line"},
      {"rcsrc ! filesink location=%{name}", "there is no %{name}"},
      {"rcsrc ! filesink location=%{id", "has no }"},
  };
  for (const auto& [description, text] : faults) {
    const auto errors = errors_of(description);
    ASSERT_EQ(errors.size(), 1U) << description;
    EXPECT_NE(errors[0].find(text), std::string::npos) << errors[0];
  }
}

TEST_F(CallBinProperty, ThatWorksIsTaken) {
  EXPECT_TRUE(errors_of("rcsrc ! fakesink audiotestsrc ! rcsink").empty());
}

TEST_F(CallBinProperty, WhoseCallsShareAFileIsWarnedAbout) {
  for (const bool shared : {true, false}) {
    Pipeline pipeline("rcsignal name=e");
    const std::string name = shared ? "%{from}" : "%{id}";
    g_object_set(pipeline.element("e"), "call-bin",
                 ("rcsrc ! filesink location=/tmp/" + name).c_str(), nullptr);
    pipeline.set(GST_STATE_PAUSED);
    // Else the first is of the server, which is not there.
    EXPECT_EQ(pipeline.warning().find("overwrite each other") != std::string::npos, shared);
  }
}

TEST_F(CallBinProperty, EndsThePipelineWithTheEosOfTheApplication) {
  Pipeline pipeline("rcsignal name=e");
  g_object_set(pipeline.element("e"), "call-bin", "rcsrc ! fakesink", nullptr);
  pipeline.set(GST_STATE_PLAYING);
  gst_element_send_event(pipeline.get(), gst_event_new_eos());
  EXPECT_TRUE(pipeline.ends());
}

call::CallInfo some_call() {
  call::CallInfo call;
  call.id = "c-7k2m9q4x1b5d";
  call.from_number = "+12025550166";
  call.to_number = "101";
  call.started_at = std::chrono::system_clock::from_time_t(1795829400);
  return call;
}

TEST(CallPlaceholders, BecomeWhatTheyStandFor) {
  const auto text =
      describe_call("rcsrc ! a=%{id} b=%{from} c=%{to} d=%{time} e=%05d", some_call());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text.value(), "rcsrc ! a=c-7k2m9q4x1b5d b=+12025550166 c=101 d=20261128-013000 e=%05d");
}

TEST(CallPlaceholders, AreNeverMoreThanPartOfAName) {
  auto call = some_call();
  for (const std::string& text : fakes::nasty_strings(1000)) {
    call.from_number = text;
    const auto name = describe_call("%{from}", call);
    ASSERT_TRUE(name.ok());
    EXPECT_FALSE(name.value().empty());
    EXPECT_LE(name.value().size(), 64U);
    EXPECT_EQ(name.value().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789+_-"),
              std::string::npos);
  }
  call.from_number = "../x y!z";
  EXPECT_EQ(describe_call("%{from}", call).value(), "___x_y_z");
}

}  // namespace
}  // namespace rc::element
