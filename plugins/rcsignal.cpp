// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:element-rcsignal
 * @title: rcsignal
 * @short_description: a RingCentral line: log in, registration, calls
 *
 * The line that the rcsrc and rcsink of a pipeline use; needed only to set what the environment
 * does not, or for its signals. Without pads; also works outside of a pipeline.
 *
 * |[
 * gst-launch-1.0 -e rcsignal local-address=127.0.0.1 rcsrc ! fakesink
 * ]|
 *
 * With `call-bin` one rcsignal serves many calls at a time: each that the application has not
 * taken, and for which no rcsrc waits, gets a pipeline of its own from that description.
 *
 * |[
 * gst-launch-1.0 -e rcsignal call-bin="rcsrc idle=none ! wavenc ! filesink location=call-%{id}.wav"
 * ]|
 *
 * It has one rcsrc, whose `call` (as that of each rcsink) is set. `%{id}`, `%{from}`, `%{to}` and
 * `%{time}` (UTC) have only [A-Za-z0-9+_-], whatever the caller says. When the call is over the
 * pipeline gets EOS; when the pipeline fails, or hangs (10 s to start, 5 s to end), its call ends,
 * and a WARNING says why, with the id of the call. Element messages (`rc-call`, `level`) and
 * warnings of all these pipelines are posted by the rcsignal, with the `call-id`.
 * Ctrl-C of gst-launch-1.0 -e and going to READY finish all files, within 5 s.
 *
 * With `webrtc` a webrtcbin of the pipeline carries a call, and the audio is that of the elements
 * linked to it. It carries one call; when that is over, what webrtcbin feeds gets EOS. See
 * pipelines/README.md.
 *
 * |[
 * gst-launch-1.0 -e rcsignal webrtc=w webrtcbin name=w bundle-policy=max-bundle \
 *   audiotestsrc is-live=true ! opusenc ! rtpopuspay ! w. \
 *   w. ! rtpopusdepay ! opusdec ! wavenc ! filesink location=call.wav
 * ]|
 *
 * Secrets (`jwt`, `client-secret`) cannot be read back; give them by the environment rather than in
 * a launch line, where every user of the machine can read them.
 *
 * All signals, and the functions of promises, come on the line's own thread, without a lock held,
 * while registration and calls wait: return at once. One that has not returned after 100 ms is told
 * about by a WARNING. Actions and state changes may be asked for in a handler; none of them waits.
 * The structure of a signal is lent until the handler returns. C, C++ and Rust see that in its
 * type; PyGObject (3.42) does not copy it, so take out the strings, or keep `structure.copy()`.
 * Languages that cannot run code on foreign threads (gjs) read the same structures from the bus.
 *
 * Since: 0.1
 */
#include "rcsignal.h"

#include <string>

#include "call_bins.h"
#include "call_description.h"
#include "guard.h"
#include "phone/settings_check.h"
#include "rcline.h"
#include "rcmessages.h"
#include "rcsignal_properties.h"
#include "signal_listener.h"
#include "webrtc_seat.h"

GST_DEBUG_CATEGORY(gst_rc_signal_debug);  // also of handler_watch.cpp
#define GST_CAT_DEFAULT gst_rc_signal_debug

struct RcSignalPrivate {
  rc::SignalSettings settings;  // under the object lock; copied at NULL->READY
  // From READY on.
  std::shared_ptr<rc::phone::Phone> phone;
  std::shared_ptr<rc::LineReporter> reporter;
  std::shared_ptr<rc::SignalListener> listener;
  std::shared_ptr<rc::CallBins> bins;  // from PAUSED on; null: no call-bin
  // From PAUSED on, with the property webrtc; under the object lock.
  std::shared_ptr<rc::WebRtcSeat> webrtc;
};

struct _GstRcSignal {
  GstElement parent;
  RcSignalPrivate* priv;
};

G_DEFINE_FINAL_TYPE(GstRcSignal, gst_rc_signal, GST_TYPE_ELEMENT)

rc::Result<std::shared_ptr<rc::phone::Phone>> gst_rc_signal_phone(GstRcSignal* signal) {
  GST_OBJECT_LOCK(signal);
  auto phone = signal->priv->phone;
  GST_OBJECT_UNLOCK(signal);
  if (!phone) return rc::Error{rc::Errc::kConfig, "the rcsignal is not in READY yet"};
  return phone;
}

