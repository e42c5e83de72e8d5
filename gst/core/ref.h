// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>
#include <utility>

namespace rc {

// One reference to a GObject, released with the variable. The three ways in name GLib's three
// transfer rules: sink() floating, adopt() transfer full, share() transfer none.
template <typename T>
class Ref {
 public:
  Ref() = default;
  static Ref sink(T* object) { return Ref(object ? T_cast(g_object_ref_sink(object)) : nullptr); }
  static Ref adopt(T* object) { return Ref(object); }
  static Ref share(T* object) { return Ref(object ? T_cast(g_object_ref(object)) : nullptr); }

  Ref(const Ref& other) : Ref(share(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { reset(); }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  // Hands the reference to the caller, for functions that take ownership.
  T* release() { return std::exchange(object_, nullptr); }
  void reset() {
    if (T* object = release()) g_object_unref(object);
  }

 private:
  explicit Ref(T* object) : object_(object) {}
  static T* T_cast(gpointer object) { return static_cast<T*>(object); }
  T* object_ = nullptr;
};

// Owners for the C types that are no GObjects.
struct CDelete {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstPromise* promise) const { gst_promise_unref(promise); }
  void operator()(GstEvent* event) const { gst_event_unref(event); }
  void operator()(GstTagList* tags) const { gst_tag_list_unref(tags); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GBytes* bytes) const { g_bytes_unref(bytes); }
  void operator()(GUri* uri) const { g_uri_unref(uri); }
  void operator()(char* text) const { g_free(text); }
};
template <typename T>
using Owned = std::unique_ptr<T, CDelete>;

// A signal connection that undoes itself. Holds a reference to the instance.
class SignalHandler {
 public:
  SignalHandler() = default;
  SignalHandler(gpointer instance, const char* signal, GCallback callback, gpointer data)
      : instance_(Ref<GObject>::share(G_OBJECT(instance))),
        id_(g_signal_connect(instance, signal, callback, data)) {}
  SignalHandler(SignalHandler&& other) noexcept
      : instance_(std::move(other.instance_)), id_(std::exchange(other.id_, 0)) {}
  SignalHandler& operator=(SignalHandler&& other) noexcept {
    disconnect();
    instance_ = std::move(other.instance_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~SignalHandler() { disconnect(); }
  void disconnect() {
    if (id_ != 0) g_signal_handler_disconnect(instance_.get(), std::exchange(id_, 0));
    instance_.reset();
  }

 private:
  Ref<GObject> instance_;
  gulong id_ = 0;
};

}  // namespace rc
