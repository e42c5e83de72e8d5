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
 * gets a TAG event and the sticky event `rc-call` when a call is answered.
 *
 * Since: 0.1
 */
#include "rcsrc.h"

#include <atomic>
#include <memory>
#include <string>

#include "guard.h"
#include "rcline.h"
#include "rcmessages.h"
#include "source_seat.h"

GST_DEBUG_CATEGORY_STATIC(gst_rc_src_debug);
#define GST_CAT_DEFAULT gst_rc_src_debug

namespace {

enum Property { kProp0, kLine, kLatency, kIdle, kNumCalls, kDial };
enum Idle { kIdleSilence, kIdleGap, kIdleNone };

constexpr guint kDefaultLatencyMs = 120;
constexpr guint kLeastLatencyMs = 80;  // the jitterbuffer gets latency - 60 ms
constexpr guint kMostLatencyMs = 1000;
constexpr int kDefaultRate = 16000;
constexpr GstClockTime kHeldInPlayout = 500 * GST_MSECOND;  // it keeps that much for a late reader
constexpr int kBlocksPerSecond = 50;

GType idle_type() {
  static const GEnumValue values[] = {{kIdleSilence, "Silence, flagged as a gap", "silence"},
                                      {kIdleGap, "GAP events instead of buffers", "gap"},
                                      {kIdleNone, "Nothing: the stream holds calls only", "none"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstRcSrcIdle", values);
  return type;
}

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-raw, format=(string)S16LE"
                    ", layout=(string)interleaved, rate=(int)[ 8000, 48000 ], channels=(int)1"));

// Settings: written by the application's thread under the object lock, copied at READY->PAUSED.
struct Settings {
  std::string line, dial;
  guint latency_ms = kDefaultLatencyMs;
  Idle idle = kIdleSilence;
  int num_calls = -1;
};

}  // namespace

struct RcSrcPrivate {
  std::string seat_id;
  Settings settings;
  // From here on: made in start(), dropped in stop().
  std::shared_ptr<rc::phone::Phone> phone;
  std::shared_ptr<rc::LineReporter> reporter;  // null: an rcsignal reports
  std::shared_ptr<rc::SourceSeat> seat;
  // Streaming thread.
  int rate = kDefaultRate;
  guint64 position = 0;            // samples pushed: gives the timestamp
  GstClockTime segment_base = 0;   // running time of segment_start
  GstClockTime segment_start = 0;  // timestamp
  bool in_call = false, discont = true;
  // The wait for the clock, and what ends it, under the object lock.
  GstClockID wait = nullptr;
  bool flushing = false;
  bool eos = false;  // asked for by an event
};

struct _GstRcSrc {
  GstPushSrc parent;
  RcSrcPrivate* priv;
};

G_DEFINE_FINAL_TYPE(GstRcSrc, gst_rc_src, GST_TYPE_PUSH_SRC)

const std::string& gst_rc_src_seat(GstRcSrc* src) { return src->priv->seat_id; }