namespace {

GstRcSignal* self(gpointer object) { return GST_RC_SIGNAL(object); }

// --- states ---

rc::Result<rc::phone::Settings> complete(rc::phone::Settings settings) {
  auto credentials =
      rc::rest::complete_credentials(settings.credentials, rc::rest::process_environment());
  if (!credentials.ok()) return credentials.error();
  settings.credentials = std::move(credentials).value();
  return rc::phone::check_settings(std::move(settings));
}

// The line may be in use in this process already: then it stays as who made it wanted it.
void warn_of_others(GstRcSignal* signal, const rc::phone::Settings& ours,
                    const rc::phone::Settings& in_use) {
  std::string names;
  for (const std::string& name : rc::different_properties({ours, {}, {}}, {in_use, {}, {}}))
    names += (names.empty() ? "" : ", ") + name;
  if (names.empty()) return;
  rc::post_warning(GST_ELEMENT(signal), {rc::Errc::kConfig,
                                         "this account's line is in use in this process with other "
                                         "settings, and they stay: " +
                                             names});
}

bool open_phone(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  GST_OBJECT_LOCK(signal);
  rc::phone::Settings settings = priv.settings.phone;
  GST_OBJECT_UNLOCK(signal);
  auto checked = complete(std::move(settings));
  if (!checked.ok()) {
    rc::post_error(GST_ELEMENT(signal), checked.error());
    return false;
  }
  settings = std::move(checked).value();
  if (settings.insecure)
    rc::post_warning(GST_ELEMENT(signal), {rc::Errc::kConfig,
                                           "insecure=true: anybody in between can read the "
                                           "credentials and the calls; use ca-file instead"});
  auto phone = rc::phone::Phone::find_or_make(settings);
  warn_of_others(signal, settings, phone->settings());
  GST_OBJECT_LOCK(signal);
  priv.phone = phone;
  GST_OBJECT_UNLOCK(signal);
  GstContext* context = rc::make_line_context(std::move(phone));
  gst_element_set_context(GST_ELEMENT(signal), context);
  gst_element_post_message(GST_ELEMENT(signal),
                           gst_message_new_have_context(GST_OBJECT(signal), context));
  return true;
}

std::shared_ptr<rc::WebRtcSeat> webrtc_seat(GstRcSignal* signal) {
  GST_OBJECT_LOCK(signal);
  auto seat = signal->priv->webrtc;
  GST_OBJECT_UNLOCK(signal);
  return seat;
}

// False: what the property webrtc names cannot be had.
bool open_webrtc(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  GST_OBJECT_LOCK(signal);
  const std::string name = priv.settings.webrtc;
  GST_OBJECT_UNLOCK(signal);
  if (name.empty()) return true;
  auto seat = rc::WebRtcSeat::create(GST_ELEMENT(signal), *priv.phone, name);
  if (!seat.ok()) {
    rc::post_error(GST_ELEMENT(signal), seat.error());
    return false;
  }
  GST_OBJECT_LOCK(signal);
  priv.webrtc = std::move(seat).value();
  GST_OBJECT_UNLOCK(signal);
  return true;
}

void drop_webrtc(GstRcSignal* signal) {
  GST_OBJECT_LOCK(signal);
  const auto dropped = std::exchange(signal->priv->webrtc, nullptr);
  GST_OBJECT_UNLOCK(signal);
  if (dropped) dropped->leave();
}

// What is wrong with call-bin is told now, not when somebody calls.
bool make_bins(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  GST_OBJECT_LOCK(signal);
  const std::string description = priv.settings.call_bin;
  GST_OBJECT_UNLOCK(signal);
  if (description.empty()) return true;
  const auto faults = rc::check_call_description(description);
  if (faults.error) {
    rc::post_error(GST_ELEMENT(signal), *faults.error);
    return false;
  }
  if (faults.warning) rc::post_warning(GST_ELEMENT(signal), *faults.warning);
  priv.bins = std::make_shared<rc::CallBins>(GST_ELEMENT(signal), description, priv.phone);
  return true;
}

bool start(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  if (!make_bins(signal) || !open_webrtc(signal)) return false;
  priv.reporter = std::make_shared<rc::LineReporter>(GST_ELEMENT(signal));
  priv.listener = std::make_shared<rc::SignalListener>(GST_ELEMENT(signal));
  priv.reporter->begin();
  priv.phone->add_listener(priv.reporter);
  priv.phone->add_listener(priv.listener);
  if (priv.bins) priv.phone->add_listener(priv.bins);  // last: a call's end is told before its EOS
  priv.phone->start();
  return true;
}

void stop(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  if (priv.reporter) priv.reporter->cancel("stopped");
  if (priv.bins) priv.bins->close();
  priv.bins.reset();
  priv.reporter.reset();
  priv.listener.reset();
}

// The contexts hold the phone too: it closes with the last user, which waits at most 1.2 s.
void drop_phone(GstRcSignal* signal) {
  GST_OBJECT_LOCK(signal);
  const auto phone = std::exchange(signal->priv->phone, nullptr);
  GST_OBJECT_UNLOCK(signal);
  if (!phone) return;
  GstContext* nothing = gst_context_new(rc::kLineContext, TRUE);
  gst_element_set_context(GST_ELEMENT(signal), nothing);
  gst_element_post_message(GST_ELEMENT(signal),
                           gst_message_new_have_context(GST_OBJECT(signal), nothing));
}

void play_webrtc(GstRcSignal* signal, GstStateChange transition) {
  const auto seat = webrtc_seat(signal);
  if (!seat) return;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) seat->play(signal->priv->phone);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) seat->pause();
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) drop_webrtc(signal);
}

