// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "call/media_session.h"

namespace rc::media {

// Where the audio of one session goes to and comes from: exchanged by the signalling thread, used
// by the streaming threads. Outlives the peers that use it.
class AudioPorts {
 public:
  void set_receiver(std::shared_ptr<call::AudioReceiver> receiver) {
    const std::lock_guard lock(mutex_);
    receiver_.swap(receiver);
  }
  void set_source(std::shared_ptr<call::AudioSource> source) {
    const std::lock_guard lock(mutex_);
    source_.swap(source);
  }
  std::shared_ptr<call::AudioReceiver> receiver() const {
    const std::lock_guard lock(mutex_);
    return receiver_;
  }
  std::shared_ptr<call::AudioSource> source() const {
    const std::lock_guard lock(mutex_);
    return source_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<call::AudioReceiver> receiver_;
  std::shared_ptr<call::AudioSource> source_;
};

}  // namespace rc::media
