#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A far end whose SSRC changes without a word, as after a transfer, and one that floods with them."""

import unittest

import goodcall
import sound
from player import Player
from standin import Standin, tones

RECORD = "rcsrc num-calls=1 idle=none ! wavenc ! filesink location=one.wav"
CHANGES, BACK_WITHIN = 5, 0.100
FLOOD, MORE_THREADS = 1000, 8


class Ssrc(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))
        self.player.play("one", RECORD)
        self.assertTrue(self.standin.registered(), self.player.drain())

    def call(self, codec):
        call = self.standin.call(media={"codec": codec, **tones(goodcall.FREQUENCY, ms=60000)})
        self.player.wait("sound one")
        return call

    def end(self, call):
        self.standin.hang_up(call)
        self.player.wait("eos one")
        self.player.stop("one")
        self.assertEqual([], self.player.told("warning"))
        goodcall.check_tone(self, self.standin.path("one.wav"))
        return sound.longest_quiet(self.standin.path("one.wav"), skip=0.5)

    def change(self, codec):
        call = self.call(codec)
        self.standin.sent_more(call, 50)
        for _ in range(CHANGES):
            self.standin.control("POST", f"/calls/{call}/media", {"action": "change_ssrc"})
            self.standin.sent_more(call, 50)
        longest = self.end(call)
        print(f"\n  {codec}: longest silence at {CHANGES} changes of SSRC: {1000 * longest:.0f} ms")
        self.assertLessEqual(longest, BACK_WITHIN)

    def test_audio_is_back_after_a_change_opus(self):
        self.change("opus")

    def test_audio_is_back_after_a_change_pcmu(self):
        self.change("pcmu")

    def test_a_flood_costs_neither_threads_nor_the_call(self):
        call = self.call("opus")
        self.standin.sent_more(call, 100)
        before = most = self.player.threads()
        self.standin.control("POST", f"/calls/{call}/media",
                             {"action": "flood_ssrcs", "count": FLOOD})
        for _ in range(FLOOD * 2 // 50 + 2):  # one every 40 ms, beside the packets of the tone
            self.standin.sent_more(call, 75)
            most = max(most, self.player.threads())
        self.standin.sent_more(call, 100)
        longest = self.end(call)
        print(f"\n  {FLOOD} SSRCs: {before} threads before, {most} at most; longest silence "
              f"{1000 * longest:.0f} ms")
        self.assertLessEqual(most, before + MORE_THREADS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