bool begin_change(GstRcSignal* signal, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_NULL_TO_READY) return open_phone(signal);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) return start(signal);
  return true;
}

GstStateChangeReturn change_state(GstRcSignal* signal, GstStateChange transition) {
  if (!begin_change(signal, transition)) return GST_STATE_CHANGE_FAILURE;
  const bool plays = transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING;
  if (signal->priv->bins && (plays || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    signal->priv->bins->set_open(plays);
  const auto ret =
      GST_ELEMENT_CLASS(gst_rc_signal_parent_class)->change_state(GST_ELEMENT(signal), transition);
  play_webrtc(signal, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) stop(signal);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) drop_phone(signal);
  return ret;
}

GstStateChangeReturn gst_rc_signal_change_state(GstElement* element, GstStateChange transition) {
  return rc::guard(element, GST_STATE_CHANGE_FAILURE,
                   [=] { return change_state(self(element), transition); });
}

// Ctrl-C of gst-launch -e: it may still wait in PAUSED for the registration (see end_stream() of
// rcsrc); and a webrtcbin, which never ends by itself, has its call hung up.
void end_stream(GstRcSignal* signal) {
  if (signal->priv->reporter) signal->priv->reporter->cancel("end of stream asked for");
  if (signal->priv->bins) signal->priv->bins->end();
  if (const auto seat = webrtc_seat(signal)) seat->leave();
}

gboolean gst_rc_signal_send_event(GstElement* element, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) end_stream(self(element));
  gst_event_unref(event);
  return TRUE;
}

// --- actions ---

std::string text_or_empty(const gchar* text) { return text != nullptr ? text : ""; }

// Runs an action on the phone, or tells the promise that there is none.
template <typename Action>
void act(GstRcSignal* signal, GstPromise* promise, Action action) {
  auto done = rc::resolve(GST_ELEMENT(signal), promise);
  auto phone = gst_rc_signal_phone(signal);
  if (!phone.ok()) return done(phone.error());
  action(*phone.value(), std::move(done));
}

gchar* gst_rc_signal_dial(GstRcSignal* signal, const gchar* number, GstPromise* promise) {
  std::string id;
  act(signal, promise, [&](rc::phone::Phone& phone, rc::phone::Phone::Done done) {
    const auto seat = webrtc_seat(signal);
    id = phone.dial(text_or_empty(number), seat ? seat->id() : "", std::move(done));
  });
  return g_strdup(id.c_str());
}

void gst_rc_signal_answer(GstRcSignal* signal, const gchar* call, GstPromise* promise) {
  act(signal, promise, [=](auto& phone, auto done) { phone.answer(text_or_empty(call), done); });
}
void gst_rc_signal_decline(GstRcSignal* signal, const gchar* call, GstPromise* promise) {
  act(signal, promise, [=](auto& phone, auto done) { phone.decline(text_or_empty(call), done); });
}
void gst_rc_signal_hangup(GstRcSignal* signal, const gchar* call, GstPromise* promise) {
  act(signal, promise, [=](auto& phone, auto done) { phone.hangup(text_or_empty(call), done); });
}

// --- properties ---

void gst_rc_signal_set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  rc::SignalSettings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  rc::set_signal_property(settings, id, value);
  // The pipeline ends when all its sinks have: with call-bin that is when the last call is over.
  if (settings.call_bin.empty())
    GST_OBJECT_FLAG_UNSET(object, GST_ELEMENT_FLAG_SINK);
  else
    GST_OBJECT_FLAG_SET(object, GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_UNLOCK(object);
}

// From a copy: the line may be asked, and no lock is held while it is.
void gst_rc_signal_get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  const auto phone = gst_rc_signal_phone(self(object));
  GST_OBJECT_LOCK(object);
  const rc::SignalSettings settings = self(object)->priv->settings;
  GST_OBJECT_UNLOCK(object);
  rc::get_signal_property(settings, phone.ok() ? phone.value().get() : nullptr, id, value);
}

