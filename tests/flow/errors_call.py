#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a call that cannot be had says on the bus, and the next one is good."""

import unittest

import goodcall
from player import Player
from standin import Standin, tones

NUMBER = "12025550100"
LISTEN = "rcsrc num-calls=1 idle=none {} ! wavenc ! filesink location={}.wav"


class CallErrors(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))

    def tearDown(self):
        self.assertEqual([], self.standin.violations())
        self.assertEqual([], self.player.told("error"))

    def dial(self, behaviour, *words):
        """One warning with these words, then EOS: the pipeline had one call to make."""
        self.standin.control("POST", "/numbers", {"number": NUMBER, "behaviour": behaviour})
        self.player.play("one", LISTEN.format(f"dial=+{NUMBER}", "one"))
        self.player.wait("eos one", 20)
        warnings = self.player.told("warning one")
        self.assertEqual(1, len(warnings), self.player.events)
        for word in words:
            self.assertIn(word, warnings[0])
        self.player.stop("one")
        self.assert_dialling_is_good()

    def assert_dialling_is_good(self):
        self.standin.control("POST", "/numbers", {
            "number": NUMBER, "hangup_after_ms": 2000, "media": tones(1000, ms=60000)})
        self.player.play("next", LISTEN.format(f"dial=+{NUMBER}", "next"))
        self.player.wait("eos next", 20)
        goodcall.check_tone(self, self.standin.path("next.wav"))

    def test_dial_busy(self):
        self.dial("busy", f"+{NUMBER}", "486", "Busy", "emergency address", "admin portal")

    def test_dial_unknown_number(self):
        self.dial("not_found", f"+{NUMBER}", "404", "check it")

    def test_dial_declined(self):
        self.dial("reject", f"+{NUMBER}", "603")

    def test_dial_answered_without_a_codec_of_ours(self):
        self.dial("bad_sdp", "no usable audio", "Opus", "PCMU")

    def test_dial_nonsense(self):
        self.player.play("one", LISTEN.format("dial=hello", "one"))
        self.assertIn("hello", self.player.wait("error one"))
        self.player.stop("one")
        self.player.events.clear()
        self.assert_dialling_is_good()

    def test_offer_without_a_codec_of_ours(self):
        self.player.play("one", LISTEN.format("", "one"))
        self.assertTrue(self.standin.registered())
        call = self.standin.call(media={"codec": "g729"})
        self.standin.wait_call(call, "ended")
        self.assertIn("none of Opus (48 kHz), PCMU and PCMA", self.player.wait("warning one"))
        replies = [m["text"].split("\r\n", 1)[0] for m in
                   self.standin.control("GET", "/log")["messages"] if m["direction"] == "received"]
        self.assertIn("SIP/2.0 488 Not Acceptable Here", replies)
        self.player.wait("eos one")
        self.player.stop("one")
        self.player.play("next", LISTEN.format("", "next"))
        goodcall.check(self, self.standin, self.player, "next")


if __name__ == "__main__":
    unittest.main(verbosity=2)
