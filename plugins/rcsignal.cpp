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
 * Secrets (`jwt`, `client-secret`) cannot be read back; give them by the environment rather than in
 * a launch line, where every user of the machine can read them.
 *
 * All signals come on the line's signalling thread, without a lock held: return soon.
 *
 * Since: 0.1
 */
#include "rcsignal.h"

#include <string>

#include "guard.h"
#include "phone/settings_check.h"
#include "rcline.h"
#include "rcmessages.h"
#include "signal_listener.h"

GST_DEBUG_CATEGORY_STATIC(gst_rc_signal_debug);
#define GST_CAT_DEFAULT gst_rc_signal_debug

namespace {

enum Property {
  kProp0,
  kServer,
  kClientId,
  kClientSecret,
  kJwt,
  kCaFile,
  kStateFolder,
  kUserAgent,
  kLocalAddress,
  kStunServer,
  kCallerId,
  kAnswer,
  kAnswerDelay,
  kMaxCalls,
  kMediaTimeout,
  kInsecure,
  kAllowEmergency,
  kState,
  kOwnNumber
};

using rc::call::AnswerPolicy;

GType answer_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(AnswerPolicy::kAuto), "A free rcsrc in PLAYING answers", "auto"},
      {static_cast<int>(AnswerPolicy::kRing), "The application answers", "ring"},
      {static_cast<int>(AnswerPolicy::kReject), "Every call is declined", "reject"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstRcSignalAnswer", values);
  return type;
}

}  // namespace

struct RcSignalPrivate {
  rc::phone::Settings settings;  // under the object lock; copied at NULL->READY
  // From READY on.
  std::shared_ptr<rc::phone::Phone> phone;
  std::shared_ptr<rc::LineReporter> reporter;
  std::shared_ptr<rc::SignalListener> listener;
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

bool open_phone(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  GST_OBJECT_LOCK(signal);
  rc::phone::Settings settings = priv.settings;
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
  GST_OBJECT_LOCK(signal);
  priv.phone = phone;
  GST_OBJECT_UNLOCK(signal);
  GstContext* context = rc::make_line_context(std::move(phone));
  gst_element_set_context(GST_ELEMENT(signal), context);
  gst_element_post_message(GST_ELEMENT(signal),
                           gst_message_new_have_context(GST_OBJECT(signal), context));
  return true;
}

void start(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  priv.reporter = std::make_shared<rc::LineReporter>(GST_ELEMENT(signal));
  priv.listener = std::make_shared<rc::SignalListener>(GST_ELEMENT(signal));
  priv.reporter->begin();
  priv.phone->add_listener(priv.reporter);
  priv.phone->add_listener(priv.listener);
  priv.phone->start();
}

void stop(GstRcSignal* signal) {
  RcSignalPrivate& priv = *signal->priv;
  if (priv.reporter) priv.reporter->cancel("stopped");
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

GstStateChangeReturn change_state(GstRcSignal* signal, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !open_phone(signal))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) start(signal);
  const auto ret =
      GST_ELEMENT_CLASS(gst_rc_signal_parent_class)->change_state(GST_ELEMENT(signal), transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) stop(signal);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) drop_phone(signal);
  return ret;
}

GstStateChangeReturn gst_rc_signal_change_state(GstElement* element, GstStateChange transition) {
  return rc::guard(element, GST_STATE_CHANGE_FAILURE,
                   [=] { return change_state(self(element), transition); });
}

// Ctrl-C of gst-launch -e while it waits in PAUSED for the registration: see end_stream() of rcsrc.
gboolean gst_rc_signal_send_event(GstElement* element, GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS && self(element)->priv->reporter)
    self(element)->priv->reporter->cancel("end of stream asked for");
  gst_event_unref(event);
  return TRUE;
}

// --- actions ---

std::string text_or_empty(const gchar* text) { return text != nullptr ? text : ""; }

// Runs an action on the phone, or tells the promise that there is none.
template <typename Action>
void act(GstRcSignal* signal, GstPromise* promise, Action action) {
  auto done = rc::resolve(promise);
  auto phone = gst_rc_signal_phone(signal);
  if (!phone.ok()) return done(phone.error());
  action(*phone.value(), std::move(done));
}