namespace {

GstClockTime timestamp_of(const RcSrcPrivate& priv, guint64 position) {
  return gst_util_uint64_scale(position, GST_SECOND, static_cast<guint64>(priv.rate));
}

guint64 block_samples(const RcSrcPrivate& priv) {
  return static_cast<guint64>(priv.rate / kBlocksPerSecond);
}

// Absolute clock time of the next sample.
GstClockTime next_time(GstRcSrc* src) {
  const RcSrcPrivate& priv = *src->priv;
  return gst_element_get_base_time(GST_ELEMENT(src)) + priv.segment_base +
         (timestamp_of(priv, priv.position) - priv.segment_start);
}

// --- waiting ---

bool wait_until(GstRcSrc* src, GstClockTime time) {
  RcSrcPrivate& priv = *src->priv;
  GST_OBJECT_LOCK(src);
  GstClock* clock = GST_ELEMENT_CLOCK(src);
  if (priv.flushing || priv.eos || clock == nullptr) {
    GST_OBJECT_UNLOCK(src);
    return false;
  }
  GstClockID id = gst_clock_new_single_shot_id(clock, time);
  priv.wait = id;
  GST_OBJECT_UNLOCK(src);
  gst_clock_id_wait(id, nullptr);
  GST_OBJECT_LOCK(src);
  priv.wait = nullptr;
  const bool interrupted = priv.flushing || priv.eos;
  GST_OBJECT_UNLOCK(src);
  gst_clock_id_unref(id);
  return !interrupted;
}

// Sets what ends the waits, and ends them.
void interrupt(GstRcSrc* src, bool flushing, bool eos) {
  RcSrcPrivate& priv = *src->priv;
  GST_OBJECT_LOCK(src);
  priv.flushing = flushing;
  priv.eos = eos;
  if ((flushing || eos) && priv.wait != nullptr) gst_clock_id_unschedule(priv.wait);
  GST_OBJECT_UNLOCK(src);
  if (priv.seat) priv.seat->interrupt(flushing || eos);
}

struct Interrupts {
  bool flushing, eos;
};

Interrupts interrupts(GstRcSrc* src) {
  GST_OBJECT_LOCK(src);
  const Interrupts now{src->priv->flushing, src->priv->eos};
  GST_OBJECT_UNLOCK(src);
  return now;
}

// --- the stream ---

void offer_seat(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  auto clock = rc::Ref<GstClock>::adopt(gst_element_get_clock(GST_ELEMENT(src)));
  priv.seat->offer(*priv.phone, std::move(clock), priv.rate,
                   std::chrono::milliseconds(priv.settings.latency_ms), priv.settings.dial,
                   priv.settings.num_calls);
}

// idle=none: timestamps go on where they stopped, at the running time when the call begins.
void begin_segment(GstRcSrc* src, GstClockTime call_begin) {
  RcSrcPrivate& priv = *src->priv;
  const GstClockTime base_time = gst_element_get_base_time(GST_ELEMENT(src));
  priv.segment_start = timestamp_of(priv, priv.position);
  priv.segment_base = call_begin > base_time ? call_begin - base_time : 0;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = priv.segment_start;
  segment.base = priv.segment_base;
  gst_base_src_new_segment(GST_BASE_SRC(src), &segment);
}

void tell_downstream(GstRcSrc* src, const rc::call::CallInfo& call) {
  GstPad* pad = GST_BASE_SRC_PAD(src);
  gst_pad_push_event(
      pad, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, rc::to_structure(call)));
  gst_pad_push_event(pad, gst_event_new_tag(rc::to_tags(call)));
}

enum class Turn { kPlay, kWait, kEos };

// What the next block is, given the call whose turn it is.
Turn next_turn(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  const auto span = priv.seat->span();
  if (!span)
    return priv.seat->refused()              ? Turn::kEos
           : priv.settings.idle == kIdleNone ? Turn::kWait
                                             : Turn::kPlay;
  if (!priv.in_call) {
    priv.in_call = true;
    if (priv.settings.idle == kIdleNone) begin_segment(src, span->begin);
  }
  if (span->end == GST_CLOCK_TIME_NONE || next_time(src) < span->end) return Turn::kPlay;
  priv.in_call = false;
  return priv.seat->finish_span() ? Turn::kEos : next_turn(src);
}

GstBuffer* make_buffer(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  const guint64 samples = block_samples(priv);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, samples * sizeof(int16_t), nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  const auto pulled =
      priv.seat->audio().pull(std::chrono::nanoseconds(next_time(src)),
                              {reinterpret_cast<int16_t*>(map.data), static_cast<size_t>(samples)});
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = timestamp_of(priv, priv.position);
  GST_BUFFER_DURATION(buffer) =
      timestamp_of(priv, priv.position + samples) - GST_BUFFER_PTS(buffer);
  GST_BUFFER_OFFSET(buffer) = priv.position;
  GST_BUFFER_OFFSET_END(buffer) = priv.position + samples;
  if (pulled.gap) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_GAP);
  if (std::exchange(priv.discont, false)) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  priv.position += samples;
  return buffer;
}

// Between calls with idle=gap: true when a GAP event has taken the buffer's place.
bool replace_by_gap(GstRcSrc* src, GstBuffer* buffer) {
  if (src->priv->settings.idle != kIdleGap || src->priv->in_call) return false;
  gst_pad_push_event(GST_BASE_SRC_PAD(src),
                     gst_event_new_gap(GST_BUFFER_PTS(buffer), GST_BUFFER_DURATION(buffer)));
  gst_buffer_unref(buffer);
  return true;
}

// A stream without any sample would leave a file behind that nobody can read right: wavenc 1.22
// writes no length into a header that nothing followed, and it reads as 18 hours.
GstFlowReturn finish(GstRcSrc* src, GstBuffer** out) {
  if (src->priv->position > 0) return GST_FLOW_EOS;
  *out = make_buffer(src);
  return GST_FLOW_OK;
}

