// SPDX-License-Identifier: LGPL-2.1-or-later
// Records what a real receiving chain hands to the playout: when each decoded block came, what PTS
// the jitterbuffer gave it, when its packet had arrived and when the sender had spoken it.
//   record_trace <scenario> <seconds> > trace.csv        (scenarios: see kScenarios)
// encoder and payloader -> network with jitter, loss, drift (in here) -> UDP on 127.0.0.1 ->
// rtpjitterbuffer and decoder as the media session sets them up -> one line a block. README.md in
// tests/traces explains the columns.
#include <arpa/inet.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr guint64 kMs = GST_MSECOND;
constexpr int kRate = 48000;

struct Scenario {
  const char* name;
  bool pcmu = false;
  double jitter_ms = 2;
  double loss = 0;
  double drift = 0;         // sender's clock, relative
  guint64 outage_from = 0;  // ns of sender time
  guint64 outage_to = 0;
  bool dtx = false;
  guint64 stop_at = 0;  // the sender stops for 500 ms; its timestamps do not notice
  const char* encoder = "opusenc inband-fec=true packet-loss-percentage=10 bitrate=24000";
};

const Scenario kScenarios[] = {
    {.name = "clean"},
    {.name = "jitter50", .jitter_ms = 50},
    {.name = "loss10", .jitter_ms = 20, .loss = 0.1},
    {.name = "drift", .jitter_ms = 5, .drift = 200e-6},
    {.name = "outage", .jitter_ms = 5, .outage_from = 6000 * kMs, .outage_to = 11000 * kMs},
    {.name = "dtx",
     .jitter_ms = 10,
     .dtx = true,
     .encoder = "opusenc dtx=true audio-type=voice bitrate=24000"},
    {.name = "pcmu-loss10", .pcmu = true, .jitter_ms = 30, .loss = 0.1},
    {.name = "stop", .pcmu = true, .jitter_ms = 5, .stop_at = 6000 * kMs},
};

struct Packet {
  guint64 spoken = 0;  // sender's clock: time of its first sample
  guint64 leaves = 0;  // receiver's clock, ns from the start: handed to the receiver
  std::vector<guint8> data;
};

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "record_trace: %s\n", what);
  std::exit(1);
}

GstElement* parse(const std::string& description) {
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(description.c_str(), &error);
  if (error) fail(error->message);
  return pipeline;
}

GstElement* child(GstElement* bin, const char* name) {
  return gst_bin_get_by_name(GST_BIN(bin), name);
}

// Two seconds of tone, one of silence: work for the encoder's DTX.
void feed(GstAppSrc* source, int seconds) {
  for (int block = 0; block < seconds * 50; ++block) {
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, kRate / 50 * 2, nullptr);
    std::vector<gint16> samples(kRate / 50);
    for (int i = 0; i < kRate / 50; ++i) {
      const double t = block / 50.0 + i / static_cast<double>(kRate);
      const double gain = std::fmod(t, 3.0) < 2.0 ? 8000 : 0;
      samples[static_cast<std::size_t>(i)] =
          static_cast<gint16>(gain * std::sin(2 * std::numbers::pi * 440 * t));
    }
    gst_buffer_fill(buffer, 0, samples.data(), samples.size() * 2);
    GST_BUFFER_PTS(buffer) = static_cast<guint64>(block) * 20 * kMs;
    GST_BUFFER_DURATION(buffer) = 20 * kMs;
    gst_app_src_push_buffer(source, buffer);
  }
  gst_app_src_end_of_stream(source);
}

std::vector<Packet> encode(const Scenario& scenario, int seconds) {
  const std::string chain =
      scenario.pcmu ? "audioresample ! mulawenc ! rtppcmupay min-ptime=20000000 max-ptime=20000000"
                    : std::string(scenario.encoder) + " ! rtpopuspay pt=111" +
                          (scenario.dtx ? " dtx=true" : "");
  GstElement* pipeline = parse(
      "appsrc name=in format=time max-bytes=0 "
      "caps=audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1 ! " +
      chain + " ! appsink name=out sync=false");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  feed(GST_APP_SRC(child(pipeline, "in")), seconds);
  std::vector<Packet> packets;
  while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(child(pipeline, "out")))) {
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    Packet packet{.spoken = GST_BUFFER_PTS(buffer), .leaves = 0, .data = {}};
    packet.data.resize(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, packet.data.data(), packet.data.size());
    packets.push_back(std::move(packet));
    gst_sample_unref(sample);
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return packets;
}

// Decides each packet's fate and sorts by arrival.
std::vector<Packet> travel(const Scenario& scenario, std::vector<Packet> packets) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<Packet> arriving;
  for (Packet& packet : packets) {
    const bool lost = unit(random) < scenario.loss ||
                      (packet.spoken >= scenario.outage_from && packet.spoken < scenario.outage_to);
    if (scenario.stop_at > 0 && packet.spoken >= scenario.stop_at) packet.spoken += 500 * kMs;
    const double sent = static_cast<double>(packet.spoken + 20 * kMs) / (1 + scenario.drift);
    packet.leaves = static_cast<guint64>(sent + unit(random) * scenario.jitter_ms * 1e6);
    if (!lost) arriving.push_back(std::move(packet));
  }
  std::stable_sort(arriving.begin(), arriving.end(),
                   [](const Packet& a, const Packet& b) { return a.leaves < b.leaves; });
  return arriving;
}

