// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/outcome.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace rc {
namespace {

class OutcomeTest : public testing::Test {
 protected:
  static void fault() { throw std::out_of_range("a fault of ours"); }

  std::vector<std::string> got;
  Outcome<int> outcome{[this](const Result<int>& result) {
    got.push_back(result.ok() ? std::to_string(result.value()) : result.error().message);
  }};
};

TEST_F(OutcomeTest, IsTheFirstOne) {
  const Outcome<int> copy = outcome;
  outcome(1);
  copy(2);
  EXPECT_EQ(got, std::vector<std::string>{"1"});
}

TEST_F(OutcomeTest, IsWhatAStepSays) {
  outcome.step([] {});
  EXPECT_TRUE(got.empty());
  outcome.step([this] { outcome(3); });
  EXPECT_EQ(got, std::vector<std::string>{"3"});
}

TEST_F(OutcomeTest, IsAnErrorWhenAStepThrows) {
  outcome.step(fault);
  EXPECT_EQ(got, std::vector<std::string>{"internal error: a fault of ours"});
}

TEST_F(OutcomeTest, StaysWhenAStepThrowsBehindIt) {
  outcome.step([this] { outcome(4), fault(); });
  EXPECT_EQ(got, std::vector<std::string>{"4"});
}

TEST_F(OutcomeTest, LetsNothingOutThatTheCallbackThrows) {
  int calls = 0;
  const Outcome<int> throws([&](const Result<int>&) { ++calls, fault(); });
  EXPECT_NO_THROW(throws(5));
  throws.step([&] { throws(5); });
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace rc
