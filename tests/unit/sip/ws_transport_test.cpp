// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_transport.h"

#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include <optional>
#include <vector>

#include "core/main_clock.h"
#include "core/ref.h"
#include "fakes/fake_clock.h"
#include "raw_server.h"
#include "sip/bounds.h"
#include "tls_files.h"

namespace rc::sip {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kThrows = "a message that finds a fault of ours";

struct Recorder : Transport::Listener {
  void on_open() override {
    ++opened;
    if (throws_when_open) throw std::out_of_range("a fault of ours");
  }
  void on_message(std::string_view bytes) override {
    messages.emplace_back(bytes);
    if (bytes == kThrows) throw std::out_of_range("a fault of ours");
  }
  void on_closed(const Error& reason) override { closed.push_back(reason); }

  bool throws_when_open = false;
  int opened = 0;
  std::vector<std::string> messages;
  std::vector<Error> closed;
};

// A real libsoup WebSocket server over TLS in this process; echoes nothing, keeps what it gets.
class SoupPeer {
 public:
  explicit SoupPeer(const std::string& pem, const char* protocol = "sip") {
    auto certificate =
        Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_file(pem.c_str(), nullptr));
    server_ = Ref<SoupServer>::adopt(
        SOUP_SERVER(soup_server_new("tls-certificate", certificate.get(), nullptr)));
    char* protocols[] = {const_cast<char*>(protocol), nullptr};
    soup_server_add_websocket_handler(server_.get(), "/", nullptr, protocols, on_websocket, this,
                                      nullptr);
    soup_server_listen_local(server_.get(), 0, SOUP_SERVER_LISTEN_HTTPS, nullptr);
    GSList* uris = soup_server_get_uris(server_.get());
    address = "127.0.0.1:" + std::to_string(g_uri_get_port(static_cast<GUri*>(uris->data)));
    g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  }

  std::string address;
  Ref<SoupWebsocketConnection> socket;
  std::vector<std::string> messages;
  bool closed = false;

 private:
  static void on_websocket(SoupServer*, SoupServerMessage*, const char*,
                           SoupWebsocketConnection* socket, gpointer data) {
    auto* self = static_cast<SoupPeer*>(data);
    self->socket = Ref<SoupWebsocketConnection>::share(socket);
    self->on_message_ = SignalHandler(socket, "message", G_CALLBACK(on_message), self);
    self->on_closed_ =
        SignalHandler(socket, "closed", G_CALLBACK(+[](SoupWebsocketConnection*, gpointer peer) {
                        static_cast<SoupPeer*>(peer)->closed = true;
                      }),
                      self);
  }
  static void on_message(SoupWebsocketConnection*, int, GBytes* bytes, gpointer data) {
    gsize size = 0;
    const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
    static_cast<SoupPeer*>(data)->messages.emplace_back(text, size);
  }

  Ref<SoupServer> server_;
  SignalHandler on_message_;
  SignalHandler on_closed_;
};

class SipWsTransport : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    files_ = new TlsFiles();
    good_pem_ = files_->make("IP:127.0.0.1");
    other_pem_ = files_->make("DNS:other.example");
  }
  static void TearDownTestSuite() { delete files_; }

  SipWsTransport() : context_(g_main_context_new()) {
    g_main_context_push_thread_default(context_);
  }
  ~SipWsTransport() override {
    transport_.reset();
    while (g_main_context_iteration(context_, FALSE) != FALSE) {
    }
    g_main_context_pop_thread_default(context_);
    g_main_context_unref(context_);
  }

  template <typename Condition>
  [[nodiscard]] bool wait(Condition condition, seconds limit = seconds(5)) {
    bool timed_out = false;
    const Timer timer = clock_.after(limit, [&timed_out] { timed_out = true; });
    while (!condition() && !timed_out) g_main_context_iteration(context_, TRUE);
    return condition();
  }

  void open(WsTransport::Options options) { open(clock_, std::move(options)); }
  void open(Clock& clock, WsTransport::Options options) {
    transport_ = std::make_unique<WsTransport>(clock, std::move(options));
    transport_->open(&events_);
    EXPECT_TRUE(events_.closed.empty()) << "told inside open()";
  }
  void connect(SoupPeer& peer) {
    open({.proxy = peer.address, .ca_file = good_pem_});
    ASSERT_TRUE(wait([&] { return events_.opened == 1 && peer.socket; })) << reason();
  }
  [[nodiscard]] bool fails() {
    return wait([this] { return !events_.closed.empty(); }) && !transport_->is_open();
  }
  std::string reason() const { return events_.closed.empty() ? "" : events_.closed[0].message; }
  // What the client says to bytes that a server sends once the WebSocket stands.
  Errc verdict(RawServer::Script script) {
    RawServer server(std::move(script));
    open({.proxy = server.address(), .plain = true});
    EXPECT_TRUE(fails());
    transport_.reset();
    return events_.closed.empty() ? Errc::kInternal : events_.closed[0].code;
  }
  static RawServer::Script after_handshake(const std::string& bytes) {
    return [bytes](GIOStream& stream, const std::string& request) {
      RawServer::write(stream, RawServer::accept(request) + bytes);
      RawServer::wait_for_end(stream);
    };
  }

  static TlsFiles* files_;
  static std::string good_pem_;
  static std::string other_pem_;
  GMainContext* context_;
  MainClock clock_{context_};
  Recorder events_;
  std::unique_ptr<WsTransport> transport_;
};

