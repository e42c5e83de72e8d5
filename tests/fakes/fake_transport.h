// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sip/transport.h"

namespace rc::fakes {

// A socket whose other end is the test: keeps what was sent; the test calls the listener.
class FakeTransport : public sip::Transport {
 public:
  void open(Listener* listener) override { listener_ = listener; }
  void send(std::string message) override {
    if (open_) sent_.push_back(std::move(message));
  }
  void close() override {
    open_ = false;
    listener_ = nullptr;
  }
  bool is_open() const override { return open_; }

  void accept() {
    open_ = true;
    listener_->on_open();
  }
  void deliver(const std::string& bytes) { listener_->on_message(bytes); }
  void lose(const Error& reason) {
    open_ = false;
    std::exchange(listener_, nullptr)->on_closed(reason);
  }

  const std::vector<std::string>& sent() const { return sent_; }

 private:
  Listener* listener_ = nullptr;
  bool open_ = false;
  std::vector<std::string> sent_;
};

}  // namespace rc::fakes
