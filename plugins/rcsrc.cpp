// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:element-rcsrc
 * @title: rcsrc
 * @short_description: what the far end of a RingCentral call says
 *
 * A live source of audio that starts before there is a call and lasts over several, one after the
 * other. Alone in a pipeline it is a whole phone: it logs in with the account in the environment,
 * registers, and answers the calls that come while it plays.
 *
 * |[
 * gst-launch-1.0 -e rcsrc num-calls=1 idle=none ! wavenc ! filesink location=call.wav
 * ]|
 *
 * Buffer n has the timestamp n x 20 ms, carries what arrived in [timestamp, timestamp + 20 ms) and
 * is pushed `latency` later. Each change of the call is an element message `rc-call`; downstream
 * gets a TAG event and the sticky event `rc-call` when a call is answered. The call's numbers
 * (loss, jitter, round trip, concealment, set-up times, MOS) are the element message `rc-stats`,
 * each `stats-interval` of the line and once at the call's end, ahead of its last `rc-call`.
 *
 * Since: 0.1
 */
#include "rcsrc.h"

#include <atomic>
#include <memory>
#include <string>

#include "call/dial_string.h"
#include "guard.h"
#include "rcline.h"
#include "rcmessages.h"
#include "source_stream.h"

GST_DEBUG_CATEGORY_STATIC(gst_rc_src_debug);
#define GST_CAT_DEFAULT gst_rc_src_debug

namespace {

enum Property { kProp0, kLine, kLatency, kIdle, kNumCalls, kDial, kCall };

using rc::SourceSettings;

constexpr guint kDefaultLatencyMs = 120;
constexpr guint kLeastLatencyMs = 80;  // the jitterbuffer gets latency - 60 ms
constexpr guint kMostLatencyMs = 1000;
constexpr int kDefaultRate = 16000;
constexpr GstClockTime kHeldInPlayout = 500 * GST_MSECOND;  // it keeps that much for a late reader

GType idle_type() {
  static const GEnumValue values[] = {
      {SourceSettings::kSilence, "Silence, flagged as a gap", "silence"},
      {SourceSettings::kGap, "GAP events instead of buffers", "gap"},
      {SourceSettings::kNone, "Nothing: the stream holds calls only", "none"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstRcSrcIdle", values);
  return type;
}

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-raw, format=(string)S16LE"
                    ", layout=(string)interleaved, rate=(int)[ 8000, 48000 ], channels=(int)1"));

}  // namespace

struct RcSrcPrivate {
  std::string seat_id;
  SourceSettings settings;  // under the object lock; copied at READY->PAUSED
  // From READY->PAUSED to PAUSED->READY.
  std::shared_ptr<rc::phone::Phone> phone;
  std::shared_ptr<rc::LineReporter> reporter;  // null: an rcsignal reports
  std::unique_ptr<rc::SourceStream> stream;
};

struct _GstRcSrc {
  GstPushSrc parent;
  RcSrcPrivate* priv;
};

G_DEFINE_FINAL_TYPE(GstRcSrc, gst_rc_src, GST_TYPE_PUSH_SRC)

const std::string& gst_rc_src_seat(GstRcSrc* src) { return src->priv->seat_id; }