TlsFiles* SipWsTransport::files_ = nullptr;
std::string SipWsTransport::good_pem_;
std::string SipWsTransport::other_pem_;

TEST_F(SipWsTransport, CarriesMessagesBothWays) {
  SoupPeer peer(good_pem_);
  connect(peer);
  EXPECT_TRUE(transport_->is_open());
  transport_->send("OPTIONS \xC3\xA9");
  transport_->send(std::string("binary \xFF\0", 9));
  soup_websocket_connection_send_text(peer.socket.get(), "SIP/2.0 200 OK");
  soup_websocket_connection_send_binary(peer.socket.get(), "a\0b", 3);
  ASSERT_TRUE(wait([&] { return peer.messages.size() == 2 && events_.messages.size() == 2; }));
  EXPECT_EQ(peer.messages[0], "OPTIONS \xC3\xA9");
  EXPECT_EQ(peer.messages[1], std::string("binary \xFF\0", 9));
  EXPECT_EQ(events_.messages[0], "SIP/2.0 200 OK");
  EXPECT_EQ(events_.messages[1], std::string("a\0b", 3));
}

TEST_F(SipWsTransport, AnswersKeepAliveAndHandsNoneOn) {
  SoupPeer peer(good_pem_);
  connect(peer);
  soup_websocket_connection_send_text(peer.socket.get(), "\r\n");
  soup_websocket_connection_send_text(peer.socket.get(), "\r\n\r\n");
  soup_websocket_connection_send_text(peer.socket.get(), "SIP");
  ASSERT_TRUE(wait([&] { return !peer.messages.empty() && !events_.messages.empty(); }));
  EXPECT_EQ(peer.messages, std::vector<std::string>{"\r\n"});
  EXPECT_EQ(events_.messages, std::vector<std::string>{"SIP"});
}

TEST_F(SipWsTransport, TellsOnceThatTheServerClosed) {
  SoupPeer peer(good_pem_);
  connect(peer);
  soup_websocket_connection_close(peer.socket.get(), SOUP_WEBSOCKET_CLOSE_GOING_AWAY, nullptr);
  ASSERT_TRUE(fails());
  ASSERT_TRUE(wait([&] { return peer.closed; }));
  ASSERT_EQ(events_.closed.size(), 1U);
  EXPECT_EQ(events_.closed[0].code, Errc::kNetwork);
  transport_->send("dropped");
}

TEST_F(SipWsTransport, SendsWhatIsQueuedBeforeItSaysGoodbye) {
  SoupPeer peer(good_pem_);
  connect(peer);
  transport_->send("last words");
  transport_->close();
  transport_.reset();
  ASSERT_TRUE(wait([&] { return peer.closed; }));
  EXPECT_EQ(peer.messages, std::vector<std::string>{"last words"});
  EXPECT_EQ(soup_websocket_connection_get_close_code(peer.socket.get()),
            SOUP_WEBSOCKET_CLOSE_NORMAL);
  EXPECT_TRUE(events_.closed.empty());
}

