#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody whose DTLS certificate is not the one that the SDP named: not a sample goes either way."""

import unittest

import goodcall
import sound
from player import Player
from standin import Standin, tones


class Fingerprint(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))

    def refused(self, **media):
        self.player.play("one", "rcsrc num-calls=1 ! wavenc ! filesink location=one.wav "
                                "audiotestsrc is-live=true ! rcsink")
        self.assertTrue(self.standin.registered(), self.player.drain())
        call = self.standin.call(media={**media, "fingerprint": "wrong",
                                        **tones(goodcall.FREQUENCY, ms=60000)})
        self.assertIn("certificate", self.player.wait("warning one"))
        ended = self.standin.wait_call(call, "finished")
        self.assertEqual("client_bye", ended["end_reason"])
        self.assertEqual(0, ended["media"]["packets_received"], "we sent audio")
        self.player.wait("eos one")
        self.player.stop("one")
        pcm, _ = sound.samples(self.standin.path("one.wav"))
        self.assertFalse(pcm.any(), "a sample was heard")
        self.player.play("next", "rcsrc num-calls=1 idle=none ! wavenc ! filesink "
                                 "location=next.wav")
        goodcall.check(self, self.standin, self.player, "next")

    def test_opus_by_sha_256(self):
        self.refused(codec="opus", era="2024")

    def test_pcmu_by_sha_1(self):
        self.refused(codec="pcmu", era="2019")

    def test_in_the_answer_to_our_offer(self):
        self.refused(late_offer=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