namespace {

// --- states ---

// What can never be dialled is told before the line is bothered, not once it is registered.
rc::Result<rc::FoundLine> find_line(GstRcSrc* src, const SourceSettings& settings) {
  if (!settings.dial.empty() && !settings.call.empty())
    return rc::Error{rc::Errc::kConfig, "dial and call are both set: it can do one of them"};
  if (!settings.dial.empty()) {
    const auto number = rc::call::parse_dial_string(settings.dial, true);
    if (!number.ok()) return number.error();
  }
  return rc::find_line(GST_ELEMENT(src), settings.line);
}

bool start(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  GST_OBJECT_LOCK(src);
  const SourceSettings settings = priv.settings;
  GST_OBJECT_UNLOCK(src);
  auto found = find_line(src, settings);
  if (!found.ok()) {
    rc::post_error(GST_ELEMENT(src), found.error());
    return false;
  }
  priv.phone = found.value().phone;
  priv.stream = std::make_unique<rc::SourceStream>(
      GST_BASE_SRC(src), settings, priv.phone,
      std::make_shared<rc::SourceSeat>(GST_ELEMENT(src), priv.seat_id));
  if (found.value().own) {
    priv.reporter = std::make_shared<rc::LineReporter>(GST_ELEMENT(src));
    priv.reporter->begin();
    priv.phone->add_listener(priv.reporter);
  }
  priv.phone->start();
  return true;
}

void stop(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  if (priv.reporter) priv.reporter->cancel("stopped");
  if (priv.phone) priv.phone->remove_seat(priv.seat_id);
  priv.reporter.reset();
  priv.stream.reset();
  priv.phone.reset();  // the last user waits for the goodbye, at most 1.2 s
}

// Not start() of GstBaseSrc, which adds an error of its own to ours. A pipeline that does not play
// takes no call; one that is in its seat goes on.
GstStateChangeReturn change_state(GstRcSrc* src, GstStateChange transition) {
  const RcSrcPrivate& priv = *src->priv;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start(src))
    return GST_STATE_CHANGE_FAILURE;
  const auto ret =
      GST_ELEMENT_CLASS(gst_rc_src_parent_class)->change_state(GST_ELEMENT(src), transition);
  const bool failed = ret == GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (failed && transition == GST_STATE_CHANGE_READY_TO_PAUSED))
    stop(src);
  const bool plays = transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING;
  if (priv.phone && (plays || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    priv.phone->open_seat(priv.seat_id, plays);
  return ret;
}

GstRcSrc* self(gpointer object) { return GST_RC_SRC(object); }

GstStateChangeReturn gst_rc_src_change_state(GstElement* element, GstStateChange transition) {
  return rc::guard(element, GST_STATE_CHANGE_FAILURE,
                   [=] { return change_state(self(element), transition); });
}

gboolean gst_rc_src_unlock(GstBaseSrc* base) {
  if (const auto& stream = self(base)->priv->stream) stream->set_flushing(true);
  return TRUE;
}

gboolean gst_rc_src_unlock_stop(GstBaseSrc* base) {
  if (const auto& stream = self(base)->priv->stream) stream->set_flushing(false);
  return TRUE;
}

GstFlowReturn gst_rc_src_create(GstPushSrc* push, GstBuffer** out) {
  return rc::guard(GST_ELEMENT(push), GST_FLOW_ERROR,
                   [=] { return self(push)->priv->stream->create(out); });
}

gboolean gst_rc_src_set_caps(GstBaseSrc* base, GstCaps* caps) {
  int rate = 0;
  if (!gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &rate)) return FALSE;
  self(base)->priv->stream->set_rate(rate);
  return TRUE;
}

GstCaps* gst_rc_src_fixate(GstBaseSrc* base, GstCaps* caps) {
  caps = gst_caps_make_writable(caps);
  gst_structure_fixate_field_nearest_int(gst_caps_get_structure(caps, 0), "rate", kDefaultRate);
  return GST_BASE_SRC_CLASS(gst_rc_src_parent_class)->fixate(base, caps);
}

gboolean gst_rc_src_query(GstBaseSrc* base, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY)
    return GST_BASE_SRC_CLASS(gst_rc_src_parent_class)->query(base, query);
  const GstClockTime latency = self(base)->priv->settings.latency_ms * GST_MSECOND;
  gst_query_set_latency(query, TRUE, latency, latency + kHeldInPlayout);
  return TRUE;
}

// An EOS event from the application (gst-launch -e and Ctrl-C). While gst-launch still waits in
// PAUSED for the registration, it needs the end of the PROGRESS to go on (1.22, measured).
void end_stream(GstRcSrc* src) {
  if (src->priv->reporter) src->priv->reporter->cancel("end of stream asked for");
  if (src->priv->stream) src->priv->stream->end();
}

