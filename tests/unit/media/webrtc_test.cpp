// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "webrtc_rig.h"

namespace rc::media::test {
namespace {

class WebRtc : public ::testing::Test {
 protected:
  Rig rig;
  End caller{rig.thread, rig.clock, 440};
  End callee{rig.thread, rig.clock, 1000};
};

TEST_F(WebRtc, CarriesTonesBothWaysWithOpus) {
  const std::string offer = caller.offer();
  const auto answer = callee.answer(offer);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  ASSERT_TRUE(caller.apply(answer.value()).ok());
  ASSERT_TRUE(caller.wait_connected());
  ASSERT_TRUE(callee.wait_connected());
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_EQ(callee.stats().codec, "OPUS");
}

}  // namespace
}  // namespace rc::media::test
