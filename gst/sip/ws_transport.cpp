// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_transport.h"

#include <glib.h>

#include <array>
#include <utility>

#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "sip/bounds.h"
#include "sip/ws_connector.h"
#include "sip/ws_frame.h"

namespace rc::sip {
namespace {

// How long an ordinary close may take before the socket is dropped.
constexpr std::chrono::seconds kGoodbyeLimit{2};
constexpr std::string_view kNormalClosure("\x03\xE8", 2);  // 1000, RFC 6455 7.4.1

// RFC 5626 3.5.1 keep-alives, which RFC 7118 allows on WebSockets too.
bool is_keep_alive(std::string_view bytes) {
  return bytes.find_first_not_of("\r\n") == std::string_view::npos;
}

std::array<uint8_t, 4> new_mask() {
  std::array<uint8_t, 4> mask{};
  for (auto& byte : mask) byte = static_cast<uint8_t>(random_number(256));
  return mask;
}

}  // namespace

// Outlives its WsTransport while it says goodbye.
class WsTransport::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Clock& clock, Options options)
      : clock_(clock),
        options_(std::move(options)),
        connector_(std::make_shared<WsConnector>(clock, options_)) {}
  ~Connection() { drop(); }

  void open(Listener* listener);
  void send(const std::string& message);
  void set_ping_interval(std::chrono::seconds interval);
  void close();
  bool is_open() const { return open_; }

 private:
  void on_connected(Result<WsChannel> result);
  void on_bytes(std::string_view bytes);
  void take(const WsEvent& event);
  void take_message(std::string_view message);
  void write(WsOpcode opcode, std::string_view payload);
  void ping();
  void expect_sign_of_life();
  void fail(Error reason);
  void drop();
  void say_goodbye();

  Clock& clock_;
  Options options_;
  Listener* listener_ = nullptr;  // null once closed
  bool open_ = false;
  std::shared_ptr<WsConnector> connector_;
  std::shared_ptr<ByteStream> stream_;
  WsFrameReader reader_{kMaxMessageBytes};
  Timer ping_;
  Timer silence_;  // then the peer is dead
  Timer notice_;   // on_closed on its way
  Timer goodbye_;  // holds this object
};

void WsTransport::Connection::open(Listener* listener) {
  listener_ = listener;
  connector_->start([weak = weak_from_this()](Result<WsChannel> result) {
    if (auto self = weak.lock()) self->on_connected(std::move(result));
  });
}

// The listener may end everything: this object is held until it returns.
void WsTransport::Connection::on_connected(Result<WsChannel> result) {
  if (!result.ok()) return fail(result.error());
  const auto self = shared_from_this();
  stream_ = std::move(result.value().stream);
  stream_->set_listener({[this](std::string_view bytes) { on_bytes(bytes); },
                         [this](Error reason) { fail(std::move(reason)); }});
  open_ = true;
  set_ping_interval(options_.ping_interval);
  if (listener_ != nullptr) listener_->on_open();
  on_bytes(result.value().first_bytes);
}

void WsTransport::Connection::on_bytes(std::string_view bytes) {
  const auto self = shared_from_this();
  reader_.append(bytes);
  while (stream_) {
    const auto event = reader_.next();
    if (!event.ok()) return fail(event.error());
    if (!event.value()) return;
    take(*event.value());
  }
}

void WsTransport::Connection::take(const WsEvent& event) {
  if (!open_) {  // saying goodbye: only the answer to it counts
    if (event.opcode == WsOpcode::kClose) goodbye_.cancel(), drop();
    return;
  }
  expect_sign_of_life();
  switch (event.opcode) {
    case WsOpcode::kPing:
      return write(WsOpcode::kPong, event.payload);
    case WsOpcode::kPong:
      return;
    case WsOpcode::kClose:
      return fail({Errc::kNetwork, "the SIP proxy closed the connection"});
    default:
      return take_message(event.payload);
  }
}

void WsTransport::Connection::take_message(std::string_view message) {
  if (!is_keep_alive(message)) return listener_->on_message(message);
  if (message.find("\r\n\r\n") != std::string_view::npos) send("\r\n");
}

void WsTransport::Connection::set_ping_interval(std::chrono::seconds interval) {
  if (std::exchange(options_.ping_interval, interval) == interval && ping_.armed()) return;
  if (!open_) return;
  expect_sign_of_life();
  ping_ = clock_.after(interval, [this] { ping(); });
}

void WsTransport::Connection::ping() {
  write(WsOpcode::kPing, {});
  ping_ = clock_.after(options_.ping_interval, [this] { ping(); });
}

void WsTransport::Connection::expect_sign_of_life() {
  silence_ = clock_.after(options_.ping_interval + options_.pong_limit, [this] {
    fail({Errc::kNetwork, "the SIP proxy answers no ping"});
  });
}

void WsTransport::Connection::write(WsOpcode opcode, std::string_view payload) {
  stream_->write(ws_client_frame(opcode, payload, new_mask()));
}

void WsTransport::Connection::send(const std::string& message) {
  if (!open_) return;
  const bool is_text =
      g_utf8_validate(message.data(), static_cast<gssize>(message.size()), nullptr) != FALSE;
  write(is_text ? WsOpcode::kText : WsOpcode::kBinary, message);
}

// Told later, never inside the call or the signal that found the fault.
void WsTransport::Connection::fail(Error reason) {
  drop();
  notice_ = clock_.after(Clock::Duration::zero(), [this, reason = std::move(reason)] {
    if (Listener* listener = std::exchange(listener_, nullptr)) listener->on_closed(reason);
  });
}

void WsTransport::Connection::drop() {
  open_ = false;
  ping_.cancel();
  silence_.cancel();
  if (const auto stream = std::exchange(stream_, nullptr)) stream->drop();
}

void WsTransport::Connection::close() {
  const bool was_open = std::exchange(open_, false);
  listener_ = nullptr;
  notice_.cancel();
  ping_.cancel();
  silence_.cancel();
  if (!was_open) return connector_.reset();
  say_goodbye();
}

// What is queued and the close frame still go out; then, or at the limit, the socket is closed.
void WsTransport::Connection::say_goodbye() {
  goodbye_ = clock_.after(kGoodbyeLimit, [self = shared_from_this()] { self->drop(); });
  stream_->set_listener({[this](std::string_view bytes) { on_bytes(bytes); },
                         [this](const Error&) { goodbye_.cancel(); }});
  write(WsOpcode::kClose, kNormalClosure);
}

WsTransport::WsTransport(Clock& clock, Options options)
    : connection_(std::make_shared<Connection>(clock, std::move(options))) {}

WsTransport::~WsTransport() { connection_->close(); }

void WsTransport::open(Listener* listener) { connection_->open(listener); }

void WsTransport::send(std::string message) { connection_->send(message); }

void WsTransport::set_ping_interval(std::chrono::seconds interval) {
  connection_->set_ping_interval(interval);
}

void WsTransport::close() { connection_->close(); }

bool WsTransport::is_open() const { return connection_->is_open(); }

}  // namespace rc::sip
