// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/stun_probe.h"

#include <gio/gio.h>

#include <array>
#include <utility>

#include "core/random.h"
#include "core/ref.h"
#include "core/text.h"

namespace rc::phone {
namespace {

constexpr std::string_view kCookie{"\x21\x12\xa4\x42", 4};
constexpr std::string_view kSuccess{"\x01\x01", 2};
constexpr size_t kHeader = 20;
constexpr unsigned kXorMappedAddress = 0x0020;
constexpr int kTries = 3;
constexpr std::chrono::milliseconds kRetry{600};
constexpr guint16 kDefaultPort = 3478;

unsigned number(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]) * 256U + static_cast<unsigned char>(bytes[at + 1]);
}

Error senseless() { return {Errc::kProtocol, "its answer is no STUN"}; }

// XOR-MAPPED-ADDRESS: 0, family, port, address; from the port on combined with cookie and id.
Result<std::string> read_address(std::string_view value, const std::string& mask) {
  const size_t size = value.size() < 2 ? 0 : value[1] == 1 ? 4U : 16U;
  if (size == 0 || value.size() != 4 + size) return senseless();
  const unsigned port = number(value, 2) ^ number(mask, 0);
  std::string bytes(value.substr(4));
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i]);
  const auto address = Ref<GInetAddress>::adopt(
      g_inet_address_new_from_bytes(reinterpret_cast<const guint8*>(bytes.data()),
                                    size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6));
  const Owned<char> text(g_inet_address_to_string(address.get()));
  return std::string(text.get()) + ":" + std::to_string(port);
}

}  // namespace

std::string stun_request(std::string_view id) {
  return std::string("\x00\x01\x00\x00", 4) + std::string(kCookie) + std::string(id);
}

Result<std::string> read_stun_answer(std::string_view bytes, std::string_view id) {
  const std::string mask = std::string(kCookie) + std::string(id);
  if (bytes.size() < kHeader || !bytes.starts_with(kSuccess) || bytes.substr(4, 16) != mask)
    return senseless();
  for (bytes.remove_prefix(kHeader); bytes.size() >= 4;) {
    const unsigned type = number(bytes, 0), size = number(bytes, 2);
    if (bytes.size() < 4 + size) break;
    if (type == kXorMappedAddress) return read_address(bytes.substr(4, size), mask);
    bytes.remove_prefix(std::min<size_t>(bytes.size(), 4 + (size + 3) / 4 * 4));
  }
  return senseless();
}

class StunProbe::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Clock& clock, Done done) : clock_(clock), done_(std::move(done)) {}
  ~Exchange() {
    g_cancellable_cancel(cancellable_.get());
    stop_reading();
  }

  void start(const std::string& server) {
    GError* error = nullptr;
    const auto address = Ref<GSocketConnectable>::adopt(
        g_network_address_parse(server.c_str(), kDefaultPort, &error));
    const Owned<GError> owned(error);
    if (!address) return fail_later({Errc::kConfig, clean_text(error->message)});
    const auto addresses =
        Ref<GSocketAddressEnumerator>::adopt(g_socket_connectable_enumerate(address.get()));
    g_socket_address_enumerator_next_async(addresses.get(), cancellable_.get(), on_resolved,
                                           new std::weak_ptr(weak_from_this()));
  }

 private:
  static void on_resolved(GObject* addresses, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<std::weak_ptr<Exchange>> weak(
        static_cast<std::weak_ptr<Exchange>*>(data));
    GError* error = nullptr;
    const auto address = Ref<GSocketAddress>::adopt(g_socket_address_enumerator_next_finish(
        G_SOCKET_ADDRESS_ENUMERATOR(addresses), result, &error));
    const Owned<GError> owned(error);
    const auto self = weak->lock();
    if (!self) return;
    if (address) return self->open(address);
    self->finish(Error{Errc::kNetwork, error ? clean_text(error->message) : "no such host"});
  }

  void open(const Ref<GSocketAddress>& address) {
    address_ = address;
    socket_ =
        Ref<GSocket>::adopt(g_socket_new(g_socket_address_get_family(address.get()),
                                         G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr));
    if (!socket_) return finish(Error{Errc::kInternal, "no UDP socket can be made"});
    g_socket_set_blocking(socket_.get(), FALSE);
    source_ = g_socket_create_source(socket_.get(), G_IO_IN, nullptr);
    g_source_set_callback(source_, G_SOURCE_FUNC(on_readable), this, nullptr);
    g_source_attach(source_, g_main_context_get_thread_default());
    ask();
  }

  void ask() {
    if (tries_++ == kTries)
      return finish(Error{Errc::kTimeout,
                          "no answer: a firewall may block UDP on its way out or "
                          "back"});
    const std::string request = stun_request(id_);
    g_socket_send_to(socket_.get(), address_.get(), request.data(), request.size(), nullptr,
                     nullptr);
    retry_ = clock_.after(kRetry, [this] { ask(); });
  }

  static gboolean on_readable(GSocket* socket, GIOCondition, gpointer data) {
    std::array<char, 1500> bytes{};
    const gssize size =
        g_socket_receive_from(socket, nullptr, bytes.data(), bytes.size(), nullptr, nullptr);
    if (size <= 0) return G_SOURCE_CONTINUE;  // ICMP says that nobody listens: it may yet
    const auto self = static_cast<Exchange*>(data)->shared_from_this();
    auto seen = read_stun_answer({bytes.data(), static_cast<size_t>(size)}, self->id_);
    if (seen.ok()) self->finish(std::move(seen));
    return G_SOURCE_CONTINUE;
  }

  void fail_later(Error error) {
    retry_ = clock_.after({}, [this, error = std::move(error)] { finish(error); });
  }

  void finish(Result<std::string> result) {
    retry_.cancel();
    stop_reading();
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(result));
  }

  void stop_reading() {
    if (GSource* source = std::exchange(source_, nullptr)) {
      g_source_destroy(source);
      g_source_unref(source);
    }
  }

  Clock& clock_;
  Done done_;
  const std::string id_ = random_token(12);
  const Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  Ref<GSocketAddress> address_;
  Ref<GSocket> socket_;
  GSource* source_ = nullptr;
  Timer retry_;
  int tries_ = 0;
};

StunProbe::StunProbe(Clock& clock, const std::string& server, Done done)
    : exchange_(std::make_shared<Exchange>(clock, std::move(done))) {
  exchange_->start(server);
}

StunProbe::~StunProbe() = default;

}  // namespace rc::phone
