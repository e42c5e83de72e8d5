#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws a recording: its waveform and spectrogram, with the events of its calls marked.

usage: draw-recording.py [-o PICTURE.png] [--start US] CALL.wav [EVENTS]

EVENTS is what `gst-launch-1.0 -m` printed while it was recorded, or a file of JSON: a list of
objects with "at" (us of the Unix epoch) and "text". Without --start the recording is one of
rcsrc idle=none: it begins with the first call's answer, and the next call follows its end at once.
With --start it is a stretch of time that began then (rcsrc's default; us of the Unix epoch).

Needs python3-numpy and python3-matplotlib. The picture is CALL.png if not told otherwise.
"""

import argparse
import json
import pathlib
import re
import sys
import wave

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

FLOOR_DB = -90
MESSAGE = re.compile(r"\(element\): (rc-call|rc-stats), (.*);?$")
FIELD = re.compile(r'([a-z-]+)=\([a-z0-9]+\)("(?:[^"\\]|\\.)*"|[^,;]*)')
LINE, STALL = "#c0392b", "#f5b7b1"


def read_wav(path):
    """(samples of the first channel in -1..1, rate)"""
    with wave.open(str(path)) as file:
        if file.getsampwidth() != 2:
            sys.exit(f"{path}: only 16 bit PCM")
        raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return raw[:: file.getnchannels()] / 32768, file.getframerate()


# --- events ---

def messages(text):
    """(name, fields) of each rc-call and rc-stats in a log of gst-launch-1.0 -m."""
    for line in text.splitlines():
        if found := MESSAGE.search(line):
            yield found[1], {key: value.strip('"') for key, value in FIELD.findall(found[2])}


def calls_of(text):
    """The answered calls, in order: id -> answered, ended (us), events [(us, text)]."""
    calls = {}
    for name, fields in messages(text):
        call = calls.setdefault(fields["call-id"], {"events": [], "stats": {}, "gap": None})
        if name == "rc-stats":
            call["stats"] = fields
        else:
            note(call, fields)
    for call in calls.values():
        note_stats(call)
    return [call for call in calls.values() if call.get("answered")]


def note(call, fields):
    at = int(fields["at"])
    answered = int(fields["answered-at"])
    if answered and "answered" not in call:
        call["answered"] = answered
        call["events"].append((answered, f"answered\n{fields['from']}"))
    if fields["state"] == "connected" and not call.get("connected"):
        call["connected"] = at
        call["events"].append((at, f"connected {fields['codec']}"))
    media = fields["media"]
    if media in ("stalled", "timed-out") and call["gap"] is None:
        call["gap"] = at - int(fields["media-gap"])
        call["events"].append((at, media))
    elif media == "flowing" and call["gap"] is not None:
        call.setdefault("gaps", []).append((call["gap"], at))
        call["events"].append((at, f"back after {int(fields['media-gap']) / 1e6:.1f} s"))
        call["gap"] = None
    call["begun"] = int(fields["started-at"])
    if fields["state"] == "ended":
        call["ended"] = int(fields["ended-at"])
        call["events"].append((call["ended"], f"ended by {fields['ended-by']}"))


def note_stats(call):
    stats = call["stats"]
    if int(stats.get("time-to-audio", 0)):
        call["events"].append((call["begun"] + int(stats["time-to-audio"]), "first audio"))


def on_time_line(calls, start):
    """([(s, text)], [(from, to)]) of the recording: a stretch of time, or calls one by one."""
    marks, gaps, begin = [], [], 0.0
    for call in calls:
        zero = start if start is not None else call["answered"]
        where = lambda us: (us - zero) / 1e6 + (0 if start is not None else begin)
        marks += [(where(us), text) for us, text in call["events"]]
        gaps += [(where(a), where(b)) for a, b in call.get("gaps", [])]
        begin += (call.get("ended", call["answered"]) - call["answered"]) / 1e6
    return sorted(marks), gaps


def read_events(path, start):
    text = pathlib.Path(path).read_text(errors="replace")
    if not text.lstrip().startswith(("[", "{")):
        calls = calls_of(text)
        return (*on_time_line(calls, start), title_of(calls))
    listed = json.loads(text)
    zero = start if start is not None else min((e["at"] for e in listed), default=0)
    return [((e["at"] - zero) / 1e6, e["text"]) for e in listed], [], ""


def title_of(calls):
    """The last call's numbers."""
    stats = calls[-1]["stats"] if calls else {}
    if not stats:
        return ""
    return (f"{stats['codec']}, loss {float(stats['loss']):.1%}, concealed "
            f"{float(stats['concealed']):.1%}, jitter {int(stats['jitter']) / 1000:.1f} ms, "
            f"round trip {int(stats['round-trip']) / 1000:.1f} ms, MOS {float(stats['mos']):.1f}")


# --- the picture ---

def spectrogram(samples, rate):
    """dB of a full-scale tone, by frequency and time; windows of 32 ms, half overlapping."""
    size = max(64, rate * 32 // 1000)
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    window = np.hanning(size)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) / (window.sum() / 2)
    return 20 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 20))).T


