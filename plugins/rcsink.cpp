// SPDX-License-Identifier: LGPL-2.1-or-later
/**
 * SECTION:element-rcsink
 * @title: rcsink
 * @short_description: what we say into a RingCentral call
 *
 * Takes any raw audio and speaks it into the call of an rcsrc of the same pipeline, at the pace of
 * the call. A file waits until somebody listens; live input is dropped until then.
 *
 * |[
 * gst-launch-1.0 -e rcsrc num-calls=1 ! fakesink filesrc location=hello.wav ! wavparse ! rcsink
 * ]|
 *
 * A flush (FLUSH_START, FLUSH_STOP) empties the queue at once, for barge-in, and posts the element
 * message `rc-playback` with what was accepted, played and discarded, in ms.
 *
 * Since: 0.1
 */
#include "rcsink.h"

#include <gst/audio/audio.h>

#include <atomic>
#include <memory>
#include <string>

#include "core/text.h"
#include "elements_of_type.h"
#include "guard.h"
#include "rcline.h"
#include "rcmessages.h"
#include "rcsrc.h"
#include "speech_queue.h"

GST_DEBUG_CATEGORY_STATIC(gst_rc_sink_debug);
#define GST_CAT_DEFAULT gst_rc_sink_debug

namespace {

enum Property { kProp0, kLine, kSource, kCall, kMaxQueue, kIdle };
enum Idle { kIdleHold, kIdleDrop };

constexpr guint kDefaultMaxQueueMs = 200;
constexpr size_t kSamplesPerMs = rc::call::kSendRate / 1000;

GType idle_type() {
  static const GEnumValue values[] = {
      {kIdleHold, "Input that is not live waits, live input is dropped", "hold"},
      {kIdleDrop, "All input is dropped", "drop"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstRcSinkIdle", values);
  return type;
}

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS(GST_AUDIO_CAPS_MAKE(GST_AUDIO_FORMATS_ALL) ", layout=(string)interleaved"));

struct Settings {
  std::string line, source, call;
  guint max_queue_ms = kDefaultMaxQueueMs;
  Idle idle = kIdleHold;
};

struct ConverterDelete {
  void operator()(GstAudioConverter* converter) const { gst_audio_converter_free(converter); }
};

}  // namespace

struct RcSinkPrivate {
  std::string id;
  Settings settings;
  // From READY->PAUSED to PAUSED->READY.
  std::shared_ptr<rc::phone::Phone> phone;
  std::shared_ptr<rc::SpeechQueue> queue;
  // Streaming thread.
  GstAudioInfo info;
  std::unique_ptr<GstAudioConverter, ConverterDelete> converter;
  std::vector<int16_t> converted;
};

struct _GstRcSink {
  GstBaseSink parent;
  RcSinkPrivate* priv;
};

G_DEFINE_FINAL_TYPE(GstRcSink, gst_rc_sink, GST_TYPE_BASE_SINK)

namespace {

GstRcSink* self(gpointer object) { return GST_RC_SINK(object); }

// --- whose call ---

// The seat to speak into: that of the rcsrc named, else of the only one. Empty: any call.
rc::Result<std::string> find_seat(GstRcSink* sink) {
  const std::string& name = sink->priv->settings.source;
  const auto root = rc::root_of(GST_ELEMENT(sink));
  const auto sources = rc::elements_of_type(root.get(), GST_TYPE_RC_SRC);
  if (name.empty())
    return sources.size() == 1 ? gst_rc_src_seat(GST_RC_SRC(sources[0].get())) : std::string();
  for (const auto& source : sources)
    if (name == GST_OBJECT_NAME(source.get())) return gst_rc_src_seat(GST_RC_SRC(source.get()));
  return rc::Error{rc::Errc::kConfig, "source=" + rc::clean_text(name) +
                                          ": there is no rcsrc of that name in this pipeline"};
}

bool start(GstRcSink* sink) {
  RcSinkPrivate& priv = *sink->priv;
  auto seat = find_seat(sink);
  auto line = rc::find_line(GST_ELEMENT(sink), priv.settings.line);
  if (!seat.ok() || !line.ok()) {
    rc::post_error(GST_ELEMENT(sink), seat.ok() ? line.error() : seat.error());
    return false;
  }
  priv.phone = line.value().phone;
  priv.queue = std::make_shared<rc::SpeechQueue>(GST_ELEMENT(sink),
                                                 priv.settings.max_queue_ms * kSamplesPerMs);
  priv.phone->add_speaker({priv.id, seat.value(), priv.settings.call, priv.queue, priv.queue});
  priv.phone->start();
  return true;
}

void stop(GstRcSink* sink) {
  RcSinkPrivate& priv = *sink->priv;
  if (priv.phone) priv.phone->remove_speaker(priv.id);
  priv.queue.reset();
  priv.converter.reset();
  priv.phone.reset();  // the last user waits for the goodbye, at most 1.2 s
}

// Not start() and stop() of GstBaseSink: these run in NULL->READY, where an rcsignal of the
// pipeline may not have its line yet, and this sink would make one of its own with other settings.
GstStateChangeReturn change_state(GstRcSink* sink, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start(sink))
    return GST_STATE_CHANGE_FAILURE;
  const bool plays = transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING;
  if (plays || transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    sink->priv->queue->set_playing(plays);
  const auto ret =
      GST_ELEMENT_CLASS(gst_rc_sink_parent_class)->change_state(GST_ELEMENT(sink), transition);
  const bool failed = ret == GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (failed && transition == GST_STATE_CHANGE_READY_TO_PAUSED))
    stop(sink);
  return ret;
}

// --- audio ---

gboolean set_caps(GstRcSink* sink, GstCaps* caps) {
  RcSinkPrivate& priv = *sink->priv;
  if (!gst_audio_info_from_caps(&priv.info, caps)) return FALSE;
  GstAudioInfo out;
  gst_audio_info_set_format(&out, GST_AUDIO_FORMAT_S16LE, rc::call::kSendRate, 1, nullptr);
  priv.converter.reset(
      gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &priv.info, &out, nullptr));
  return priv.converter != nullptr;
}