void gst_rc_signal_finalize(GObject* object) {
  delete self(object)->priv;
  G_OBJECT_CLASS(gst_rc_signal_parent_class)->finalize(object);
}

void install_notice(GstRcSignalClass* klass, const char* name) {
  g_signal_new(name, G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
               G_TYPE_NONE, 1, GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void install_action(GstRcSignalClass* klass, const char* name, GCallback handler) {
  g_signal_new_class_handler(name, G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             handler, nullptr, nullptr, nullptr, G_TYPE_NONE, 2, G_TYPE_STRING,
                             GST_TYPE_PROMISE);
}

void install_notices(GstRcSignalClass* klass) {
  /**
   * GstRcSignal::registration-changed:
   * @rcsignal: the line
   * @registration: structure `rc-line`, as on the bus
   *
   * The line's state has changed, or there is news of it.
   */
  install_notice(klass, "registration-changed");
  /**
   * GstRcSignal::call-changed:
   * @rcsignal: the line
   * @call: structure `rc-call`, as on the bus
   *
   * A call of the line has begun or has changed, for example its `state` or `media`.
   */
  install_notice(klass, "call-changed");
  /**
   * GstRcSignal::call-ended:
   * @rcsignal: the line
   * @call: structure `rc-call` with `ended-by`, `status` and `reason`
   *
   * A call is over; the last signal about it.
   */
  install_notice(klass, "call-ended");
  /**
   * GstRcSignal::call-received:
   * @rcsignal: the line
   * @call: structure `rc-call`
   *
   * A call has come in, and nobody has answered it yet.
   *
   * Returns: %TRUE if the application takes it: it answers or declines, the property `answer` does
   * not apply to this call
   */
  g_signal_new("call-received", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
               g_signal_accumulator_true_handled, nullptr, nullptr, G_TYPE_BOOLEAN, 1,
               GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

void install_actions(GstRcSignalClass* klass) {
  /**
   * GstRcSignal::dial:
   * @rcsignal: the line
   * @number: such as `+12025550100`, an extension or a `*` code
   * @promise: (nullable): replied to once the call is under way, or with `error` when it cannot be
   * made
   *
   * Calls a number; a free rcsrc of the line carries the call. Not before the line is registered.
   *
   * Returns: the call's id, at once
   */
  g_signal_new_class_handler("dial", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(gst_rc_signal_dial), nullptr, nullptr, nullptr,
                             G_TYPE_STRING, 2, G_TYPE_STRING, GST_TYPE_PROMISE);
  /**
   * GstRcSignal::answer:
   * @rcsignal: the line
   * @call_id: of a call that rings
   * @promise: (nullable): replied to once; the field `error` (GError) tells of a failure
   *
   * Answers a call with a free rcsrc of the line.
   */
  install_action(klass, "answer", G_CALLBACK(gst_rc_signal_answer));
  /**
   * GstRcSignal::decline:
   * @rcsignal: the line
   * @call_id: of a call that rings
   * @promise: (nullable): as of `answer`
   *
   * Sends the caller away.
   */
  install_action(klass, "decline", G_CALLBACK(gst_rc_signal_decline));
  /**
   * GstRcSignal::hangup:
   * @rcsignal: the line
   * @call_id: of any call
   * @promise: (nullable): as of `answer`
   *
   * Ends a call, also one that is still being made.
   */
  install_action(klass, "hangup", G_CALLBACK(gst_rc_signal_hangup));
}

}  // namespace

static void gst_rc_signal_init(GstRcSignal* signal) {
  signal->priv = new RcSignalPrivate();
  // A bin hands EOS of the application to its sources only; see gst_rc_signal_send_event().
  GST_OBJECT_FLAG_SET(signal, GST_ELEMENT_FLAG_SOURCE);
}

static void gst_rc_signal_class_init(GstRcSignalClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_rc_signal_debug, "rcsignal", 0, "RingCentral: the line");
  auto* object = G_OBJECT_CLASS(klass);
  auto* element = GST_ELEMENT_CLASS(klass);
  object->set_property = gst_rc_signal_set_property;
  object->get_property = gst_rc_signal_get_property;
  object->finalize = gst_rc_signal_finalize;
  rc::install_signal_properties(object);
  install_notices(klass);
  install_actions(klass);
  element->change_state = gst_rc_signal_change_state;
  element->send_event = gst_rc_signal_send_event;
  gst_element_class_set_static_metadata(element, "RingCentral line", "Generic/Network",
                                        "Logs in, registers and controls the calls of one line",
                                        "The gst-ringcentral authors");
  gst_type_mark_as_plugin_api(rc::signal_answer_type(), static_cast<GstPluginAPIFlags>(0));
}
