// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/seats.h"

#include <gtest/gtest.h>

namespace rc::call {
namespace {

struct Silence : AudioSource {
  size_t read(std::span<int16_t>) override { return 0; }
};

struct Finished : SpeakerListener {
  void on_speaker_call(const CallInfo&) override {}
  void on_speaker_finished() override {}
};

SeatOptions seat(const std::string& id, int calls = -1) {
  SeatOptions options;
  options.id = id;
  options.calls = calls;
  return options;
}

TEST(Seats, GivesCallsToTheOneThatWaitsLongest) {
  Seats seats;
  seats.add(seat("a"));
  seats.add(seat("b"));
  EXPECT_EQ(seats.longest_waiting()->options.id, "a");
  ASSERT_TRUE(seats.take("a", "call-1"));
  EXPECT_EQ(seats.longest_waiting()->options.id, "b");
  seats.release("call-1");
  EXPECT_EQ(seats.longest_waiting()->options.id, "b");
}

TEST(Seats, HoldsOneCallAtATime) {
  Seats seats;
  seats.add(seat("a"));
  ASSERT_TRUE(seats.take("a", "call-1"));
  EXPECT_FALSE(seats.take("a", "call-2"));
  EXPECT_EQ(seats.longest_waiting(), nullptr);
  EXPECT_EQ(seats.remove("a"), "call-1");
}

TEST(Seats, TakesNoMoreCallsThanAskedFor) {
  Seats seats;
  seats.add(seat("a", 2));
  for (const char* call : {"call-1", "call-2"}) {
    ASSERT_TRUE(seats.take("a", call));
    seats.release(call);
  }
  EXPECT_FALSE(seats.take("a", "call-3"));
  EXPECT_EQ(seats.longest_waiting(), nullptr);
}

TEST(Seats, GivesNoCallToASeatWhosePipelineIsPaused) {
  Seats seats;
  seats.add(seat("a"));
  seats.set_open("a", false);
  EXPECT_EQ(seats.longest_waiting(), nullptr);
  seats.set_open("a", true);
  EXPECT_EQ(seats.longest_waiting()->options.id, "a");
}

TEST(Seats, KeepsASeatThatDialsFromIncomingCalls) {
  Seats seats;
  SeatOptions dials = seat("a");
  dials.dial = "102";
  seats.add(dials);
  EXPECT_EQ(seats.longest_waiting(), nullptr);
  EXPECT_EQ(seats.waiting_to_dial(), std::vector<std::string>{"a"});
}

TEST(Seats, LetsASpeakerSpeakIntoItsSeatOnly) {
  Seats seats;
  seats.add(seat("a"));
  seats.add(seat("b"));
  const auto source = std::make_shared<Silence>();
  seats.add_speaker({"s", "b", "", source, {}});
  seats.take("a", "call-1");
  seats.take("b", "call-2");
  EXPECT_EQ(seats.speaker_for("call-1"), nullptr);
  EXPECT_EQ(seats.speaker_for("call-2"), source);
}

TEST(Seats, GivesASpeakerToOneCallAtATime) {
  Seats seats;
  const auto source = std::make_shared<Silence>();
  seats.add_speaker({"s", "", "", source, {}});
  EXPECT_EQ(seats.speaker_for("call-1"), source);
  EXPECT_EQ(seats.speaker_for("call-2"), nullptr);
  seats.release("call-1");
  EXPECT_EQ(seats.speaker_for("call-2"), source);
}

TEST(Seats, TellsTheSpeakerWhenTheSeatIsDone) {
  Seats seats;
  const auto listener = std::make_shared<Finished>();
  seats.add(seat("a", 2));
  seats.add_speaker({"s", "a", "", std::make_shared<Silence>(), listener});
  seats.take("a", "call-1");
  seats.speaker_for("call-1");
  EXPECT_EQ(seats.release("call-1"), nullptr);
  seats.take("a", "call-2");
  seats.speaker_for("call-2");
  EXPECT_EQ(seats.release("call-2"), listener);
}

}  // namespace
}  // namespace rc::call
