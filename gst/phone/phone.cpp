// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/phone.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/main_clock.h"
#include "core/thread.h"
#include "media/session.h"
#include "phone/phone_core.h"
#include "phone/stats_board.h"

namespace rc::phone {
namespace {

// The handle: passes everything on to the core's thread.
class PhoneHandle : public Phone {
 public:
  explicit PhoneHandle(Settings settings) : settings_(std::move(settings)) {
    thread_.emplace("rc-line");
    clock_.emplace(thread_->context());
    thread_->post([this] {
      core_ = std::make_unique<PhoneCore>(*clock_, settings_,
                                          media::make_webrtc_media(thread_->queue(), *clock_),
                                          [this](const Status& status) { remember(status); });
      core_->add_listener(board_);
    });
  }

  ~PhoneHandle() override {
    close();
    thread_->post([this] { core_.reset(); });
    thread_.reset();  // joins, while all that it uses is still there
  }

  // The last user may let go on the phone's own thread, in a handler of a signal: that thread can
  // neither wait for its goodbye nor join itself.
  static void destroy(PhoneHandle* phone) {
    if (phone->thread_->is_current())
      std::thread([phone] { delete phone; }).detach();
    else
      delete phone;
  }

  void start() override {
    thread_->post([this] {
      if (!warm_up_) warm_up_.emplace();  // while the network is waited for
      core_->start();
    });
  }

  void close() override {
    std::unique_lock lock(mutex_);
    if (std::exchange(closing_, true)) return;
    thread_->post([this] {
      core_->close([this] {
        std::lock_guard guard(mutex_);
        closed_ = true;
        changed_.notify_all();
      });
    });
    changed_.wait(lock, [this] { return closed_; });  // the core keeps its time limit
  }

  std::vector<call::CallStats> stats() const override { return board_->stats(); }

  Status status() const override {
    std::lock_guard lock(mutex_);
    return status_;
  }

  Settings settings() const override { return settings_; }

  void add_listener(std::weak_ptr<Listener> listener) override {
    thread_->post([this, listener] { core_->add_listener(listener); });
  }
  void add_seat(call::SeatOptions options) override {
    thread_->post([this, options = std::move(options)] { core_->line().add_seat(options); });
  }
  void remove_seat(const std::string& id) override {
    thread_->post([this, id] { core_->line().remove_seat(id); });
  }
  void open_seat(const std::string& id, bool open) override {
    thread_->post([this, id, open] { core_->line().open_seat(id, open); });
  }
  void seat_ringing_calls() override {
    thread_->post([this] { core_->line().seat_ringing_calls(); });
  }
  void add_speaker(call::SpeakerOptions options) override {
    thread_->post([this, options = std::move(options)] { core_->line().add_speaker(options); });
  }
  void remove_speaker(const std::string& id) override {
    thread_->post([this, id] { core_->line().remove_speaker(id); });
  }
  Result<call::MediaFactory> borrow(GstElement* webrtcbin) override {
    return media::make_borrowed_media(webrtcbin, thread_->queue(), *clock_);
  }
  std::string dial(const std::string& number, const std::string& seat, Done done) override {
    std::string id = call::Line::new_call_id();
    thread_->post([this, id, number, seat, done = std::move(done)] {
      core_->line().dial(id, number, seat, done);
    });
    return id;
  }
  void answer(const std::string& call, Done done) override {
    thread_->post([this, call, done = std::move(done)] { core_->line().answer(call, done); });
  }
  void decline(const std::string& call, Done done) override {
    thread_->post([this, call, done = std::move(done)] { core_->line().decline(call, done); });
  }
  void hangup(const std::string& call, Done done) override {
    thread_->post([this, call, done = std::move(done)] { core_->line().hang_up(call, done); });
  }

 private:
  void remember(const Status& status) {
    std::lock_guard lock(mutex_);
    status_ = status;
  }

  const Settings settings_;
  const std::shared_ptr<StatsBoard> board_ = std::make_shared<StatsBoard>();
  std::optional<media::WarmUp> warm_up_;
  std::unique_ptr<PhoneCore> core_;  // made, used and destroyed on the thread
  std::optional<Thread> thread_;
  std::optional<MainClock> clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Status status_;
  bool closing_ = false, closed_ = false;
};

std::mutex registry_mutex;
std::map<std::string, std::weak_ptr<Phone>>& registry() {
  static std::map<std::string, std::weak_ptr<Phone>> phones;
  return phones;
}

}  // namespace

std::shared_ptr<Phone> Phone::find_or_make(const Settings& settings) {
  // Who wants its certificates checked must not get the line of somebody who does not.
  const std::string key = rest::line_key(settings.credentials, settings.insecure ? "insecure" : "");
  std::lock_guard lock(registry_mutex);
  std::weak_ptr<Phone>& known = registry()[key];
  if (auto phone = known.lock()) return phone;
  std::shared_ptr<Phone> phone(new PhoneHandle(settings), PhoneHandle::destroy);
  known = phone;
  return phone;
}

const char* to_string(State state) {
  switch (state) {
    case State::kIdle:
      return "idle";
    case State::kConnecting:
      return "connecting";
    case State::kRegistered:
      return "registered";
    case State::kRetrying:
      return "retrying";
    case State::kFailed:
      return "failed";
    case State::kClosed:
      return "closed";
  }
  return "";
}

}  // namespace rc::phone