gchar* gst_rc_signal_dial(GstRcSignal* signal, const gchar* number, GstPromise* promise) {
  std::string id;
  act(signal, promise, [&](rc::phone::Phone& phone, rc::phone::Phone::Done done) {
    id = phone.dial(text_or_empty(number), std::move(done));
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

void gst_rc_signal_set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  rc::phone::Settings& settings = self(object)->priv->settings;
  auto text = [value] { return text_or_empty(g_value_get_string(value)); };
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kServer:
      settings.credentials.server = text();
      break;
    case kClientId:
      settings.credentials.client_id = text();
      break;
    case kClientSecret:
      settings.credentials.client_secret = text();
      break;
    case kJwt:
      settings.credentials.jwt = text();
      break;
    case kCaFile:
      settings.credentials.ca_file = text();
      break;
    case kStateFolder:
      settings.state_folder = text();
      break;
    case kUserAgent:
      settings.user_agent = text();
      break;
    case kLocalAddress:
      settings.local_address = text();
      break;
    case kStunServer:
      settings.stun_server = text();
      break;
    case kCallerId:
      settings.line.caller_id = text();
      break;
    case kAnswer:
      settings.line.answer = static_cast<AnswerPolicy>(g_value_get_enum(value));
      break;
    case kAnswerDelay:
      settings.line.answer_delay = std::chrono::milliseconds(g_value_get_uint(value));
      break;
    case kMaxCalls:
      settings.line.max_calls = g_value_get_uint(value);
      break;
    case kMediaTimeout:
      settings.line.media_timeout = std::chrono::seconds(g_value_get_uint(value));
      break;
    case kInsecure:
      settings.insecure = g_value_get_boolean(value);
      break;
    case kAllowEmergency:
      settings.line.allow_emergency = g_value_get_boolean(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void get_line_property(GstRcSignal* signal, guint id, GValue* value) {
  const auto phone = gst_rc_signal_phone(signal);
  const rc::phone::Status status = phone.ok() ? phone.value()->status() : rc::phone::Status{};
  g_value_set_string(value, id == kState ? to_string(status.state) : status.own_number.c_str());
}

void gst_rc_signal_get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == kState || id == kOwnNumber) return get_line_property(self(object), id, value);
  const rc::phone::Settings& settings = self(object)->priv->settings;
  auto set = [value](const std::string& text) { g_value_set_string(value, text.c_str()); };
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kServer:
      set(settings.credentials.server);
      break;
    case kClientId:
      set(settings.credentials.client_id);
      break;
    case kCaFile:
      set(settings.credentials.ca_file);
      break;
    case kStateFolder:
      set(settings.state_folder);
      break;
    case kUserAgent:
      set(settings.user_agent);
      break;
    case kLocalAddress:
      set(settings.local_address);
      break;
    case kStunServer:
      set(settings.stun_server);
      break;
    case kCallerId:
      set(settings.line.caller_id);
      break;
    case kAnswer:
      g_value_set_enum(value, static_cast<int>(settings.line.answer));
      break;
    case kAnswerDelay:
      g_value_set_uint(value, static_cast<guint>(settings.line.answer_delay.count()));
      break;
    case kMaxCalls:
      g_value_set_uint(value, static_cast<guint>(settings.line.max_calls));
      break;
    case kMediaTimeout:
      g_value_set_uint(value, static_cast<guint>(settings.line.media_timeout.count()));
      break;
    case kInsecure:
      g_value_set_boolean(value, settings.insecure);
      break;
    case kAllowEmergency:
      g_value_set_boolean(value, settings.line.allow_emergency);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void gst_rc_signal_finalize(GObject* object) {
  delete self(object)->priv;
  G_OBJECT_CLASS(gst_rc_signal_parent_class)->finalize(object);
}

constexpr auto kReadWrite =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kWriteOnly =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kReadOnly = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

void install_text(GObjectClass* klass, guint id, const char* name, const char* nick,
                  const char* blurb, GParamFlags flags = kReadWrite) {
  g_object_class_install_property(klass, id, g_param_spec_string(name, nick, blurb, "", flags));
}

void install_account_properties(GObjectClass* klass) {
  install_text(klass, kServer, "server", "Server",
               "URL of RingCentral's API (empty = RINGCENTRAL_SERVER_URL, else production)");
  install_text(klass, kClientId, "client-id", "Client id",
               "The app's client id (empty = RINGCENTRAL_CLIENT_ID)");
  install_text(klass, kClientSecret, "client-secret", "Client secret",
               "The app's client secret (empty = RINGCENTRAL_CLIENT_SECRET)", kWriteOnly);
  install_text(klass, kJwt, "jwt", "JWT",
               "The user's JWT credential (empty = RINGCENTRAL_JWT_TOKEN)", kWriteOnly);
  install_text(klass, kCaFile, "ca-file", "CA file",
               "PEM file of the only authorities to trust (empty = RINGCENTRAL_CA_FILE, else the "
               "system's)");
  install_text(klass, kStateFolder, "state-folder", "State folder",
               "Where the line's device is remembered (empty = $XDG_STATE_HOME/gst-ringcentral)");
  install_text(klass, kUserAgent, "user-agent", "User agent",
               "What the SIP User-Agent header says (empty = gst-ringcentral/version)");
  g_object_class_install_property(
      klass, kInsecure,
      g_param_spec_boolean("insecure", "Insecure", "Accept any TLS certificate", FALSE,
                           kReadWrite));
}

void install_call_properties(GObjectClass* klass) {
  install_text(klass, kLocalAddress, "local-address", "Local address",
               "Address that media uses (empty = all but loopback; 127.0.0.1 if the server is on "
               "loopback)");
  install_text(klass, kStunServer, "stun-server", "STUN server",
               "host:port (empty = what RingCentral says)");
  install_text(klass, kCallerId, "caller-id", "Caller id",
               "Number that outgoing calls show (empty = the line's default)");
  g_object_class_install_property(
      klass, kAnswer,
      g_param_spec_enum("answer", "Answer", "Who answers an incoming call", answer_type(),
                        static_cast<int>(AnswerPolicy::kAuto), kReadWrite));
  g_object_class_install_property(
      klass, kAnswerDelay,
      g_param_spec_uint("answer-delay", "Answer delay", "Ring at least so long, in ms", 0, 60000, 0,
                        kReadWrite));
  g_object_class_install_property(
      klass, kMaxCalls,
      g_param_spec_uint("max-calls", "Maximum calls", "So many calls at a time, others get 486", 1,
                        1000, 50, kReadWrite));
  g_object_class_install_property(
      klass, kMediaTimeout,
      g_param_spec_uint("media-timeout", "Media timeout",
                        "Hang up when nothing of the far end has come for so long, in seconds, "
                        "while the call is not held (0 = never)",
                        0, 3600, 60, kReadWrite));
  g_object_class_install_property(
      klass, kAllowEmergency,
      g_param_spec_boolean("allow-emergency", "Allow emergency",
                           "Dial emergency numbers too; this phone has no location", FALSE,
                           kReadWrite));
  install_text(klass, kState, "state", "State",
               "idle, connecting, registered, retrying, failed or closed", kReadOnly);
  install_text(klass, kOwnNumber, "own-number", "Own number", "The line's number, once provisioned",
               kReadOnly);
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

void install_signals(GstRcSignalClass* klass) {
  // Every change of the registration: structure rc-line.
  install_notice(klass, "registration-changed");
  // Every change of a call but its end, and its end: structure rc-call.
  install_notice(klass, "call-changed");
  install_notice(klass, "call-ended");
  // A call rings; TRUE: the application takes it (answer, decline), no automatic answer.
  g_signal_new("call-received", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
               g_signal_accumulator_true_handled, nullptr, nullptr, G_TYPE_BOOLEAN, 1,
               GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE);
  // dial (number, promise) -> call id at once; the promise ends with the field `error` if it fails.
  g_signal_new_class_handler("dial", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(gst_rc_signal_dial), nullptr, nullptr, nullptr,
                             G_TYPE_STRING, 2, G_TYPE_STRING, GST_TYPE_PROMISE);
  // (call id, promise)
  install_action(klass, "answer", G_CALLBACK(gst_rc_signal_answer));
  install_action(klass, "decline", G_CALLBACK(gst_rc_signal_decline));
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
  install_account_properties(object);
  install_call_properties(object);
  install_signals(klass);
  element->change_state = gst_rc_signal_change_state;
  element->send_event = gst_rc_signal_send_event;
  gst_element_class_set_static_metadata(element, "RingCentral line", "Generic/Network",
                                        "Logs in, registers and controls the calls of one line",
                                        "The gst-ringcentral authors");
  gst_type_mark_as_plugin_api(answer_type(), static_cast<GstPluginAPIFlags>(0));
}
