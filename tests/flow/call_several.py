#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several calls on one line: each pipeline hears its own, and none is forgotten."""

import unittest

import sound
from player import Player
from standin import Standin, tones

CALLS = 8
SECONDS = 5
FREQUENCIES = [350 + 310 * n for n in range(CALLS)]  # none a harmonic of another
FOREIGN_DB = 30.0  # any other call's tone at least so far below the own


class SeveralCalls(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def test_eight_at_a_time_do_not_mix(self):
        recorders = " ".join(
            f"rcsrc num-calls=1 idle=none ! wavenc ! filesink location=call{n}.wav"
            for n in range(CALLS))
        pipeline = self.standin.launch(recorders)
        self.assertTrue(self.standin.registered(), self.standin.tail())
        calls = [self.standin.call(media=tones(f, ms=60000)) for f in FREQUENCIES]
        for call in calls:
            self.assertEqual("answered", self.standin.wait_call(call, "answered")["state"])
        reached = self.standin.control(  # all at the same time, from the last answer on
            "GET", f"/calls/{calls[-1]}?wait_state=ended&timeout_ms={SECONDS * 1000}")
        self.assertEqual("answered", reached["state"])
        for call in calls:
            self.standin.hang_up(call)
        self.assertEqual(0, pipeline.wait(15), self.standin.tail())
        heard = [self.loudest(n) for n in range(CALLS)]
        self.assertEqual(sorted(FREQUENCIES), sorted(heard))
        self.assertEqual([], self.standin.violations())

    def loudest(self, number):
        """The frequency of a recording, which must have no other in it."""
        own, distance = sound.loudest(self.standin.path(f"call{number}.wav"), FREQUENCIES)
        print(f"\n  recording {number}: {own} Hz, other calls {distance:.1f} dB down")
        self.assertGreaterEqual(distance, FOREIGN_DB, f"recording {number}: {own} Hz")
        return own

    def test_a_call_that_rings_meanwhile_is_answered_when_the_source_comes_free(self):
        with Player(self.standin) as player:
            player.play("one", "rcsrc ! fakesink")
            self.assertTrue(self.standin.registered())
            first = self.standin.call()
            self.standin.wait_call(first, "answered")
            second = self.standin.call()
            player.wait("message one rc-call", holding="state=(string)connected")
            self.assertEqual("ringing", self.state(second))
            self.standin.hang_up(first)
            self.assertEqual("answered", self.standin.wait_call(second, "answered")["state"])

    def test_a_call_that_rings_already_is_answered_when_a_pipeline_plays(self):
        with Player(self.standin) as player:
            player.play("line", "rcsignal")
            self.assertTrue(self.standin.registered())
            call = self.standin.call()
            player.wait("message line rc-call", holding="state=(string)ringing")
            self.assertEqual("ringing", self.state(call))
            player.play("one", "rcsrc ! fakesink")
            self.assertEqual("answered", self.standin.wait_call(call, "answered")["state"])

    def state(self, call):
        return self.standin.control("GET", f"/calls/{call}")["state"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
