#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a call costs, beside a bare webrtcbin pipeline and the floor: README.md says how.

  run.py                          everything; about an hour
  run.py cost --calls 10          one part
  run.py --json all.json --plots folder
"""

import argparse
import importlib
import json
import pathlib
import sys

PARTS = ("cost", "growth", "holes", "setup", "sip")


def numbers(text):
    return [int(word) for word in text.split(",")]


def words(text):
    return text.split(",")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--calls", type=numbers, default=[1, 10, 50], help="of cost")
    parser.add_argument("--codecs", type=words, default=["pcmu", "opus"])
    parser.add_argument("--modes", type=words, default=["receive", "both"])
    parser.add_argument("--rounds", type=int, default=5, help="of cost; the median counts")
    parser.add_argument("--seconds", type=float, default=6.0, help="of a window")
    parser.add_argument("--settle", type=float, default=8.0,
                        help="seconds before a window: libnice ticks for 5 s after its last check")
    parser.add_argument("--growth", type=numbers, default=[1, 10, 25, 50, 75, 100])
    parser.add_argument("--growth-mode", default="both")
    parser.add_argument("--growth-codec", default="opus", help="of growth and holes")
    parser.add_argument("--holes-calls", type=int, default=50)
    parser.add_argument("--holes-seconds", type=float, default=300.0)
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there")
    parser.add_argument("--plots", type=pathlib.Path, help="write PNG files there")
    options = parser.parse_args()
    options.parts = options.parts or list(PARTS)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(unknown)}")
    return options


def main():
    options = arguments()
    results = {}
    for part in options.parts:
        results[part] = importlib.import_module(part).run(options)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")
    if options.plots:
        options.plots.mkdir(parents=True, exist_ok=True)
        importlib.import_module("plots").draw(results, options.plots)
    return 0


if __name__ == "__main__":
    sys.exit(main())
