// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/retrying_http.h"

#include <gtest/gtest.h>

#include "fakes/fake_clock.h"
#include "fakes/fake_http.h"

namespace rc::rest {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

class RetryingHttpTest : public ::testing::Test {
 protected:
  void ask(bool repeatable = true) {
    HttpRequest request;
    request.url = "https://platform.example.com/";
    request.repeatable = repeatable;
    retrying.request(request, [this](Result<HttpResponse> result) {
      ++answers;
      status = result.ok() ? result.value().status : 0;
    });
  }
  // Lets time pass until the next try; how long that took, 100 s if none came.
  seconds time_to_next_try() {
    const size_t before = http.seen.size();
    seconds passed{};
    while (http.seen.size() == before && passed < 100s) {
      clock.advance(1s);
      ++passed;
    }
    return passed;
  }

  fakes::FakeClock clock;
  fakes::FakeHttp http;
  std::vector<seconds> waits;
  RetryingHttp retrying{http, clock, [this](const Error&, seconds wait) { waits.push_back(wait); }};
  int answers = 0;
  unsigned status = 0;
};

TEST_F(RetryingHttpTest, DoublesTheWaitAndGivesUpAfterFiveTries) {
  ask();
  for (const seconds expected : {2s, 4s, 8s, 16s}) {
    http.fail(Errc::kNetwork);
    EXPECT_EQ(time_to_next_try(), expected);
  }
  EXPECT_EQ(answers, 0);
  http.fail(Errc::kNetwork);
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(http.seen.size(), 5U);
  EXPECT_EQ(clock.pending(), 0U);
  EXPECT_EQ(waits, (std::vector<seconds>{2s, 4s, 8s, 16s}));
}

TEST_F(RetryingHttpTest, GivesUpAfterAMinute) {
  ask();
  for (int i = 0; i < 3; ++i) {
    clock.advance(15s);
    http.fail(Errc::kTimeout);
    clock.advance(10s);
  }
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(http.seen.size(), 3U);
}

TEST_F(RetryingHttpTest, TriesAgainAfterServerTrouble) {
  ask();
  http.reply(502, "");
  EXPECT_EQ(time_to_next_try(), 2s);
  http.reply(200, "");
  EXPECT_EQ(status, 200U);
}

TEST_F(RetryingHttpTest, EndsWhenTheNextTryThrows) {
  ask();
  http.fail(Errc::kNetwork);
  http.broken = true;
  clock.advance(2s);
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(status, 0U);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST_F(RetryingHttpTest, ObeysRetryAfterToTheSecond) {
  for (const unsigned busy : {429U, 503U}) {
    ask();
    http.reply(busy, "", {{"retry-after", "61"}});
    EXPECT_EQ(time_to_next_try(), 61s);
    http.reply(200, "");
  }
  EXPECT_EQ(answers, 2);
}

TEST_F(RetryingHttpTest, WaitsThirtySecondsWhenARateLimitNamesNoTime) {
  ask();
  http.reply(429, "");
  EXPECT_EQ(time_to_next_try(), 30s);
}

TEST_F(RetryingHttpTest, PassesOnAWaitTooLongForAnybody) {
  ask();
  http.reply(429, "", {{"Retry-After", "3600"}});
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(status, 429U);
}

TEST_F(RetryingHttpTest, NeverRepeatsRefusalsOrBadSettings) {
  for (const unsigned refusal : {400U, 401U, 403U, 404U}) {
    ask();
    http.reply(refusal, "");
    EXPECT_EQ(status, refusal);
  }
  ask();
  http.fail(Errc::kConfig);
  EXPECT_EQ(answers, 5);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST_F(RetryingHttpTest, NeverRepeatsWhatMustNotHappenTwice) {
  ask(false);
  http.fail(Errc::kNetwork);
  ask(false);
  http.reply(429, "", {{"Retry-After", "1"}});
  EXPECT_EQ(answers, 2);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST(RetryingHttp, DropsItsRequestsWhenDestroyed) {
  fakes::FakeClock clock;
  fakes::FakeHttp http;
  int answers = 0;
  {
    RetryingHttp retrying(http, clock);
    for (int i = 0; i < 2; ++i) {
      HttpRequest request;
      request.repeatable = true;
      retrying.request(request, [&](const Result<HttpResponse>&) { ++answers; });
    }
    http.fail(Errc::kNetwork);  // one waits, one is under way
  }
  http.reply(200, "");
  clock.advance(60s);
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(http.seen.size(), 2U);
}

}  // namespace
}  // namespace rc::rest
