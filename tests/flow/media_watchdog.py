#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The far end's packets stay away, because it sends none or the network drops them: told within
1.5 s, told when they are back, audio back at once, and the recording as long as the time was.

  media_watchdog.py [--long]     outages of 1 and 5 s; with --long or RC_LONG=1 also of 15 and 60 s
"""

import os
import re
import sys
import time
import unittest

import namespace
import sound
from player import Player
from standin import Standin, tones, wait_for

LONG = "--long" in sys.argv or bool(os.environ.get("RC_LONG"))
OUTAGES = (1, 5, 15, 60) if LONG else (1, 5)  # s
CODECS = ("opus", "pcmu") if LONG else ("opus",)
RECORD = "rcsignal media-timeout={} rcsrc num-calls=1 ! wavenc ! filesink location=one.wav"
TOLD_WITHIN, BACK_WITHIN = 1.5, 0.200  # s
LENGTH_ERROR = 0.020  # s


def gap_of(message):
    return int(re.search(r"media-gap=\(gint64\)(\d+)", message)[1]) / 1e6


class Watchdog(unittest.TestCase):
    def start(self, media_timeout=0, **media):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))
        self.player.play("one", RECORD.format(media_timeout))
        self.assertTrue(self.standin.registered(), self.player.drain())
        self.call = self.standin.call(media={**tones(1000, ms=600000), **media})
        self.player.wait("sound one")
        self.standin.sent_more(self.call, 50)

    def sending(self, on):
        self.standin.control("POST", f"/calls/{self.call}/media", {"action": "sending", "on": on})

    def acks(self):
        events = self.standin.control("GET", f"/calls/{self.call}")["events"]
        return [event["name"] for event in events].count("ack_sent")

    def end(self):
        self.standin.hang_up(self.call)
        self.player.wait("eos one")
        self.player.stop("one")

    def told(self, flow, within):
        """The message, and when it came."""
        message = self.player.wait("message one rc-call", within, f"media=(string){flow}")
        return message, time.monotonic()

    def blocks(self):
        """(us that it stands for, is it a gap) of each block that rcsrc pushed."""
        lines = self.standin.path("one.blocks").read_text().splitlines()
        return [(int(begin), gap == "1") for begin, _, gap, _ in (line.split() for line in lines)]

    def check_length(self):
        begins = [begin for begin, _ in self.blocks()]
        wall = (begins[-1] - begins[0]) / 1e6 + 0.020
        self.assertAlmostEqual(wall, sound.seconds(self.standin.path("one.wav")),
                               delta=LENGTH_ERROR)

    def outage(self, seconds):
        """How long after the network's return the first sound stands."""
        with namespace.Outage():
            begin = time.monotonic()
            if seconds > TOLD_WITHIN:
                _, stalled = self.told("stalled", 3)
                self.assertLess(stalled - begin, TOLD_WITHIN)
            time.sleep(begin + seconds - time.monotonic())  # the outage is the time
        returned = time.monotonic()
        if seconds > TOLD_WITHIN:
            message, _ = self.told("flowing", 3)
            self.assertAlmostEqual(seconds, gap_of(message), delta=0.4)
        self.standin.sent_more(self.call, 50)
        return next(begin / 1e6 - returned for begin, gap in self.blocks()
                    if begin / 1e6 > returned - 0.020 and not gap)

    def test_sound_is_back_at_once_after_an_outage(self):
        for codec in CODECS:
            self.start(codec=codec)
            back = [self.outage(seconds) for seconds in OUTAGES]
            print(f"\n  {codec}: outages of {OUTAGES} s, sound again after "
                  f"{[round(1000 * b) for b in back]} ms")
            self.end()
            self.check_length()
            self.assertLess(max(back), BACK_WITHIN)
            self.assertEqual([], self.player.told("warning"))

    def test_a_far_end_that_falls_silent_is_told_and_hung_up_on(self):
        self.start(media_timeout=3)
        self.sending(False)
        begin = time.monotonic()
        self.told("stalled", 3)
        self.assertIn("media-timeout", self.player.wait("warning one", 5))
        self.assertAlmostEqual(3.0, time.monotonic() - begin, delta=0.6)
        found = self.standin.wait_call(self.call, "ended")
        self.assertEqual("client_bye", found["end_reason"])
        self.player.wait("eos one")

    def test_a_held_call_is_not_hung_up_on(self):
        self.start(media_timeout=1)
        self.standin.control("POST", f"/calls/{self.call}/reinvite", {"kind": "hold"})
        wait_for(lambda: self.acks() == 2, 5, "the hold")
        self.sending(False)
        time.sleep(2.5)  # more than would end it
        self.assertEqual([], self.player.told("message one", "media=(string)stalled"))
        self.sending(True)
        self.standin.control("POST", f"/calls/{self.call}/reinvite", {"kind": "resume"})
        self.standin.sent_more(self.call, 100)
        self.assertEqual("answered", self.standin.control("GET", f"/calls/{self.call}")["state"])
        self.end()


if __name__ == "__main__":
    namespace.enter()
    unittest.main(argv=[sys.argv[0]], verbosity=2)