gboolean gst_rc_src_send_event(GstElement* element, GstEvent* event) {
  if (GST_EVENT_TYPE(event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS(gst_rc_src_parent_class)->send_event(element, event);
  gst_event_unref(event);
  end_stream(self(element));
  return TRUE;
}

// --- properties ---

void gst_rc_src_set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  SourceSettings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      settings.line = g_value_get_string(value) ? g_value_get_string(value) : "";
      break;
    case kDial:
      settings.dial = g_value_get_string(value) ? g_value_get_string(value) : "";
      break;
    case kCall:
      settings.call = g_value_get_string(value) ? g_value_get_string(value) : "";
      break;
    case kLatency:
      settings.latency_ms = g_value_get_uint(value);
      break;
    case kIdle:
      settings.idle = static_cast<SourceSettings::Idle>(g_value_get_enum(value));
      break;
    case kNumCalls:
      settings.num_calls = g_value_get_int(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void gst_rc_src_get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const SourceSettings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      g_value_set_string(value, settings.line.c_str());
      break;
    case kDial:
      g_value_set_string(value, settings.dial.c_str());
      break;
    case kCall:
      g_value_set_string(value, settings.call.c_str());
      break;
    case kLatency:
      g_value_set_uint(value, settings.latency_ms);
      break;
    case kIdle:
      g_value_set_enum(value, settings.idle);
      break;
    case kNumCalls:
      g_value_set_int(value, settings.num_calls);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void gst_rc_src_finalize(GObject* object) {
  delete self(object)->priv;
  G_OBJECT_CLASS(gst_rc_src_parent_class)->finalize(object);
}

void install_properties(GObjectClass* klass) {
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_READY);
  g_object_class_install_property(
      klass, kLine,
      g_param_spec_string("line", "Line",
                          "Name of the rcsignal whose line to use (empty = the pipeline's, else "
                          "the account in the environment)",
                          "", kFlags));
  g_object_class_install_property(
      klass, kLatency,
      g_param_spec_uint("latency", "Latency",
                        "From a packet's arrival to the pushed buffer, in ms; constant",
                        kLeastLatencyMs, kMostLatencyMs, kDefaultLatencyMs, kFlags));
  g_object_class_install_property(
      klass, kIdle,
      g_param_spec_enum("idle", "Idle", "What is pushed while there is no call", idle_type(),
                        SourceSettings::kSilence, kFlags));
  g_object_class_install_property(
      klass, kNumCalls,
      g_param_spec_int("num-calls", "Number of calls", "EOS after so many calls (-1 = never)", -1,
                       G_MAXINT, -1, kFlags));
  g_object_class_install_property(
      klass, kDial,
      g_param_spec_string("dial", "Dial",
                          "Number to call when PLAYING and registered, such as +12025550100 "
                          "(empty = wait for calls)",
                          "", kFlags));
  g_object_class_install_property(
      klass, kCall,
      g_param_spec_string("call", "Call",
                          "Id of a call to answer when PLAYING, or to hear if it is answered "
                          "already; EOS when it ends or is none (empty = any call)",
                          "", kFlags));
}

}  // namespace

static void gst_rc_src_init(GstRcSrc* src) {
  static std::atomic<unsigned> next{0};
  src->priv = new RcSrcPrivate();
  src->priv->seat_id = "seat-" + std::to_string(next++);
  gst_base_src_set_live(GST_BASE_SRC(src), TRUE);
  gst_base_src_set_format(GST_BASE_SRC(src), GST_FORMAT_TIME);
}

static void gst_rc_src_class_init(GstRcSrcClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_rc_src_debug, "rcsrc", 0, "RingCentral: source of a call's audio");
  auto* object = G_OBJECT_CLASS(klass);
  auto* element = GST_ELEMENT_CLASS(klass);
  auto* base = GST_BASE_SRC_CLASS(klass);
  object->set_property = gst_rc_src_set_property;
  object->get_property = gst_rc_src_get_property;
  object->finalize = gst_rc_src_finalize;
  install_properties(object);
  element->change_state = gst_rc_src_change_state;
  element->send_event = gst_rc_src_send_event;
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(element, "RingCentral call source", "Source/Audio/Network",
                                        "What the far end of a RingCentral phone call says",
                                        "The gst-ringcentral authors");
  base->unlock = gst_rc_src_unlock;
  base->unlock_stop = gst_rc_src_unlock_stop;
  base->set_caps = gst_rc_src_set_caps;
  base->fixate = gst_rc_src_fixate;
  base->query = gst_rc_src_query;
  GST_PUSH_SRC_CLASS(klass)->create = gst_rc_src_create;
  gst_type_mark_as_plugin_api(idle_type(), static_cast<GstPluginAPIFlags>(0));
}
