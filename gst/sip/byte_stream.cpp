// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/byte_stream.h"

#include <utility>

#include "core/guard.h"
#include "core/text.h"

namespace rc::sip {
namespace {

constexpr gsize kReadBytes = 16 * 1024;

using Weak = std::weak_ptr<ByteStream>;

std::shared_ptr<ByteStream> lock(gpointer data) {
  const std::unique_ptr<Weak> weak(static_cast<Weak*>(data));
  return weak->lock();
}

Error broken(const GError* error) {
  return {Errc::kNetwork, "the connection to the SIP proxy broke: " + clean_text(error->message)};
}

}  // namespace

ByteStream::ByteStream(Ref<GIOStream> stream, Ref<GSocketConnection> tcp)
    : stream_(std::move(stream)),
      tcp_(std::move(tcp)),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

ByteStream::~ByteStream() { drop(); }

void ByteStream::start(Listener listener) {
  set_listener(std::move(listener));
  read_on();
}

void ByteStream::set_listener(Listener listener) {
  listener_ = std::make_shared<Listener>(std::move(listener));
}

void ByteStream::drop() {
  listener_.reset();
  g_cancellable_cancel(cancellable_.get());
  if (tcp_) g_socket_close(g_socket_connection_get_socket(tcp_.get()), nullptr);
  tcp_.reset();
}

void ByteStream::run(const std::function<void()>& body) {
  const auto done = guard(body);
  if (!done.ok()) lose(done.error());
}

void ByteStream::lose(Error reason) {
  const auto listener = std::move(listener_);
  drop();
  if (listener) listener->on_gone(fault_ ? *fault_ : std::move(reason));
}

void ByteStream::read_on() {
  g_input_stream_read_bytes_async(
      g_io_stream_get_input_stream(stream_.get()), kReadBytes, G_PRIORITY_DEFAULT,
      cancellable_.get(),
      [](GObject*, GAsyncResult* result, gpointer data) {
        if (const auto self = lock(data)) self->run([&] { self->on_read(result); });
      },
      new Weak(weak_from_this()));
}

void ByteStream::on_read(GAsyncResult* result) {
  GError* error = nullptr;
  const Owned<GBytes> bytes(g_input_stream_read_bytes_finish(
      g_io_stream_get_input_stream(stream_.get()), result, &error));
  const Owned<GError> owned(error);
  if (!listener_) return;
  if (error != nullptr) return lose(broken(error));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  if (size == 0) return lose({Errc::kNetwork, "the SIP proxy closed the connection"});
  const auto listener = listener_;  // it may set another one
  listener->on_bytes({data, size});
  if (listener_) read_on();
}

void ByteStream::write(std::string bytes) {
  if (!listener_ || fault_) return;
  queued_ += bytes.size();
  if (queued_ > kMaxQueuedBytes) {
    fault_ = Error{Errc::kNetwork, "the SIP proxy does not take what we send"};
    return g_cancellable_cancel(cancellable_.get());  // lose() follows
  }
  queue_.push_back(std::move(bytes));
  if (queue_.size() == 1) write_on();
}

void ByteStream::write_on() {
  const std::string& bytes = queue_.front();
  g_output_stream_write_all_async(
      g_io_stream_get_output_stream(stream_.get()), bytes.data(), bytes.size(), G_PRIORITY_DEFAULT,
      cancellable_.get(),
      [](GObject*, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<std::shared_ptr<ByteStream>> self(
            static_cast<std::shared_ptr<ByteStream>*>(data));
        (*self)->run([&] { (*self)->on_written(result); });
      },
      new std::shared_ptr<ByteStream>(shared_from_this()));  // it owns the bytes
}

void ByteStream::on_written(GAsyncResult* result) {
  GError* error = nullptr;
  g_output_stream_write_all_finish(g_io_stream_get_output_stream(stream_.get()), result, nullptr,
                                   &error);
  const Owned<GError> owned(error);
  if (!listener_) return;
  if (error != nullptr) return lose(broken(error));
  queued_ -= queue_.front().size();
  queue_.pop_front();
  if (!queue_.empty()) write_on();
}

}  // namespace rc::sip
