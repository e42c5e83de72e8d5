#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random tone sequences for calls: makes them as WAV files and reads them back.

  tones.py make --out in.wav [--seed N] [--count 18] [--rate 48000] > sequence.json
  tones.py read --wav heard.wav --expect sequence.json

`read` prints a JSON verdict and ends with 0 if the recording carries the sequence, else with 1.
It needs no common clock: a looped source may have started anywhere (see tone_analysis.py).
"""

import argparse
import dataclasses
import json
import os
import random
import sys
import wave

import numpy as np

import tone_analysis

LOWEST, HIGHEST = 300.0, 3000.0
NEIGHBOURS_APART = 60.0
RAMP = 0.005  # fade in and out of each tone: a click would spread over all frequencies


def make_sequence(rng, count):
    """Neighbours differ enough to be told apart, the last and the first too (loop)."""
    while True:
        tones = [round(rng.uniform(LOWEST, HIGHEST), 1) for _ in range(count)]
        if all(abs(a - b) >= NEIGHBOURS_APART for a, b in zip(tones, tones[1:] + tones[:1])):
            return tones


def render(tones, rate, amplitude):
    """The sequence as floats."""
    time = np.arange(round(tone_analysis.SLOT * rate)) / rate
    envelope = np.minimum(1.0, np.minimum(time, time[::-1]) / RAMP)
    return np.concatenate([amplitude * envelope * np.sin(2 * np.pi * f * time) for f in tones])


def write_wav(path, pcm, rate):
    with wave.open(path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.round(pcm * 32767).astype("<i2").tobytes())


def read_wav(path, channel):
    """One channel of a 16 bit file, and its rate."""
    with wave.open(path, "rb") as source:
        if source.getsampwidth() != 2:
            raise ValueError(f"{path}: {8 * source.getsampwidth()} bit samples, 16 expected")
        # A file that is still written says 18 hours, for which readframes() takes 4 GB: with
        # MALLOC_PERTURB_ that is seconds in which no other thread of Python runs.
        frames = min(source.getnframes(), os.path.getsize(path))
        data = np.frombuffer(source.readframes(frames), "<i2")
        return data.reshape(-1, source.getnchannels())[:, channel] / 32768.0, source.getframerate()


def run_make(options):
    seed = random.SystemRandom().getrandbits(32) if options.seed is None else options.seed
    tones = make_sequence(random.Random(seed), options.count)
    write_wav(options.out, render(tones, options.rate, options.amplitude), options.rate)
    print(f"seed {seed}", file=sys.stderr)
    print(json.dumps(tones))
    return 0


def run_read(options):
    with open(options.expect, encoding="utf-8") as source:
        expected = json.load(source)
    rules = tone_analysis.Rules(
        once=options.once,
        min_tones=options.min_tones,
        max_quiet=options.max_quiet,
        purity_db=options.purity_db,
        skip=options.skip,
        take=options.take,
    )
    pcm, rate = read_wav(options.wav, options.channel)
    verdict = tone_analysis.judge(pcm, rate, expected, rules)
    print(json.dumps(dataclasses.asdict(verdict)))
    return 0 if verdict.ok else 1


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    make = commands.add_parser("make", help="write a WAV file, print the frequencies")
    make.set_defaults(run=run_make)
    make.add_argument("--out", required=True)
    make.add_argument("--seed", type=int, help="without it a new sequence each time")
    make.add_argument("--count", type=int, default=18, help="number of tones, 0.5 s each")
    make.add_argument("--rate", type=int, default=48000)
    make.add_argument("--amplitude", type=float, default=0.4)
    read = commands.add_parser("read", help="judge a recording")
    read.set_defaults(run=run_read)
    defaults = tone_analysis.Rules()
    read.add_argument("--wav", required=True, help="16 bit WAV file")
    read.add_argument("--expect", required=True, help="JSON list of frequencies")
    read.add_argument("--channel", type=int, default=0)
    read.add_argument("--once", action="store_true", help="played once, not in a loop")
    read.add_argument("--min-tones", type=int, default=defaults.min_tones)
    read.add_argument("--max-quiet", type=float, default=defaults.max_quiet)
    read.add_argument("--purity-db", type=float, help="other frequencies at least this far below")
    read.add_argument("--skip", type=float, default=0.0, help="seconds left out at the start")
    read.add_argument("--take", type=float, help="seconds judged after these, instead of all")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
