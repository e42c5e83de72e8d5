// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib-object.h>

#include <string>
#include <vector>

#include "phone/phone.h"

namespace rc {

// What the user sets on an rcsignal: the phone's settings, and beside them what is the element's.
struct SignalSettings {
  phone::Settings phone;
  std::string call_bin;  // a launch description; empty: none
  std::string webrtc;    // name of the webrtcbin that carries the call; empty: rcsrc does
};

// The properties of rcsignal. They stand in one table, in the .cpp: a new one is a row there.
void install_signal_properties(GObjectClass* klass);
void set_signal_property(SignalSettings& settings, guint id, const GValue* value);
// `phone` is null before READY.
void get_signal_property(const SignalSettings& settings, const phone::Phone* phone, guint id,
                         GValue* value);

// The names of the properties in which they differ: never a value, which may be a secret.
std::vector<std::string> different_properties(const SignalSettings& a, const SignalSettings& b);

// Who answers, as an enum.
GType signal_answer_type();

}  // namespace rc