// Nobody listens where the proxies are said to be.
TEST_F(SipWsTransport, PassesNoProxyOnLoopback) {
  SoupPeer peer(good_pem_);
  g_setenv("https_proxy", "http://127.0.0.1:1", TRUE);
  open({.proxy = peer.address, .ca_file = good_pem_});
  EXPECT_TRUE(wait([&] { return events_.opened == 1; })) << reason();
  g_unsetenv("https_proxy");
}

TEST_F(SipWsTransport, RefusesUnknownAuthority) {
  SoupPeer peer(good_pem_);
  open({.proxy = peer.address});
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kConfig);
  EXPECT_NE(reason().find("no known authority"), std::string::npos) << reason();
  EXPECT_FALSE(peer.socket);
}

TEST_F(SipWsTransport, TrustsOnlyTheAuthorityOfTheCaFile) {
  SoupPeer peer(good_pem_);
  open({.proxy = peer.address, .ca_file = other_pem_});
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kConfig);
}

TEST_F(SipWsTransport, RefusesCertificateOfAnotherHost) {
  SoupPeer peer(other_pem_);
  open({.proxy = peer.address, .ca_file = other_pem_});
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kConfig);
  EXPECT_NE(reason().find("another host"), std::string::npos) << reason();
}

TEST_F(SipWsTransport, TakesAnyCertificateWhenInsecure) {
  SoupPeer peer(other_pem_);
  open({.proxy = peer.address, .insecure = true});
  EXPECT_TRUE(wait([this] { return events_.opened == 1; })) << reason();
}

TEST_F(SipWsTransport, RefusesServerWithoutSip) {
  SoupPeer peer(good_pem_, "chat");
  open({.proxy = peer.address, .ca_file = good_pem_});
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kRejected);
}

TEST_F(SipWsTransport, EndsWhenItsOpeningThrows) {
  SoupPeer peer(good_pem_);
  events_.throws_when_open = true;
  open({.proxy = peer.address, .ca_file = good_pem_});
  EXPECT_TRUE(fails());
  EXPECT_EQ(events_.opened, 1);
  ASSERT_EQ(events_.closed.size(), 1u);
  EXPECT_EQ(events_.closed[0].code, Errc::kInternal);
}

TEST_F(SipWsTransport, EndsAtAMessageWhoseHandlingThrows) {
  SoupPeer peer(good_pem_);
  connect(peer);
  soup_websocket_connection_send_text(peer.socket.get(), std::string(kThrows).c_str());
  soup_websocket_connection_send_text(peer.socket.get(), "never handled");
  EXPECT_TRUE(fails());
  EXPECT_EQ(events_.messages.size(), 1u);
  ASSERT_EQ(events_.closed.size(), 1u);
  EXPECT_EQ(events_.closed[0].code, Errc::kInternal);
}

TEST_F(SipWsTransport, EndsAtAMessageThatIsTooLarge) {
  SoupPeer peer(good_pem_);
  connect(peer);
  soup_websocket_connection_send_text(peer.socket.get(),
                                      std::string(kMaxMessageBytes, 'x').c_str());
  ASSERT_TRUE(wait([this] { return events_.messages.size() == 1; }));
  soup_websocket_connection_send_text(peer.socket.get(),
                                      std::string(kMaxMessageBytes + 1, 'x').c_str());
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kProtocol);
  EXPECT_EQ(events_.messages.size(), 1U);
}

TEST_F(SipWsTransport, SaysWhatIsWrongWithTheOptions) {
  for (const WsTransport::Options& options :
       std::vector<WsTransport::Options>{{.proxy = "no port:x"},
                                         {.proxy = ""},
                                         {.proxy = "host:1/path"},
                                         {.proxy = "192.0.2.1:80", .plain = true},
                                         {.proxy = "127.0.0.1.example:80", .plain = true},
                                         {.proxy = "127.0.0.1:1", .ca_file = "/nonexistent.pem"}}) {
    events_ = {};
    open(options);
    ASSERT_TRUE(fails());
    EXPECT_EQ(events_.closed[0].code, Errc::kConfig) << reason();
  }
}

TEST_F(SipWsTransport, GivesUpOnAServerThatDoesNotListen) {
  std::string address = RawServer([](GIOStream&, const std::string&) {}).address();
  open({.proxy = address});
  ASSERT_TRUE(fails());
  EXPECT_EQ(events_.closed[0].code, Errc::kNetwork);
}

