// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The product, as an application uses it: a pipeline for each call in one process.
//
//   bench-phone CALLS receive|both RATE [FOLDER]     RATE: of what we say, Hz
// With FOLDER, each block of call N that is pushed is a line in FOLDER/N.blocks: microseconds of
// CLOCK_MONOTONIC that it stands for, those of the push, 1 if it is a gap, and the least RMS of its
// pieces of 5 ms.
#include <gst/gst.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>
#include <span>
#include <vector>

#include "client.h"

namespace {

class Witness {
 public:
  Witness(const std::string& path, GstElement* source)
      : source_(source), file_(std::fopen(path.c_str(), "w")) {}
  ~Witness() { std::fclose(file_); }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  static GstPadProbeReturn on_buffer(GstPad*, GstPadProbeInfo* info, gpointer self) {
    static_cast<Witness*>(self)->write(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  }

 private:
  // The segment of an rcsrc without idle=none begins at 0: timestamps are running time.
  void write(GstBuffer* buffer) {
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    const std::span samples(reinterpret_cast<const gint16*>(map.data), map.size / 2);
    const GstClockTime begin = gst_element_get_base_time(source_) + GST_BUFFER_PTS(buffer);
    std::fprintf(file_, "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %d %.0f\n", begin / GST_USECOND,
                 g_get_monotonic_time(),
                 GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP) ? 1 : 0, least_rms(samples));
    gst_buffer_unmap(buffer, &map);
  }

  static double least_rms(std::span<const gint16> samples) {
    constexpr std::size_t kPieces = 4;
    const std::size_t size = samples.size() / kPieces;
    double least = 1e9;
    for (std::size_t piece = 0; piece < kPieces; ++piece) {
      double sum = 0;
      for (const gint16 sample : samples.subspan(piece * size, size))
        sum += static_cast<double>(sample) * sample;
      least = std::min(least, std::sqrt(sum / static_cast<double>(size)));
    }
    return least;
  }

  GstElement* const source_;
  std::FILE* const file_;
};

void watch_blocks(GstElement* source, const std::string& path) {
  GstPad* pad = gst_element_get_static_pad(source, "src");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, &Witness::on_buffer, new Witness(path, source),
                    [](gpointer witness) { delete static_cast<Witness*>(witness); });
  gst_object_unref(pad);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc < 4) {
    std::cerr << "usage: bench-phone CALLS receive|both RATE [FOLDER]\n";
    return 1;
  }
  const int rate = std::atoi(argv[3]);
  std::string description = "rcsrc name=source ! fakesink";
  if (std::strcmp(argv[2], "both") == 0)
    description += " audiotestsrc is-live=true samplesperbuffer=" + std::to_string(rate / 50) +
                   " ! audio/x-raw,format=S16LE,channels=1,rate=" + std::to_string(rate) +
                   " ! rcsink";
  bench::SoundCount sound;
  // The line, for its limit: without an rcsignal it takes 50 calls.
  std::vector<GstElement*> pipelines = {
      bench::parse_pipeline(std::string("pipeline. ( rcsignal max-calls=") + argv[1] + " )")};
  gst_element_set_state(pipelines.front(), GST_STATE_PLAYING);
  for (int call = 0; call < std::atoi(argv[1]); ++call) {
    GstElement* pipeline = pipelines.emplace_back(bench::parse_pipeline(description));
    bench::watch_bus(pipeline);
    GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
    sound.watch(source, "src");
    if (argc > 4)
      watch_blocks(source, std::string(argv[4]) + "/" + std::to_string(call) + ".blocks");
    gst_object_unref(source);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
  }
  bench::run_commands(sound, [](const std::string&) {});
  for (GstElement* pipeline : pipelines) {
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
  return 0;
}
