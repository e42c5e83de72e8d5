// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One connection of a leg: a webrtcbin in a pipeline of its own, negotiated once.
#pragma once

#ifndef GST_USE_UNSTABLE_API
#define GST_USE_UNSTABLE_API  // webrtcbin's types
#endif
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media_dispatch.h"
#include "media_gst.h"
#include "media_receiver.h"
#include "media_sdp.h"
#include "media_sender.h"
#include "media_wire.h"

namespace standin::media {

// What a connection says about itself; the words of its SDP without their form.
struct LocalTransport {
  int port = 0;
  std::string ufrag;
  std::string pwd;
  std::string certificate;  // PEM
};

// Thread: the dispatcher's. Create with create(), end with close().
class MediaPeer : public std::enable_shared_from_this<MediaPeer> {
 public:
  struct Options {
    std::string local_address;
    std::vector<Codec> codecs;
  };
  struct Hooks {
    Sender::Fill fill;      // streaming thread
    Receiver::Hooks sound;  // streaming thread
    // Dispatcher's thread; when_us: CLOCK_MONOTONIC of the change.
    std::function<void(LegState, std::string failure, std::int64_t when_us)> state;
  };
  // error: empty = success.
  using Negotiated = std::function<void(const LocalTransport&, const std::string& error)>;

  static std::shared_ptr<MediaPeer> create(std::shared_ptr<Dispatcher> dispatcher,
                                           std::shared_ptr<Wire> wire, Options options,
                                           Hooks hooks);
  ~MediaPeer();

  // One of the two, once. done is called exactly once, within 5 s or when closed.
  void offer(Negotiated done);
  void answer(AudioSdp peer, AgreedFormats formats, Negotiated done);
  // The answer to offer().
  void accept(AudioSdp peer, AgreedFormats formats, Negotiated done);

  Sender* sender() { return sender_.get(); }  // null until negotiated
  void close(std::function<void()> on_closed);

 private:
  using Step = void (MediaPeer::*)(const GstStructure* reply);

  MediaPeer(std::shared_ptr<Dispatcher> dispatcher, Options options, Hooks hooks);

  std::string build(Wire& wire);  // returns why it failed
  void tune_ice();
  void watch_connection();
  void prefer_codecs(const AgreedFormats* only);

  void begin(Negotiated done);
  static void post(const std::weak_ptr<MediaPeer>& weak, std::function<void(MediaPeer&)> task);
  void request(const char* action, gpointer argument, Step step);
  void set_description(const char* action, GstWebRTCSDPType type, const std::string& sdp,
                       Step next);
  void on_offered(const GstStructure* reply);
  void on_remote_offer_set(const GstStructure* reply);
  void on_answered(const GstStructure* reply);
  void on_local_set(const GstStructure* reply);
  void on_remote_answer_set(const GstStructure* reply);
  void take_local(const GstStructure* reply, const char* field);
  void finish_local();  // when the description is set and a candidate is known
  void finish(const std::string& error);
  std::string start_sender();

  void on_candidate(const std::string& candidate);
  void on_connection_state(int state, std::int64_t when_us);
  std::string certificate(const char* property) const;

  std::shared_ptr<Dispatcher> dispatcher_;
  Options options_;
  Hooks hooks_;
  GstPtr<GstElement> pipeline_;
  GstElement* webrtc_ = nullptr;  // child of pipeline_
  GstPtr<GstPad> sink_pad_;
  std::shared_ptr<Receiver> receiver_;
  std::unique_ptr<Sender> sender_;
  std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
  AudioSdp peer_;
  AgreedFormats formats_;
  LocalTransport local_;
  std::string mid_ = "audio0";
  bool local_set_ = false;
  bool answering_ = false;
  std::string broken_;  // why build() failed
  Negotiated done_;
  Timer deadline_;
};

}  // namespace standin::media