TEST_F(SipWsTransport, GivesUpOnAServerThatNeverAnswers) {
  const auto silent = [](GIOStream& stream, const std::string&) {
    RawServer::wait_for_end(stream);
  };
  for (const bool plain : {true, false}) {  // no HTTP answer; no TLS answer
    RawServer server(silent);
    events_ = {};
    open({.proxy = server.address(), .plain = plain, .connect_limit = milliseconds(200)});
    ASSERT_TRUE(fails());
    EXPECT_EQ(events_.closed[0].code, Errc::kTimeout);
    transport_.reset();
  }
}

TEST_F(SipWsTransport, CanBeClosedWhileItConnects) {
  RawServer server([](GIOStream& stream, const std::string&) { RawServer::wait_for_end(stream); });
  open({.proxy = server.address(), .plain = true});
  transport_->close();
  transport_.reset();
  while (g_main_context_iteration(context_, FALSE) != FALSE) {
  }
  EXPECT_EQ(events_.opened, 0);
  EXPECT_TRUE(events_.closed.empty());
}

TEST_F(SipWsTransport, GivesUpOnAPeerThatAnswersNoPing) {
  fakes::FakeClock fake;
  RawServer server(after_handshake(""));
  open(fake, {.proxy = server.address(), .plain = true});
  ASSERT_TRUE(wait([this] { return events_.opened == 1; }));
  fake.advance(seconds(19));
  EXPECT_TRUE(events_.closed.empty());
  fake.advance(seconds(1));
  ASSERT_EQ(events_.closed.size(), 1U);
  EXPECT_EQ(events_.closed[0].code, Errc::kNetwork);
}

TEST_F(SipWsTransport, PingsAsOftenAsIsAskedFrom) {
  fakes::FakeClock fake;
  RawServer server(after_handshake(""));
  open(fake, {.proxy = server.address(), .plain = true});
  ASSERT_TRUE(wait([this] { return events_.opened == 1; }));
  fake.advance(seconds(9));
  transport_->set_ping_interval(seconds(5));
  fake.advance(milliseconds(9999));
  EXPECT_TRUE(events_.closed.empty());
  fake.advance(milliseconds(1));
  EXPECT_EQ(events_.closed.size(), 1U);
}

// Twice as long as it may be silent: only pongs can have kept it. GLib fires timers of whole
// seconds up to a second late.
TEST_F(SipWsTransport, IsKeptByPongs) {
  SoupPeer peer(good_pem_);
  open({.proxy = peer.address,
        .ca_file = good_pem_,
        .ping_interval = seconds(1),
        .pong_limit = milliseconds(1200)});
  EXPECT_FALSE(wait([this] { return !events_.closed.empty(); }, seconds(5))) << reason();
  EXPECT_TRUE(transport_->is_open());
}

TEST_F(SipWsTransport, RefusesWhatIsNoWebSocketHandshake) {
  const auto answer = [](const char* text) {
    return [text](GIOStream& stream, const std::string&) { RawServer::write(stream, text); };
  };
  EXPECT_EQ(verdict(answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")),
            Errc::kRejected);
  events_ = {};
  EXPECT_EQ(verdict(answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n"
                           "Sec-WebSocket-Accept: bm8=\r\n\r\n")),
            Errc::kProtocol);
  events_ = {};
  EXPECT_EQ(verdict(answer("")), Errc::kNetwork);
}

TEST_F(SipWsTransport, EndsAtTheFirstBrokenFrame) {
  using namespace std::string_literals;
  const auto frames = {
      "\x81\x82masknn"s,                          // masked by a server
      "\x81\x7F\0\0\1\0\0\0\0\0"s,                // claims 1 TiB
      "\x81\x02\xC3\x28"s,                        // text that is no UTF-8
      "\x89\x7E\0\xFF"s + std::string(255, 'p'),  // ping that is too long
      "\x83\x01x"s,                               // reserved opcode
      "\xF1\x01x"s,                               // reserved bits: an extension not agreed on
  };
  for (const std::string& frame : frames) {
    events_ = {};
    EXPECT_EQ(verdict(after_handshake(frame)), Errc::kProtocol) << testing::PrintToString(frame);
    EXPECT_EQ(events_.opened, 1);
    EXPECT_EQ(events_.closed.size(), 1U);
  }
}

}  // namespace
}  // namespace rc::sip
