// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <memory>
#include <string>

#include "phone/phone.h"

namespace rc {

// The place for one call on a webrtcbin that the user has brought: rcsignal's property `webrtc`.
// One call, not one at a time: a webrtcbin of 1.22 takes no second one.
class WebRtcSeat : public call::SeatListener, public std::enable_shared_from_this<WebRtcSeat> {
 public:
  // In READY->PAUSED, before audio flows: from now on the webrtcbin is the call's. Errc::kConfig:
  // there is none of that name in the pipeline of `signal`, or it cannot be used.
  static Result<std::shared_ptr<WebRtcSeat>> create(GstElement* signal, phone::Phone& phone,
                                                    const std::string& name);
  WebRtcSeat(GstElement* signal, const std::string& name);  // for create()
  ~WebRtcSeat() override;

  void play(const std::shared_ptr<phone::Phone>& phone);  // PLAYING: takes a call
  void pause();                                           // PAUSED: keeps it, takes none
  // Hangs up, if there is a call; what the webrtcbin feeds gets EOS.
  void leave();
  const std::string& id() const { return id_; }

  void on_seat_call(const call::CallInfo& call) override;
  void on_seat_refused(const Error& error) override;

 private:
  void use_up(const call::CallInfo& call);

  GWeakRef element_;
  const std::string name_, id_;
  call::MediaFactory media_;  // until the line has it
  std::weak_ptr<phone::Phone> phone_;
  std::atomic<bool> used_ = false;
};

}  // namespace rc
