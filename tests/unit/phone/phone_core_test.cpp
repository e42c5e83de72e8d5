// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Whatever throws on the way from the credentials to the line, the phone says so and tries again.
#include "phone/phone_core.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "../rest/soup_server.h"
#include "fakes/fake_media.h"

namespace rc::phone {
namespace {

// As MainClock, but for one call that throws when the test says so.
class FaultyClock : public MainClock {
 public:
  using MainClock::MainClock;
  Timer after(Duration delay, std::function<void()> task) override {
    if (std::exchange(armed, false)) throw std::out_of_range("a fault of ours");
    return MainClock::after(delay, std::move(task));
  }
  bool armed = false;
};

class PhoneCoreTest : public testing::TestWithParam<const char*> {
 protected:
  PhoneCoreTest() {
    char path[] = "/tmp/rc-phone-XXXXXX";
    folder_ = ::mkdtemp(path);
    settings_.credentials = {server_.url(), "client", "", "S3CR3T", ""};
    settings_.credentials.server.pop_back();  // the slash
    settings_.state_folder = folder_ / "state";
  }
  ~PhoneCoreTest() override { std::filesystem::remove_all(folder_); }

  // A token, and an account whose SIP server is not there.
  void serve(SoupServerMessage* message) {
    const std::string path = g_uri_get_path(soup_server_message_get_uri(message));
    if (path.ends_with("token")) {
      ++logins_;
      return rest::reply(message, 200, R"({"access_token":"S3CR3T","expires_in":3600})");
    }
    ++provisions_;
    rest::reply(message, 200,
                R"({"sipInfo":[{"transport":"WSS","username":"1","password":"S3CR3T",)"
                R"("authorizationId":"1","domain":"sip.example.com",)"
                R"("outboundProxy":"127.0.0.1:1"}]})");
  }
  // Until the phone says that it tries again for this reason.
  void run_until_retry(Errc reason) {
    loop_.run_until([&] { return status_.error && status_.error->code == reason; });
    EXPECT_EQ(status_.state, State::kRetrying) << status_.text;
  }

  std::filesystem::path folder_;
  rest::Loop loop_;
  rest::Server server_{[this](auto* message) { serve(message); }};
  FaultyClock clock_{loop_.context()};
  fakes::FakeMedia media_{clock_};
  Settings settings_;
  Status status_;
  int logins_ = 0, provisions_ = 0;
};

// What is told once each step is done runs inside of it.
TEST_P(PhoneCoreTest, TriesAgainAfterAStepThatThrows) {
  int faults = 0;
  PhoneCore core(clock_, settings_, media_.factory(), [&](const Status& status) {
    status_ = status;
    if (status.text.starts_with(GetParam()) && faults++ == 0)
      throw std::out_of_range("a fault of ours");
  });
  core.start();
  run_until_retry(Errc::kInternal);
  EXPECT_NE(status_.text.find("a fault of ours - trying again in 1 s"), std::string::npos);
  run_until_retry(Errc::kNetwork);  // of the SIP server: all before has worked
  EXPECT_EQ(faults, 2);
}

INSTANTIATE_TEST_SUITE_P(Told, PhoneCoreTest,
                         testing::Values("logging in", "logged in", "provisioned"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, ' ');
                           return name;
                         });

TEST_F(PhoneCoreTest, LogsInAgainWhenTheAccountCannotBeUsed) {
  PhoneCore core(clock_, settings_, media_.factory(), [&](const Status& status) {
    status_ = status;
    clock_.armed =
        status.text.starts_with("connecting to") && provisions_ == 1;  // connecting needs a timer
  });
  core.start();
  run_until_retry(Errc::kInternal);
  run_until_retry(Errc::kNetwork);
  EXPECT_EQ(provisions_, 2);
  EXPECT_EQ(logins_, 1);
}

TEST_F(PhoneCoreTest, GoesOnWhenAListenerThrows) {
  struct Faulty : Listener {
    void on_status(const Status&) override { throw std::out_of_range("a fault of ours"); }
    void on_call(const call::CallInfo&) override {}
    bool on_call_received(const call::CallInfo&) override { return false; }
  };
  PhoneCore core(clock_, settings_, media_.factory(),
                 [&](const Status& status) { status_ = status; });
  const auto listener = std::make_shared<Faulty>();
  core.add_listener(listener);
  core.start();
  run_until_retry(Errc::kNetwork);
}

}  // namespace
}  // namespace rc::phone