std::span<const int16_t> convert(RcSinkPrivate& priv, GstMapInfo& map) {
  const gsize in_frames = map.size / static_cast<gsize>(GST_AUDIO_INFO_BPF(&priv.info));
  const gsize out_frames = gst_audio_converter_get_out_frames(priv.converter.get(), in_frames);
  priv.converted.resize(out_frames);
  gpointer in[] = {map.data};
  gpointer out[] = {priv.converted.data()};
  gst_audio_converter_samples(priv.converter.get(), GST_AUDIO_CONVERTER_FLAG_NONE, in, in_frames,
                              out, out_frames);
  return priv.converted;
}

bool input_is_live(GstRcSink* sink) {
  GstQuery* query = gst_query_new_latency();
  gboolean live = FALSE;
  if (gst_pad_peer_query(GST_BASE_SINK_PAD(sink), query))
    gst_query_parse_latency(query, &live, nullptr, nullptr);
  gst_query_unref(query);
  return live;
}

// Waits without the preroll lock, as GstBaseSink does for its clock: changes of state need it, and
// it may be long until somebody listens.
rc::SpeechQueue::Put put(GstRcSink* sink, std::span<const int16_t>& samples) {
  const RcSinkPrivate& priv = *sink->priv;
  // To ask whether the input is live goes through the whole pipeline, and matters only until then.
  const bool drop =
      !priv.queue->is_heard() && (priv.settings.idle == kIdleDrop || input_is_live(sink));
  GST_BASE_SINK_PREROLL_UNLOCK(sink);
  const auto result = priv.queue->put(samples, drop);
  GST_BASE_SINK_PREROLL_LOCK(sink);
  return result;
}

GstFlowReturn render(GstRcSink* sink, GstBuffer* buffer) {
  RcSinkPrivate& priv = *sink->priv;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return GST_FLOW_ERROR;
  auto samples = convert(priv, map);
  gst_buffer_unmap(buffer, &map);
  using Put = rc::SpeechQueue::Put;
  for (;;) {
    switch (put(sink, samples)) {
      case Put::kTaken:
      case Put::kDropped:
        return GST_FLOW_OK;
      case Put::kFinished:
        return GST_FLOW_EOS;
      case Put::kFlushing:
        break;
    }
    // unlock() also comes when the pipeline pauses: then it goes on after that.
    if (GST_BASE_SINK(sink)->flushing) return GST_FLOW_FLUSHING;
  }
}

void post_playback(GstRcSink* sink, const rc::SpeechQueue::Played& played) {
  auto ms = [](uint64_t samples) { return static_cast<guint64>(samples / kSamplesPerMs); };
  rc::post_element_message(
      GST_ELEMENT(sink),
      gst_structure_new("rc-playback", "accepted", G_TYPE_UINT64, ms(played.accepted), "played",
                        G_TYPE_UINT64, ms(played.played), "discarded", G_TYPE_UINT64,
                        ms(played.discarded), nullptr));
}

// A FLUSH_STOP that resets time moves the whole pipeline's base time: a recorder beside this sink
// would lose 1.7 s (measured, 1.22). Barge-in must not, so the flag goes no further.
GstEvent* without_reset_time(GstEvent* event) {
  GstEvent* plain = gst_event_new_flush_stop(FALSE);
  gst_event_set_seqnum(plain, gst_event_get_seqnum(event));
  gst_event_unref(event);
  return plain;
}

gboolean handle_event(GstRcSink* sink, GstEvent* event) {
  RcSinkPrivate& priv = *sink->priv;
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
    post_playback(sink, priv.queue->flush());
    event = without_reset_time(event);
  } else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    priv.queue->drain();
  }
  return GST_BASE_SINK_CLASS(gst_rc_sink_parent_class)->event(GST_BASE_SINK(sink), event);
}

// --- face ---