class Receiver {
 public:
  // No audioresample: it would stamp its output by counting and so hide what the PTS does.
  explicit Receiver(const Scenario& scenario) {
    const std::string codec = scenario.pcmu
                                  ? "media=audio,clock-rate=8000,encoding-name=PCMU,payload=0"
                                  : "media=audio,clock-rate=48000,encoding-name=OPUS,payload=111";
    const std::string chain = scenario.pcmu ? "rtppcmudepay ! mulawdec ! spanplc"
                                            : "rtpopusdepay ! opusdec plc=true use-inband-fec=true";
    pipeline_ =
        parse("udpsrc name=in address=127.0.0.1 port=0 caps=application/x-rtp," + codec +
              " ! rtpjitterbuffer name=jb latency=60 mode=slave do-lost=true ! " + chain +
              " ! audio/x-raw,format=S16LE,channels=1,rate=" + (scenario.pcmu ? "8000" : "16000") +
              " ! appsink name=out sync=false");
    probe("sink", &Receiver::on_arrival);
    probe("src", &Receiver::on_ordered);
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = &Receiver::on_block;
    gst_app_sink_set_callbacks(GST_APP_SINK(child(pipeline_, "out")), &callbacks, this, nullptr);
  }

  // Returns the UDP port.
  guint16 start() {
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
    gint port = 0;
    g_object_get(child(pipeline_, "in"), "port", &port, nullptr);
    epoch_ = now();
    return static_cast<guint16>(port);
  }

  void stop() {
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    gst_object_unref(pipeline_);
  }

  guint64 now() const {
    GstClock* clock = gst_element_get_clock(pipeline_);
    const guint64 time = gst_clock_get_time(clock);
    gst_object_unref(clock);
    return time;
  }
  guint64 epoch() const { return epoch_; }

  void expect(const std::vector<Packet>& packets) {
    for (const Packet& packet : packets) spoken_[sequence(packet.data)] = packet.spoken;
  }

 private:
  struct Origin {
    guint64 arrived = 0;
    guint64 spoken = 0;
  };

  static guint16 sequence(const std::vector<guint8>& rtp) {
    return static_cast<guint16>(rtp[2] << 8 | rtp[3]);
  }

  static guint16 sequence(GstBuffer* buffer) {
    std::vector<guint8> head(4);
    gst_buffer_extract(buffer, 0, head.data(), head.size());
    return sequence(head);
  }

  void probe(const char* pad_name, void (Receiver::*take)(GstBuffer*)) {
    struct Target {
      Receiver* receiver;
      void (Receiver::*take)(GstBuffer*);
    };
    GstPad* pad = gst_element_get_static_pad(child(pipeline_, "jb"), pad_name);
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
          auto* target = static_cast<Target*>(data);
          (target->receiver->*target->take)(GST_PAD_PROBE_INFO_BUFFER(info));
          return GST_PAD_PROBE_OK;
        },
        new Target{this, take}, [](gpointer data) { delete static_cast<Target*>(data); });
    gst_object_unref(pad);
  }

  void on_arrival(GstBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    arrived_.emplace(sequence(buffer), now());
  }

  void on_ordered(GstBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    const guint16 number = sequence(buffer);
    origins_[GST_BUFFER_PTS(buffer)] = {arrived_[number], spoken_[number]};
  }

  static GstFlowReturn on_block(GstAppSink* sink, gpointer self) {
    GstSample* sample = gst_app_sink_pull_sample(sink);
    static_cast<Receiver*>(self)->print(gst_sample_get_buffer(sample));
    gst_sample_unref(sample);
    return GST_FLOW_OK;
  }

  void print(GstBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    const auto time = static_cast<double>(now() - epoch_) / 1e6;
    const guint64 pts = GST_BUFFER_PTS(buffer) + gst_element_get_base_time(pipeline_);
    std::printf("%.1f,%.1f,%zu", time, time - ms(pts), gst_buffer_get_size(buffer) / 2);
    const auto origin = origins_.find(GST_BUFFER_PTS(buffer));
    if (origin != origins_.end())
      std::printf(",%.1f,%.1f", time - ms(origin->second.arrived),
                  time - static_cast<double>(origin->second.spoken) / 1e6);
    std::printf("\n");
  }

  double ms(guint64 clock_time) const {
    return (static_cast<double>(clock_time) - static_cast<double>(epoch_)) / 1e6;
  }

  GstElement* pipeline_ = nullptr;
  guint64 epoch_ = 0;
  std::mutex mutex_;
  std::map<guint16, guint64> spoken_;
  std::map<guint16, guint64> arrived_;
  std::map<guint64, Origin> origins_;  // by PTS
};

void send_all(const Receiver& receiver, guint16 port, const std::vector<Packet>& packets) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket_fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (const Packet& packet : packets) {
    const guint64 due = receiver.epoch() + packet.leaves;
    const guint64 time = receiver.now();
    if (due > time) std::this_thread::sleep_for(std::chrono::nanoseconds(due - time));
    sendto(socket_fd, packet.data.data(), packet.data.size(), 0,
           reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the jitterbuffer runs empty
  close(socket_fd);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 3) fail("usage: record_trace <scenario> <seconds>");
  const auto* scenario =
      std::find_if(std::begin(kScenarios), std::end(kScenarios),
                   [&](const Scenario& s) { return std::strcmp(s.name, argv[1]) == 0; });
  if (scenario == std::end(kScenarios)) fail("no such scenario");
  const auto packets = travel(*scenario, encode(*scenario, std::atoi(argv[2])));
  Receiver receiver(*scenario);
  receiver.expect(packets);
  std::printf("time,pts_ago,samples,arrived_ago,spoken_ago\n");
  const guint16 port = receiver.start();
  send_all(receiver, port, packets);
  receiver.stop();
  return 0;
}
