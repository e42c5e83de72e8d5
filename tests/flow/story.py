#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a call looks like: GST_DEBUG=rc*:4 tells its life in order, one line an event; gst-launch
shows the progress of connecting; scripts/draw-recording.py draws it with its events.
"""

import re
import subprocess
import sys
import unittest

import matplotlib.image

from standin import TOP, Standin, tones

ENTRY = re.compile(r"^\S+ +\d+ 0x[0-9a-f]+ (\w+) +(rc\w+) \S+ (.*)$", re.MULTILINE)
STORY = [  # of an incoming call with a stall, by rccall alone
    r"rings: \+12025550166 \"Alice\" calls \+12025550101 \"Ada Example\"$",
    r"answered by us after 0\.\d{3} s$",
    r"connected after \d\.\d{3} s: OPUS$",
    r"has first audio after \d\.\d{3} s$",
    r"audio stalled: nothing came for 1\.\d{3} s$",
    r"audio is back after \d\.\d{3} s$",
    r"ended by them after \d+\.\d{3} s: .* \(OPUS, loss \d\.\d %, concealed \d+\.\d %, jitter "
    r"\d+\.\d ms, round trip \d+\.\d ms, MOS \d\.\d\)$",
]
LINE = [r"connecting", r"logging in to http", r"logged in", r"provisioned as \+12025550101",
        r"connecting to 127", r"connected, registering", r"registered as \+12025550101 for 60 s",
        r"closed"]
EVENTS = ["answered", "connected OPUS", "first audio", "stalled", "back after", "ended by them"]


class Story(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def test_of_a_call_with_a_stall(self):
        debug = self.standin.path("debug.log")
        pipeline = self.standin.launch(
            f"rcsrc num-calls=1 idle=none ! wavenc ! filesink location={self.standin.path('a.wav')}",
            GST_DEBUG="rc*:4", GST_DEBUG_FILE=str(debug), GST_DEBUG_NO_COLOR="1")
        self.assertTrue(self.standin.registered(), self.standin.tail())
        self.have_call()
        self.assertEqual(0, pipeline.wait(15), self.standin.tail())
        self.check_progress()
        self.check_story(ENTRY.findall(debug.read_text()))
        self.check_picture()

    def have_call(self):
        standin = self.standin
        call = standin.call(name="Alice", media={"codec": "opus", **tones(1000, 440)})
        standin.sent_more(call, 100)
        standin.control("POST", f"/calls/{call}/media", {"action": "sending", "on": False})
        standin.wait_text("media=(string)stalled")
        standin.control("POST", f"/calls/{call}/media", {"action": "sending", "on": True})
        standin.sent_more(call, 50)
        standin.hang_up(call)

    def check_progress(self):
        told = re.findall(r"Progress: \(register\) (.*)", self.standin.text())
        print("\n  " + "\n  ".join(told))
        self.assert_in_order(LINE[1:-1], told, exact=False)

    def check_story(self, entries):
        self.assertEqual({"INFO"}, {level for level, _, _ in entries})
        by_call = [text for _, category, text in entries if category == "rccall"]
        print("\n  " + "\n  ".join(f"{c}: {t}" for _, c, t in entries))
        self.assert_in_order(STORY, by_call)
        self.assert_in_order(LINE, [t for _, c, t in entries if c == "rcphone"])
        self.assertEqual(1, len({text.split()[0] for text in by_call}))

    def assert_in_order(self, patterns, told, exact=True):
        """Each pattern is found after the one before; exact: nothing else is told."""
        if exact:
            self.assertEqual(len(patterns), len(told), told)
        rest = iter(told)
        for pattern in patterns:
            self.assertTrue(any(re.search(pattern, text) for text in rest), (pattern, told))

    def check_picture(self):
        picture = self.standin.path("a.png")
        run = subprocess.run([sys.executable, TOP / "scripts/draw-recording.py",
                              self.standin.path("a.wav"), self.standin.path("gst.log")],
                             stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        print("  " + run.stdout)
        told = re.findall(r"(\d+\.\d+) ([^,\n]+)", run.stdout.partition("events:")[2])
        self.assertEqual(len(EVENTS), len(told), run.stdout)
        for expected, (_, text) in zip(EVENTS, told):
            self.assertTrue(text.startswith(expected), run.stdout)
        times = [float(at) for at, _ in told]
        self.assertEqual(sorted(times), times)
        pixels = matplotlib.image.imread(picture)
        self.assertGreater(pixels.shape[1], 1000)
        # The tones shine in the spectrogram.
        bright = (pixels[pixels.shape[0] // 2:, :, :3].min(axis=2) < 0.9).mean()
        self.assertGreater(bright, 0.3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
