// SPDX-License-Identifier: LGPL-2.1-or-later
// A server gone mad on a WebSocket that stands: memory stays, the main loop runs on.
#include <gtest/gtest.h>
#include <malloc.h>

#include <fstream>
#include <functional>

#include "core/main_clock.h"
#include "raw_server.h"
#include "sip/ws_transport.h"

namespace rc::sip {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Of the server, which is in this process too; with libsoup 3.2.3 it was 216 MiB (measured).
constexpr size_t kSlackKib = 8 * 1024;

size_t resident_kib() {
  std::ifstream status("/proc/self/statm");
  size_t size = 0, resident = 0;
  status >> size >> resident;
  return resident * 4;
}

struct Ear : Transport::Listener {
  void on_open() override {}
  void on_message(std::string_view) override { ++messages; }
  void on_closed(const Error& reason) override { closed.push_back(reason); }
  size_t messages = 0;
  std::vector<Error> closed;
};

class WsFlood : public testing::Test {
 protected:
  WsFlood() : context_(g_main_context_new()) { g_main_context_push_thread_default(context_); }
  ~WsFlood() override {
    transport_.reset();
    while (g_main_context_iteration(context_, FALSE) != FALSE) {
    }
    g_main_context_pop_thread_default(context_);
    g_main_context_unref(context_);
  }

  // Until the connection ends, at most a minute; a timer of 10 ms runs beside it.
  void meet(RawServer::Script script) {
    RawServer server(std::move(script));
    transport_ = std::make_unique<WsTransport>(
        clock_, WsTransport::Options{.proxy = server.address(), .plain = true});
    const size_t before = resident_kib();
    transport_->open(&ear_);
    bool late = false;
    const Timer end = clock_.after(seconds(60), [&late] { late = true; });
    arm();
    while (ear_.closed.empty() && !late) {
      g_main_context_iteration(context_, TRUE);
      most_kib_ = std::max(most_kib_, resident_kib() - std::min(resident_kib(), before));
    }
    transport_.reset();
  }
  static RawServer::Script after_handshake(std::function<void(GIOStream&)> flood) {
    return [flood = std::move(flood)](GIOStream& stream, const std::string& request) {
      if (RawServer::write(stream, RawServer::accept(request))) flood(stream);
    };
  }

  GMainContext* context_;
  MainClock clock_{context_};
  Ear ear_;
  std::unique_ptr<WsTransport> transport_;
  size_t ticks_ = 0, most_kib_ = 0;

 private:
  void arm() {
    tick_ = clock_.after(milliseconds(10), [this] {
      ++ticks_;
      arm();
    });
  }
  Timer tick_;
};

TEST_F(WsFlood, EndlessFragmentsEndAtTheFirstByteTooMuch) {
  meet(after_handshake([](GIOStream& stream) {
    const std::string piece = "\x7E\xC3\x50"s + std::string(50'000, 'x');
    if (!RawServer::write(stream, "\x02"s + piece)) return;
    for (int i = 0; i < 4000; ++i)  // 200 MB
      if (!RawServer::write(stream, "\0"s + piece)) return;
  }));
  ASSERT_EQ(ear_.closed.size(), 1U);
  EXPECT_EQ(ear_.closed[0].code, Errc::kProtocol);
  EXPECT_LT(most_kib_, kSlackKib);
}

TEST_F(WsFlood, AFrameOfOneGigabyteIsRefusedByItsHeader) {
  meet(after_handshake([](GIOStream& stream) {
    RawServer::write(stream, "\x82\x7F\0\0\0\0\x40\0\0\0"s);
    const std::string more(1 << 16, 'x');
    while (RawServer::write(stream, more)) {
    }
  }));
  ASSERT_EQ(ear_.closed.size(), 1U);
  EXPECT_EQ(ear_.closed[0].code, Errc::kProtocol);
  EXPECT_LT(most_kib_, kSlackKib);
}

TEST_F(WsFlood, TimersRunWhileMessagesFlood) {
  constexpr size_t kMessages = 200'000;
  meet(after_handshake([](GIOStream& stream) {
    std::string batch;
    for (int i = 0; i < 1000; ++i) batch += "\x81\x7E\x01\x00"s + std::string(256, 's');
    for (size_t i = 0; i < kMessages / 1000; ++i)
      if (!RawServer::write(stream, batch)) return;
  }));
  EXPECT_EQ(ear_.messages, kMessages);
  EXPECT_GT(ticks_, 2U);
  EXPECT_LT(most_kib_, kSlackKib);
}

// Each wants a pong, and the server reads none of them.
TEST_F(WsFlood, AServerThatPingsAndNeverReadsIsLeft) {
  meet(after_handshake([](GIOStream& stream) {
    std::string batch;
    for (int i = 0; i < 1000; ++i) batch += "\x89\x7D"s + std::string(125, 'p');
    while (RawServer::write(stream, batch)) {
    }
  }));
  ASSERT_EQ(ear_.closed.size(), 1U);
  EXPECT_EQ(ear_.closed[0].code, Errc::kNetwork);
  EXPECT_LT(most_kib_, kSlackKib);
  EXPECT_GT(ticks_, 0U);
}

TEST_F(WsFlood, AnEndlessHandshakeEnds) {
  meet([](GIOStream& stream, const std::string&) {
    RawServer::write(stream, "HTTP/1.1 101 Switching Protocols\r\n");
    while (RawServer::write(stream, "X: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  ASSERT_EQ(ear_.closed.size(), 1U);
  EXPECT_EQ(ear_.closed[0].code, Errc::kProtocol);
}

TEST_F(WsFlood, AHandshakeByTheDropEndsAtTheLimit) {
  meet([](GIOStream& stream, const std::string& request) {
    const std::string answer = RawServer::accept(request);
    for (size_t i = 0; i + 1 < answer.size(); ++i) {
      if (!RawServer::write(stream, answer.substr(i, 1))) return;
      g_usleep(50'000);
    }
  });
  ASSERT_EQ(ear_.closed.size(), 1U);
  EXPECT_EQ(ear_.closed[0].code, Errc::kTimeout);
}

TEST_F(WsFlood, AConnectionCutAnywhereInTheHandshakeIsOneError) {
  for (const size_t bytes : {0, 1, 9, 40, 100, 150}) {
    ear_ = {};
    meet([bytes](GIOStream& stream, const std::string& request) {
      RawServer::write(stream, RawServer::accept(request).substr(0, bytes));
    });
    ASSERT_EQ(ear_.closed.size(), 1U) << bytes;
    EXPECT_EQ(ear_.closed[0].code, Errc::kNetwork) << bytes;
  }
}

}  // namespace
}  // namespace rc::sip