GstStateChangeReturn gst_rc_sink_change_state(GstElement* element, GstStateChange transition) {
  return rc::guard(element, GST_STATE_CHANGE_FAILURE,
                   [=] { return change_state(self(element), transition); });
}
gboolean gst_rc_sink_set_caps(GstBaseSink* base, GstCaps* caps) {
  return rc::guard(GST_ELEMENT(base), FALSE, [=] { return set_caps(self(base), caps); });
}
GstFlowReturn gst_rc_sink_render(GstBaseSink* base, GstBuffer* buffer) {
  return rc::guard(GST_ELEMENT(base), GST_FLOW_ERROR, [=] { return render(self(base), buffer); });
}
gboolean gst_rc_sink_event(GstBaseSink* base, GstEvent* event) {
  return rc::guard(GST_ELEMENT(base), FALSE, [=] { return handle_event(self(base), event); });
}

gboolean gst_rc_sink_unlock(GstBaseSink* base) {
  if (const auto queue = self(base)->priv->queue) queue->interrupt(true);
  return TRUE;
}

gboolean gst_rc_sink_unlock_stop(GstBaseSink* base) {
  if (const auto queue = self(base)->priv->queue) queue->interrupt(false);
  return TRUE;
}

void gst_rc_sink_set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  Settings& settings = self(object)->priv->settings;
  auto text = [value] { return g_value_get_string(value) ? g_value_get_string(value) : ""; };
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      settings.line = text();
      break;
    case kSource:
      settings.source = text();
      break;
    case kCall:
      settings.call = text();
      break;
    case kMaxQueue:
      settings.max_queue_ms = g_value_get_uint(value);
      break;
    case kIdle:
      settings.idle = static_cast<Idle>(g_value_get_enum(value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void gst_rc_sink_get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const Settings& settings = self(object)->priv->settings;
  GST_OBJECT_LOCK(object);
  switch (id) {
    case kLine:
      g_value_set_string(value, settings.line.c_str());
      break;
    case kSource:
      g_value_set_string(value, settings.source.c_str());
      break;
    case kCall:
      g_value_set_string(value, settings.call.c_str());
      break;
    case kMaxQueue:
      g_value_set_uint(value, settings.max_queue_ms);
      break;
    case kIdle:
      g_value_set_enum(value, settings.idle);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  GST_OBJECT_UNLOCK(object);
}

void gst_rc_sink_finalize(GObject* object) {
  delete self(object)->priv;
  G_OBJECT_CLASS(gst_rc_sink_parent_class)->finalize(object);
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
      klass, kSource,
      g_param_spec_string("source", "Source",
                          "Name of the rcsrc into whose calls to speak (empty = the only one of "
                          "the pipeline, else any call of the line)",
                          "", kFlags));
  g_object_class_install_property(
      klass, kCall,
      g_param_spec_string("call", "Call", "Id of the call to speak into (empty = see source)", "",
                          kFlags));
  g_object_class_install_property(
      klass, kMaxQueue,
      g_param_spec_uint("max-queue", "Maximum queue", "Most audio that waits to be sent, in ms", 20,
                        10000, kDefaultMaxQueueMs, kFlags));
  g_object_class_install_property(
      klass, kIdle,
      g_param_spec_enum("idle", "Idle", "What becomes of input while nobody listens", idle_type(),
                        kIdleHold, kFlags));
}

}  // namespace

static void gst_rc_sink_init(GstRcSink* sink) {
  static std::atomic<unsigned> next{0};
  sink->priv = new RcSinkPrivate();
  sink->priv->id = "speaker-" + std::to_string(next++);
  gst_audio_info_init(&sink->priv->info);
  // The call sets the pace, and a sink without a call must not hold the pipeline in preroll.
  gst_base_sink_set_sync(GST_BASE_SINK(sink), FALSE);
  gst_base_sink_set_async_enabled(GST_BASE_SINK(sink), FALSE);
}

static void gst_rc_sink_class_init(GstRcSinkClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_rc_sink_debug, "rcsink", 0, "RingCentral: sink into a call");
  auto* object = G_OBJECT_CLASS(klass);
  auto* element = GST_ELEMENT_CLASS(klass);
  auto* base = GST_BASE_SINK_CLASS(klass);
  object->set_property = gst_rc_sink_set_property;
  object->get_property = gst_rc_sink_get_property;
  object->finalize = gst_rc_sink_finalize;
  install_properties(object);
  element->change_state = gst_rc_sink_change_state;
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_set_static_metadata(element, "RingCentral call sink", "Sink/Audio/Network",
                                        "What we say into a RingCentral phone call",
                                        "The gst-ringcentral authors");
  base->set_caps = gst_rc_sink_set_caps;
  base->render = gst_rc_sink_render;
  base->event = gst_rc_sink_event;
  base->unlock = gst_rc_sink_unlock;
  base->unlock_stop = gst_rc_sink_unlock_stop;
  gst_type_mark_as_plugin_api(idle_type(), static_cast<GstPluginAPIFlags>(0));
}
