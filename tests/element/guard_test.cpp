// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guard.h"

#include <stdexcept>

#include "bench.h"

namespace rc::element {
namespace {

class ElementGuard : public Bench {
 protected:
  Pipeline pipeline_{"fakesink name=sink"};
  GstElement* sink_ = pipeline_.element("sink");
};

TEST_F(ElementGuard, GivesWhatTheBodyReturns) {
  EXPECT_EQ(guard(sink_, 1, [] { return 7; }), 7);
  EXPECT_TRUE(pipeline_.errors().empty());
}

TEST_F(ElementGuard, PostsOneErrorWhenTheBodyThrows) {
  EXPECT_EQ(guard(sink_, 1, []() -> int { throw std::out_of_range("a fault of ours"); }), 1);
  const auto errors = pipeline_.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find("internal error: a fault of ours"), std::string::npos) << errors[0];
}

}  // namespace
}  // namespace rc::element
