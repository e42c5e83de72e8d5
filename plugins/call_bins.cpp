// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call_bins.h"

#include <pthread.h>

#include <utility>

#include "core/log.h"
#include "rcmessages.h"

namespace rc {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 10s;  // for its rcsrc to ask for the call
constexpr auto kFinishLimit = 5s;  // for EOS (CallBin gives up at 3 s) and the way to NULL
constexpr int kMostHanging = 10;   // each costs a thread, until it ends by itself if it ever does

std::shared_ptr<GWeakRef> weak_ref(GstElement* element) {
  auto* ref = new GWeakRef;
  g_weak_ref_init(ref, element);
  return {ref, [](GWeakRef* it) {
            g_weak_ref_clear(it);
            delete it;
          }};
}

void post(GWeakRef* signal, const std::function<void(GstElement*)>& post_on) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(signal)));
  if (element) post_on(element.get());
}

// On the rcsignal, as the pipeline of a call has no bus that anybody else reads.
void warn(GWeakRef* signal, const std::string& id, const CallBin::End& end) {
  const std::string text = "call-bin, call " + id + ": " + end.fault;
  RC_LOG(kCall, WARNING, text);
  post(signal, [&](GstElement* element) {
    const Owned<GError> error(
        g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED, text.c_str()));
    gst_element_post_message(
        element, gst_message_new_warning(GST_OBJECT(element), error.get(), end.debug.c_str()));
  });
}

// What the elements of a call say (rc-call, level ..), with the id of the call.
void forward_element(GWeakRef* signal, const std::string& id, GstMessage* message) {
  GstStructure* structure = gst_structure_copy(gst_message_get_structure(message));
  if (!gst_structure_has_field(structure, "call-id"))
    gst_structure_set(structure, "call-id", G_TYPE_STRING, id.c_str(), nullptr);
  Owned<GstStructure> owned(structure);
  post(signal, [&](GstElement* element) { post_element_message(element, owned.release()); });
}

void forward(GWeakRef* signal, const std::string& id, GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT) return forward_element(signal, id, message);
  GError* error = nullptr;
  char* debug = nullptr;
  gst_message_parse_warning(message, &error, &debug);
  const Owned<GError> owned_error(error);
  const Owned<char> owned_debug(debug);
  warn(signal, id, {error->message, debug != nullptr ? debug : ""});
}

}  // namespace

CallBins::CallBins(GstElement* signal, std::string description, std::shared_ptr<phone::Phone> phone)
    : signal_(weak_ref(signal)), description_(std::move(description)), phone_(std::move(phone)) {
  thread_.emplace("rc-bins");
  clock_.emplace(thread_->context());
}

CallBins::~CallBins() {
  close();
  thread_.reset();  // joins, while all that it uses is still there
}

// --- from outside ---

void CallBins::set_open(bool open) {
  open_ = open;
  if (open)
    thread_->post([this] {
      if (phone_) phone_->seat_ringing_calls();
    });
}

void CallBins::end() {
  open_ = false;
  thread_->post([this] {
    eos_wanted_ = true;
    finish_all();
  });
}

void CallBins::close() {
  open_ = false;
  thread_->post([this] {
    closing_ = true;
    finish_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_; });  // finish_all() keeps its time limit
}

bool CallBins::on_seat_wanted(const call::CallInfo& call) {
  if (!open_) return false;
  if (hanging_ >= kMostHanging) {
    warn(signal_.get(), call.id, {"not taken, as too many pipelines of others hang", {}});
    return false;
  }
  return thread_->post([this, call] { start(call); });
}

void CallBins::on_call(const call::CallInfo& call) {
  const bool ended = call.state == call::CallState::kEnded;
  if (ended || call.seated) thread_->post([this, id = call.id, ended] { note(id, ended); });
}

// --- on the thread of all ---

void CallBins::start(const call::CallInfo& call) {
  const std::string id = call.id;
  if (ending_) return phone_ ? phone_->hangup(id, [](const Result<void>&) {}) : void();
  RC_LOG(kCall, INFO, id + " gets a pipeline of call-bin");
  CallBin::Options options{description_, call, std::make_shared<PhoneLease>(phone_), {}};
  options.on_message = [signal = signal_, id](GstMessage* message) {
    forward(signal.get(), id, message);
  };
  Entry& entry = bins_[id];
  entry.bin = std::make_shared<CallBin>(std::move(options));
  // Posting does nothing once this is gone, which then does not wait for who hangs.
  entry.thread = std::thread([this, id, bin = entry.bin, queue = thread_->queue()] {
    pthread_setname_np(pthread_self(), "rc-call-bin");
    const CallBin::End end = bin->run();
    queue.post([this, id, end] { on_end(id, end); });
  });
  limit(id, kStartLimit, "it did not come to PLAYING within 10 s");
}

void CallBins::limit(const std::string& id, std::chrono::seconds limit, const char* why) {
  bins_.at(id).limit = clock_->after(limit, [this, id, why] { give_up(id, why); });
}

// A call is in its seat: its pipeline plays. Or it is over.
void CallBins::note(const std::string& id, bool ended) {
  const auto found = bins_.find(id);
  if (found == bins_.end()) return;
  Entry& entry = found->second;
  if (!ended) return ending_ ? void() : entry.limit.cancel();
  entry.call_ended = true;
  if (!entry.bin) return forget(found);
  entry.bin->finish();
  limit(id, kFinishLimit, "it did not end within 5 s when its call was over");
}

void CallBins::finish_all() {
  ending_ = true;
  if (closing_) std::erase_if(bins_, [](const auto& it) { return !it.second.bin; });
  for (auto& [id, entry] : bins_) {
    if (entry.bin) entry.bin->finish();
    limit(id, kFinishLimit, "it did not end within 5 s");
  }
  settle();
}

void CallBins::give_up(const std::string& id, const char* why) {
  const auto entry = bins_.find(id);
  if (entry == bins_.end()) return;
  if (!entry->second.bin) return forget(entry);
  ++hanging_;
  warn(signal_.get(), id, {std::string(why) + "; it is left to itself, and the call ends", {}});
  phone_->hangup(id, [](const Result<void>&) {});
  entry->second.bin->give_up();
  entry->second.thread.detach();
  forget(entry);
}

void CallBins::on_end(const std::string& id, const CallBin::End& end) {
  const auto entry = bins_.find(id);
  if (entry == bins_.end()) {  // it was given up
    --hanging_;
    return;
  }
  if (!end.fault.empty()) warn(signal_.get(), id, end);
  entry->second.thread.join();
  entry->second.bin.reset();
  const bool ended = entry->second.call_ended;
  if (!ended) phone_->hangup(id, [](const Result<void>&) {});
  // close() waits for no word of the line: it may be asked for in a handler, on the line's thread.
  if (ended || closing_) return forget(entry);
  limit(id, kFinishLimit, "its call did not end");
}

void CallBins::forget(Entries::iterator entry) {
  bins_.erase(entry);
  settle();
}

// Tells who waits for the end of all.
void CallBins::settle() {
  if (!ending_ || !bins_.empty()) return;
  if (std::exchange(eos_wanted_, false))
    post(signal_.get(), [](GstElement* element) {
      gst_element_post_message(element, gst_message_new_eos(GST_OBJECT(element)));
    });
  if (!closing_) return;
  phone_.reset();
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace rc
