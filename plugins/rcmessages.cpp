// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rcmessages.h"

namespace rc {
namespace {

gint64 microseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

GstResourceError resource_error(Errc code) {
  switch (code) {
    case Errc::kConfig:
      return GST_RESOURCE_ERROR_SETTINGS;
    case Errc::kAuth:
      return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case Errc::kNetwork:
    case Errc::kTimeout:
      return GST_RESOURCE_ERROR_OPEN_READ_WRITE;
    default:
      return GST_RESOURCE_ERROR_FAILED;
  }
}

}  // namespace

GstStructure* to_structure(const call::CallInfo& call) {
  return gst_structure_new("rc-call",                                                    //
                           "call-id", G_TYPE_STRING, call.id.c_str(),                    //
                           "at", G_TYPE_INT64, microseconds(call.at),                    //
                           "state", G_TYPE_STRING, to_string(call.state),                //
                           "direction", G_TYPE_STRING, to_string(call.direction),        //
                           "from", G_TYPE_STRING, call.from_number.c_str(),              //
                           "from-name", G_TYPE_STRING, call.from_name.c_str(),           //
                           "to", G_TYPE_STRING, call.to_number.c_str(),                  //
                           "to-name", G_TYPE_STRING, call.to_name.c_str(),               //
                           "queue", G_TYPE_STRING, call.queue.c_str(),                   //
                           "session-id", G_TYPE_STRING, call.session_id.c_str(),         //
                           "party-id", G_TYPE_STRING, call.party_id.c_str(),             //
                           "codec", G_TYPE_STRING, call.codec.c_str(),                   //
                           "media", G_TYPE_STRING, to_string(call.media),                //
                           "media-gap", G_TYPE_INT64, gint64{call.media_gap.count()},    //
                           "started-at", G_TYPE_INT64, microseconds(call.started_at),    //
                           "answered-at", G_TYPE_INT64, microseconds(call.answered_at),  //
                           "ended-at", G_TYPE_INT64, microseconds(call.ended_at),        //
                           "ended-by", G_TYPE_STRING, to_string(call.ended_by),          //
                           "status", G_TYPE_INT, call.status,                            //
                           "reason", G_TYPE_STRING, call.reason.c_str(), nullptr);
}

GstStructure* to_structure(const call::CallStats& stats) {
  const call::MediaStats& media = stats.media;
  const auto of_ms = [](double ms) { return static_cast<gint64>(ms * 1000); };
  const auto us = [](auto time) {
    return gint64{std::chrono::duration_cast<std::chrono::microseconds>(time).count()};
  };
  return gst_structure_new("rc-stats",                                                    //
                           "call-id", G_TYPE_STRING, stats.call_id.c_str(),               //
                           "at", G_TYPE_INT64, microseconds(stats.at),                    //
                           "final", G_TYPE_BOOLEAN, stats.final,                          //
                           "codec", G_TYPE_STRING, media.codec.c_str(),                   //
                           "duration", G_TYPE_INT64, us(stats.talked),                    //
                           "time-to-answer", G_TYPE_INT64, us(stats.until_answered),      //
                           "time-to-connect", G_TYPE_INT64, us(stats.until_connected),    //
                           "time-to-audio", G_TYPE_INT64, us(stats.until_audio),          //
                           "packets-received", G_TYPE_UINT64, media.packets_received,     //
                           "packets-lost", G_TYPE_UINT64, media.packets_lost,             //
                           "loss", G_TYPE_DOUBLE, stats.loss(),                           //
                           "jitter", G_TYPE_INT64, of_ms(media.jitter_ms),                //
                           "concealed", G_TYPE_DOUBLE, stats.concealed(),                 //
                           "silence", G_TYPE_INT64, us(stats.heard.silence),              //
                           "packets-sent", G_TYPE_UINT64, media.packets_sent,             //
                           "remote-packets-lost", G_TYPE_UINT64, media.remote_lost,       //
                           "remote-jitter", G_TYPE_INT64, of_ms(media.remote_jitter_ms),  //
                           "round-trip", G_TYPE_INT64, of_ms(media.round_trip_ms),        //
                           "r-factor", G_TYPE_DOUBLE, stats.quality.r,                    //
                           "mos", G_TYPE_DOUBLE, stats.quality.mos, nullptr);
}

GstStructure* to_structure(const std::vector<call::CallStats>& calls) {
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_ARRAY);
  for (const call::CallStats& call : calls) {
    GValue one = G_VALUE_INIT;
    g_value_init(&one, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&one, to_structure(call));
    gst_value_array_append_and_take_value(&list, &one);
  }
  GstStructure* structure = gst_structure_new_empty("rc-all-stats");
  gst_structure_take_value(structure, "calls", &list);
  return structure;
}

GstStructure* to_structure(const phone::Status& status) {
  return gst_structure_new("rc-line",                                               //
                           "state", G_TYPE_STRING, to_string(status.state),         //
                           "text", G_TYPE_STRING, status.text.c_str(),              //
                           "own-number", G_TYPE_STRING, status.own_number.c_str(),  //
                           "error", G_TYPE_STRING,
                           status.error ? status.error->message.c_str() : "", nullptr);
}

GstTagList* to_tags(const call::CallInfo& call) {
  const bool inbound = call.direction == call::Direction::kInbound;
  const std::string& other = inbound ? call.from_number : call.to_number;
  const std::string title = (inbound ? "Call from " : "Call to ") + other;
  GstTagList* tags = gst_tag_list_new(GST_TAG_TITLE, title.c_str(), nullptr);
  if (!call.from_name.empty())
    gst_tag_list_add(tags, GST_TAG_MERGE_APPEND, GST_TAG_ARTIST, call.from_name.c_str(), nullptr);
  if (!call.session_id.empty())
    gst_tag_list_add(tags, GST_TAG_MERGE_APPEND, GST_TAG_COMMENT, call.session_id.c_str(), nullptr);
  if (GstDateTime* since =
          gst_date_time_new_from_unix_epoch_utc_usecs(microseconds(call.started_at))) {
    gst_tag_list_add(tags, GST_TAG_MERGE_APPEND, GST_TAG_DATE_TIME, since, nullptr);
    gst_date_time_unref(since);
  }
  return tags;
}

void post_element_message(GstElement* element, GstStructure* structure) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), structure));
}

namespace {

using NewMessage = GstMessage* (*)(GstObject*, GError*, const gchar*);

void post(GstElement* element, const Error& error, NewMessage new_message) {
  GError* gerror =
      g_error_new_literal(GST_RESOURCE_ERROR, resource_error(error.code), error.message.c_str());
  gst_element_post_message(element, new_message(GST_OBJECT(element), gerror, nullptr));
  g_error_free(gerror);
}

}  // namespace

void post_error(GstElement* element, const Error& error) {
  post(element, error, gst_message_new_error);
}

void post_warning(GstElement* element, const Error& error) {
  post(element, error, gst_message_new_warning);
}

std::optional<Error> failure_of(const call::CallInfo& call) {
  if (call.ended_by == call::EndedBy::kFailure) return Error{Errc::kRejected, call.reason};
  const bool dialled = call.direction == call::Direction::kOutbound;
  if (!dialled || call.ended_by != call::EndedBy::kThem || call.status == 0) return std::nullopt;
  return Error{Errc::kRejected, "the call to " + call.to_number +
                                    " failed: " + std::to_string(call.status) + " " + call.reason};
}

}  // namespace rc