// One turn; true: the flow return is decided.
bool take_turn(GstRcSrc* src, GstBuffer** out, GstFlowReturn* ret) {
  RcSrcPrivate& priv = *src->priv;
  const Turn turn = next_turn(src);
  if (turn == Turn::kEos) {
    *ret = finish(src, out);
    return true;
  }
  if (turn == Turn::kWait) {
    priv.seat->wait_for_call();
    return false;
  }
  if (!wait_until(src, next_time(src) + priv.settings.latency_ms * GST_MSECOND)) return false;
  if (const auto news = priv.seat->take_news()) tell_downstream(src, *news);
  GstBuffer* buffer = make_buffer(src);
  if (replace_by_gap(src, buffer)) return false;
  *out = buffer;
  *ret = GST_FLOW_OK;
  return true;
}

GstFlowReturn create(GstRcSrc* src, GstBuffer** out) {
  if (!src->priv->seat->offered()) offer_seat(src);
  for (;;) {
    const Interrupts now = interrupts(src);
    if (now.flushing) return GST_FLOW_FLUSHING;
    if (now.eos) return finish(src, out);
    GstFlowReturn ret = GST_FLOW_OK;
    if (take_turn(src, out, &ret)) return ret;
  }
}

// --- states ---

gboolean start(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  auto found = rc::find_line(GST_ELEMENT(src), priv.settings.line);
  if (!found.ok()) {
    rc::post_error(GST_ELEMENT(src), found.error());
    return FALSE;
  }
  priv.phone = found.value().phone;
  priv.seat = std::make_shared<rc::SourceSeat>(GST_ELEMENT(src), priv.seat_id);
  priv.position = 0;
  priv.segment_base = priv.segment_start = 0;
  priv.in_call = false;
  priv.discont = true;
  interrupt(src, false, false);
  if (found.value().own) {
    priv.reporter = std::make_shared<rc::LineReporter>(GST_ELEMENT(src));
    priv.reporter->begin();
    priv.phone->add_listener(priv.reporter);
  }
  priv.phone->start();
  return TRUE;
}

gboolean stop(GstRcSrc* src) {
  RcSrcPrivate& priv = *src->priv;
  if (priv.reporter) priv.reporter->cancel("stopped");
  if (priv.phone) priv.phone->remove_seat(priv.seat_id);
  priv.reporter.reset();
  priv.seat.reset();
  priv.phone.reset();  // the last user waits for the goodbye, at most 1.2 s
  return TRUE;
}

GstRcSrc* self(gpointer object) { return GST_RC_SRC(object); }

gboolean gst_rc_src_start(GstBaseSrc* base) {
  return rc::guard(GST_ELEMENT(base), FALSE, [base] { return start(self(base)); });
}

gboolean gst_rc_src_stop(GstBaseSrc* base) {
  return rc::guard(GST_ELEMENT(base), FALSE, [base] { return stop(self(base)); });
}

gboolean gst_rc_src_unlock(GstBaseSrc* base) {
  interrupt(self(base), true, interrupts(self(base)).eos);
  return TRUE;
}

gboolean gst_rc_src_unlock_stop(GstBaseSrc* base) {
  self(base)->priv->discont = true;
  interrupt(self(base), false, interrupts(self(base)).eos);
  return TRUE;
}

GstFlowReturn gst_rc_src_create(GstPushSrc* push, GstBuffer** out) {
  return rc::guard(GST_ELEMENT(push), GST_FLOW_ERROR, [=] { return create(self(push), out); });
}

gboolean gst_rc_src_set_caps(GstBaseSrc* base, GstCaps* caps) {
  return gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &self(base)->priv->rate);
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
  interrupt(src, interrupts(src).flushing, true);
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
  Settings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      settings.line = g_value_get_string(value) ? g_value_get_string(value) : "";
      break;
    case kDial:
      settings.dial = g_value_get_string(value) ? g_value_get_string(value) : "";
      break;
    case kLatency:
      settings.latency_ms = g_value_get_uint(value);
      break;
    case kIdle:
      settings.idle = static_cast<Idle>(g_value_get_enum(value));
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
  const Settings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      g_value_set_string(value, settings.line.c_str());
      break;
    case kDial:
      g_value_set_string(value, settings.dial.c_str());
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
                        kIdleSilence, kFlags));
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
  element->send_event = gst_rc_src_send_event;
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(element, "RingCentral call source", "Source/Audio/Network",
                                        "What the far end of a RingCentral phone call says",
                                        "The gst-ringcentral authors");
  base->start = gst_rc_src_start;
  base->stop = gst_rc_src_stop;
  base->unlock = gst_rc_src_unlock;
  base->unlock_stop = gst_rc_src_unlock_stop;
  base->set_caps = gst_rc_src_set_caps;
  base->fixate = gst_rc_src_fixate;
  base->query = gst_rc_src_query;
  GST_PUSH_SRC_CLASS(klass)->create = gst_rc_src_create;
  gst_type_mark_as_plugin_api(idle_type(), static_cast<GstPluginAPIFlags>(0));
}
