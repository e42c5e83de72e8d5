// SPDX-License-Identifier: LGPL-2.1-or-later
#include "speech.h"

#include <gio/gio.h>

#include <thread>
#include <utility>

#include "media_wav.h"

namespace standin {
namespace {

constexpr std::size_t kMaxBytes = 2000;

// Blocks until the child has ended.
std::vector<std::int16_t> collect(GSubprocess* process, const std::string& text) {
  GBytes* in = g_bytes_new(text.data(), text.size());
  GBytes* out = nullptr;
  bool finished = g_subprocess_communicate(process, in, nullptr, &out, nullptr, nullptr) != FALSE;
  g_bytes_unref(in);
  std::vector<std::int16_t> samples;
  if (finished && out != nullptr) {
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(out, &size));
    if (auto decoded = media::decode_wav({data, size})) samples = std::move(*decoded);
  }
  if (out != nullptr) g_bytes_unref(out);
  return samples;
}

}  // namespace

std::string speakable(std::string_view text) {
  std::string clean;
  const char* end = nullptr;
  g_utf8_validate(text.data(), static_cast<gssize>(text.size()), &end);
  for (const char* at = text.data(); at < end;) {
    const char* next = g_utf8_next_char(at);
    gunichar c = g_utf8_get_char(at);
    bool spoken = g_unichar_isprint(c) != FALSE && c != '[' && c != ']' && c != '<' && c != '>';
    std::string_view character = spoken ? std::string_view(at, next) : " ";
    if (clean.size() + character.size() > kMaxBytes) break;
    clean += character;
    at = next;
  }
  return clean;
}

// A thread, not GLib's asynchronous call: that one needs a running thread-default context, and
// the one the leg lives in is its owner's.
struct SpeechJob::Child {
  GSubprocess* process = nullptr;
  std::thread thread;
};

SpeechJob::SpeechJob(std::string_view text, Done done) : child_(std::make_unique<Child>()) {
  child_->process = g_subprocess_new(
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE),
      nullptr, "espeak-ng", "-v", "en-us", "-s", "150", "-b", "1", "--stdin", "--stdout", nullptr);
  if (child_->process == nullptr) {
    done({});
    return;
  }
  child_->thread = std::thread([process = child_->process, clean = speakable(text),
                                done = std::move(done)] { done(collect(process, clean)); });
}

SpeechJob::~SpeechJob() {
  if (child_->process != nullptr) g_subprocess_force_exit(child_->process);
  if (child_->thread.joinable()) child_->thread.join();
  if (child_->process != nullptr) g_object_unref(child_->process);
}

}  // namespace standin
