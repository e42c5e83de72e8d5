// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_seat.h"

#include <utility>

#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "rcline.h"
#include "rcmessages.h"

namespace rc {
namespace {

bool is_webrtcbin(GstElement* element) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr && std::string_view(GST_OBJECT_NAME(factory)) == "webrtcbin";
}

Ref<GstElement> find_webrtcbin(GstElement* signal, const std::string& name) {
  const auto root = root_of(signal);
  if (!GST_IS_BIN(root.get())) return {};
  auto found = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(root.get()), name.c_str()));
  return found && is_webrtcbin(found.get()) ? found : Ref<GstElement>();
}

}  // namespace

Result<std::shared_ptr<WebRtcSeat>> WebRtcSeat::create(GstElement* signal, phone::Phone& phone,
                                                       const std::string& name) {
  const auto webrtcbin = find_webrtcbin(signal, name);
  if (!webrtcbin)
    return Error{Errc::kConfig, "webrtc=" + clean_text(name) +
                                    ": there is no webrtcbin of that name in this pipeline"};
  auto media = phone.borrow(webrtcbin.get());
  if (!media.ok()) return media.error();
  auto seat = std::make_shared<WebRtcSeat>(signal, name);
  seat->media_ = std::move(media).value();
  return seat;
}

WebRtcSeat::WebRtcSeat(GstElement* signal, const std::string& name)
    : name_(name), id_("webrtc-" + random_token(12)) {
  g_weak_ref_init(&element_, signal);
}

WebRtcSeat::~WebRtcSeat() { g_weak_ref_clear(&element_); }

void WebRtcSeat::play(const std::shared_ptr<phone::Phone>& phone) {
  if (phone_.lock()) {
    if (!used_) phone->open_seat(id_, true);
    return;
  }
  phone_ = phone;
  call::SeatOptions options;
  options.id = id_;
  options.media = std::exchange(media_, nullptr);
  options.listener = weak_from_this();
  phone->add_seat(std::move(options));
}

void WebRtcSeat::pause() {
  if (const auto phone = phone_.lock()) phone->open_seat(id_, false);
}

void WebRtcSeat::leave() {
  media_ = nullptr;
  if (const auto phone = phone_.lock()) phone->remove_seat(id_);
}

void WebRtcSeat::on_seat_call(const call::CallInfo& call) {
  if (const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)))) {
    post_element_message(element.get(), to_structure(call));
    if (const auto failure = failure_of(call)) post_warning(element.get(), *failure);
  }
  const bool dialled = call.direction == call::Direction::kOutbound;
  if (dialled || call.state == call::CallState::kAnswered) use_up(call);
}

void WebRtcSeat::use_up(const call::CallInfo& call) {
  if (used_.exchange(true)) return;
  RC_LOG(kPhone, INFO,
         call.id + " is the one call of webrtc=" + clean_text(name_) +
             ": later ones ring on, for another rcsrc or webrtcbin");
  pause();
}

// Nobody asks this seat to dial by itself.
void WebRtcSeat::on_seat_refused(const Error&) {}

}  // namespace rc
