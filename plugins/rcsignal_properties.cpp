// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rcsignal_properties.h"

#include <gst/gst.h>

#include <functional>
#include <string>
#include <vector>

#include "rcmessages.h"

namespace rc {
namespace {

using call::AnswerPolicy;

// GObject asks only for what the spec's flags allow, so a secret's `get` is never called.
struct Property {
  GParamSpec* spec;
  std::function<void(SignalSettings&, const GValue*)> set;
  std::function<void(const SignalSettings&, const phone::Phone*, GValue*)> get;
  std::function<bool(const SignalSettings&, const SignalSettings&)> same;
};

// --- the kinds of fields ---

void store(std::string& field, const GValue* value) {
  const char* text = g_value_get_string(value);
  field = text != nullptr ? text : "";
}
void store(bool& field, const GValue* value) { field = g_value_get_boolean(value); }
void store(size_t& field, const GValue* value) { field = g_value_get_uint(value); }
void store(AnswerPolicy& field, const GValue* value) {
  field = static_cast<AnswerPolicy>(g_value_get_enum(value));
}
template <typename Period>
void store(std::chrono::duration<int64_t, Period>& field, const GValue* value) {
  field = std::chrono::duration<int64_t, Period>(g_value_get_uint(value));
}

void load(const std::string& field, GValue* value) { g_value_set_string(value, field.c_str()); }
void load(const bool& field, GValue* value) { g_value_set_boolean(value, field); }
void load(const size_t& field, GValue* value) {
  g_value_set_uint(value, static_cast<guint>(field));
}
void load(const AnswerPolicy& field, GValue* value) {
  g_value_set_enum(value, static_cast<int>(field));
}
template <typename Period>
void load(const std::chrono::duration<int64_t, Period>& field, GValue* value) {
  g_value_set_uint(value, static_cast<guint>(field.count()));
}

// --- the kinds of properties ---

constexpr auto kReadWrite =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kWriteOnly =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kReadOnly = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

GParamSpec* text(const char* name, const char* nick, const char* blurb,
                 GParamFlags flags = kReadWrite) {
  return g_param_spec_string(name, nick, blurb, "", flags);
}

// A setting: `field` gives the place in SignalSettings where it is kept.
template <typename Field>
Property setting(GParamSpec* spec, Field field) {
  return {
      spec,
      [field](SignalSettings& settings, const GValue* value) { store(field(settings), value); },
      [field](const SignalSettings& settings, const phone::Phone*, GValue* value) {
        load(field(settings), value);
      },
      [field](const SignalSettings& a, const SignalSettings& b) { return field(a) == field(b); }};
}

// Read-only: what the line says of itself.
template <typename Read>
Property status(GParamSpec* spec, Read read) {
  return {spec, nullptr,
          [read](const SignalSettings&, const phone::Phone* phone, GValue* value) {
            load(read(phone != nullptr ? phone->status() : phone::Status{}), value);
          },
          [](const SignalSettings&, const SignalSettings&) { return true; }};
}

// --- the table ---

std::vector<Property> account_properties() {
  return {
      setting(
          text("server", "Server",
               "URL of RingCentral's API (empty = RINGCENTRAL_SERVER_URL, else production)"),
          [](auto& s) -> auto& { return s.phone.credentials.server; }),
      setting(
          text("client-id", "Client id", "The app's client id (empty = RINGCENTRAL_CLIENT_ID)"),
          [](auto& s) -> auto& { return s.phone.credentials.client_id; }),
      setting(
          text("client-secret", "Client secret",
               "The app's client secret (empty = RINGCENTRAL_CLIENT_SECRET)", kWriteOnly),
          [](auto& s) -> auto& { return s.phone.credentials.client_secret; }),
      setting(
          text("jwt", "JWT", "The user's JWT credential (empty = RINGCENTRAL_JWT_TOKEN)",
               kWriteOnly),
          [](auto& s) -> auto& { return s.phone.credentials.jwt; }),
      setting(
          text("ca-file", "CA file",
               "PEM file of the only authorities to trust (empty = RINGCENTRAL_CA_FILE, else "
               "the system's)"),
          [](auto& s) -> auto& { return s.phone.credentials.ca_file; }),
      setting(
          text("state-folder", "State folder",
               "Where the line's device is remembered (empty = $XDG_STATE_HOME/gst-ringcentral)"),
          [](auto& s) -> auto& { return s.phone.state_folder; }),
      setting(
          text("user-agent", "User agent",
               "What the SIP User-Agent header says (empty = gst-ringcentral/version)"),
          [](auto& s) -> auto& { return s.phone.user_agent; }),
      setting(
          g_param_spec_boolean(
              "insecure", "Insecure",
              "Accept any TLS certificate: who is in between reads credentials and calls", FALSE,
              kReadWrite),
          [](auto& s) -> auto& { return s.phone.insecure; }),
  };
}

std::vector<Property> media_properties() {
  return {
      setting(
          text("webrtc", "webrtcbin",
               "Name of a webrtcbin of this pipeline that carries one call, with the audio of "
               "what is linked to it (empty = rcsrc and rcsink carry calls)"),
          [](auto& s) -> auto& { return s.webrtc; }),
      setting(
          text("local-address", "Local address",
               "Address that media uses (empty = all but loopback; 127.0.0.1 if the server is "
               "on loopback)"),
          [](auto& s) -> auto& { return s.phone.local_address; }),
      setting(
          text("stun-server", "STUN server",
               "STUN server of the media, as host:port (empty = what RingCentral says)"),
          [](auto& s) -> auto& { return s.phone.stun_server; }),
      setting(
          g_param_spec_uint("media-timeout", "Media timeout",
                            "Hang up when nothing of the far end has come for so long, in "
                            "seconds, while the call is not held (0 = never)",
                            0, 3600, 60, kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.media_timeout; }),
      setting(
          g_param_spec_uint("stats-interval", "Statistics interval",
                            "Between two rc-stats messages of a call, in ms (0 = only at its end)",
                            0, 3600000, 5000, kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.stats_interval; }),
  };
}

std::vector<Property> call_properties() {
  return {
      setting(
          text("caller-id", "Caller id",
               "Number that outgoing calls show (empty = the line's default)"),
          [](auto& s) -> auto& { return s.phone.line.caller_id; }),
      setting(
          g_param_spec_enum("answer", "Answer", "Who answers an incoming call",
                            signal_answer_type(), static_cast<int>(AnswerPolicy::kAuto),
                            kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.answer; }),
      setting(
          g_param_spec_uint("answer-delay", "Answer delay",
                            "Let a call ring at least so long before it is answered, in ms", 0,
                            60000, 0, kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.answer_delay; }),
      setting(
          g_param_spec_uint("max-calls", "Maximum calls",
                            "Most calls at a time; who calls then hears that the line is busy", 1,
                            1000, 50, kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.max_calls; }),
      setting(
          text("call-bin", "Call bin",
               "Launch description that each call is given in a pipeline of its own, unless an "
               "rcsrc waits for it or the application has taken it; it has one rcsrc, and may "
               "have %{id}, %{from}, %{to}, %{time} in names of files (empty = none)"),
          [](auto& s) -> auto& { return s.call_bin; }),
      setting(
          g_param_spec_boolean("allow-emergency", "Allow emergency",
                               "Dial emergency numbers too; this phone has no location", FALSE,
                               kReadWrite),
          [](auto& s) -> auto& { return s.phone.line.allow_emergency; }),
  };
}

std::vector<Property> status_properties() {
  return {
      status(text("state", "State",
                  "What the line is: idle, connecting, registered, retrying, failed or closed",
                  kReadOnly),
             [](const phone::Status& status) { return std::string(to_string(status.state)); }),
      status(
          text("own-number", "Own number",
               "The line's number, such as +12025550101 (empty = not provisioned yet)", kReadOnly),
          [](const phone::Status& status) { return status.own_number; }),
      {g_param_spec_boxed("stats", "Statistics",
                          "The newest rc-stats of each call, as the array `calls` of a structure",
                          GST_TYPE_STRUCTURE, kReadOnly),
       nullptr,
       [](const SignalSettings&, const phone::Phone* phone, GValue* value) {
         const auto stats = phone != nullptr ? phone->stats() : std::vector<call::CallStats>();
         g_value_take_boxed(value, to_structure(stats));
       },
       [](const SignalSettings&, const SignalSettings&) { return true; }},
  };
}

std::vector<Property> make_properties() {
  std::vector<Property> all;
  for (auto group : {account_properties, media_properties, call_properties, status_properties})
    for (Property& property : group()) all.push_back(std::move(property));
  return all;
}

// The property of id n is at n - 1.
const std::vector<Property>& properties() {
  static const std::vector<Property> all = make_properties();
  return all;
}

}  // namespace

GType signal_answer_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(AnswerPolicy::kAuto), "A free rcsrc in PLAYING answers", "auto"},
      {static_cast<int>(AnswerPolicy::kRing), "The application answers", "ring"},
      {static_cast<int>(AnswerPolicy::kReject), "Every call is declined", "reject"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstRcSignalAnswer", values);
  return type;
}

std::vector<std::string> different_properties(const SignalSettings& a, const SignalSettings& b) {
  std::vector<std::string> names;
  for (const Property& property : properties())
    if (!property.same(a, b)) names.emplace_back(g_param_spec_get_name(property.spec));
  return names;
}

void install_signal_properties(GObjectClass* klass) {
  guint id = 0;
  for (const Property& property : properties())
    g_object_class_install_property(klass, ++id, property.spec);
}

void set_signal_property(SignalSettings& settings, guint id, const GValue* value) {
  properties().at(id - 1).set(settings, value);
}

void get_signal_property(const SignalSettings& settings, const phone::Phone* phone, guint id,
                         GValue* value) {
  properties().at(id - 1).get(settings, phone, value);
}

}  // namespace rc