def draw_wave(axes, samples, rate):
    """Least and most of each column."""
    columns = np.array_split(samples, min(2000, max(1, len(samples))))
    times = np.linspace(0, len(samples) / rate, len(columns))
    axes.fill_between(times, [c.min() for c in columns], [c.max() for c in columns], step="mid",
                      color="#2471a3", linewidth=0.3)
    axes.set_ylim(-1, 1)
    axes.set_ylabel("amplitude")
    axes.grid(alpha=0.3)


def levels(marks, seconds):
    """How high each label is, so that those close together do not cover each other."""
    level, last = 0, -seconds
    for at, _ in marks:
        level = (level + 1) % 3 if at - last < seconds * 0.08 else 0
        last = at
        yield level


def draw_events(upper, both, marks, gaps, seconds):
    for begin, end in gaps:
        upper.axvspan(begin, end, color=STALL, alpha=0.4, zorder=0)
    for axes in both:
        for at, _ in marks:
            axes.axvline(at, color=LINE, linewidth=0.8)
    for (at, text), level in zip(marks, levels(marks, seconds)):
        upper.annotate(f"{text}\n{at:.2f} s", (at, 1), xycoords=("data", "axes fraction"),
                       xytext=(2, 4 + 26 * level), textcoords="offset points", fontsize=7,
                       color=LINE, annotation_clip=False)


def draw(path, samples, rate, marks, gaps, title):
    seconds = len(samples) / rate
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(14, 7.5), sharex=True)
    figure.subplots_adjust(left=0.06, right=0.93, bottom=0.07, top=0.80, hspace=0.06)
    draw_wave(upper, samples, rate)
    image = lower.imshow(spectrogram(samples, rate), origin="lower", aspect="auto", cmap="magma",
                         vmin=FLOOR_DB, vmax=0, extent=(0, seconds, 0, rate / 2000))
    lower.set_ylabel("kHz")
    lower.set_xlabel("seconds")
    figure.colorbar(image, cax=figure.add_axes((0.94, 0.07, 0.012, 0.34)), label="dB")
    draw_events(upper, (upper, lower), marks, gaps, seconds)
    upper.set_xlim(min([0, *(at for at, _ in marks)]) - seconds * 0.005, seconds * 1.01)
    figure.suptitle(title, fontsize=10, y=0.985)
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0],
                                     epilog=__doc__.split("\n\n", 2)[2],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--start", type=int)
    parser.add_argument("recording", type=pathlib.Path)
    parser.add_argument("events", nargs="?")
    asked = parser.parse_args()
    samples, rate = read_wav(asked.recording)
    marks, gaps, told = read_events(asked.events, asked.start) if asked.events else ([], [], "")
    title = f"{asked.recording.name}, {len(samples) / rate:.2f} s at {rate} Hz"
    output = asked.output or asked.recording.with_suffix(".png")
    draw(output, samples, rate, marks, gaps, title + (f"\n{told}" if told else ""))
    print(f"{output}: {len(samples) / rate:.2f} s, events: "
          + (", ".join(f"{t:.2f} {text.splitlines()[0]}" for t, text in marks) or "none"))


if __name__ == "__main__":
    main()
