// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ref.h"
#include "core/result.h"

namespace rc::sip {

// Bytes both ways over an open TCP or TLS connection, never blocking. Reads 16 KiB at most in one
// turn of the main loop, so that timers and other connections have theirs while a peer floods us.
// Thread: signalling; the thread-default GMainContext of start().
class ByteStream : public std::enable_shared_from_this<ByteStream> {
 public:
  static constexpr size_t kMaxQueuedBytes = 1024 * 1024;

  struct Listener {
    std::function<void(std::string_view)> on_bytes;
    // The peer closed, the connection broke, or it does not read what we write (kMaxQueuedBytes).
    // Once, last; never inside write().
    std::function<void(Error)> on_gone;
  };

  // `tcp` is the connection below `stream`, or the same.
  ByteStream(Ref<GIOStream> stream, Ref<GSocketConnection> tcp);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  void start(Listener listener);
  // Another listener from now on; may be called inside a callback.
  void set_listener(Listener listener);
  void write(std::string bytes);
  // Closes the socket at once, whatever is queued. No callback comes after this.
  void drop();

 private:
  void read_on();
  void on_read(GAsyncResult* result);
  void write_on();
  void on_written(GAsyncResult* result);
  // An exception ends the connection, as a fault of the peer's does.
  void run(const std::function<void()>& body);
  void lose(Error reason);

  Ref<GIOStream> stream_;
  Ref<GSocketConnection> tcp_;
  Ref<GCancellable> cancellable_;
  std::shared_ptr<Listener> listener_;  // null once dropped or gone
  std::deque<std::string> queue_;       // the front is being written
  size_t queued_ = 0;
  std::optional<Error> fault_;  // ours, found outside of a callback
};

}  // namespace rc::sip
