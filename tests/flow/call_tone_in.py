#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person's one command, and what the far end plays is in the file: codecs, SDP forms, offers.

Frequency within 0.2 %, every foreign frequency at least 30 dB below, and the file as long as the
call.
"""

import unittest

import messages
import sound
from standin import Standin, tones

SECONDS = 7
# Answered to hung up by our own clock: a last block of up to 20 ms, and what passes between two
# looks at the clock. By the stand-in's: a message's way through two processes on a busy machine.
OWN_CLOCK, OTHER_CLOCK = 0.030, 0.150


class ToneIn(unittest.TestCase):
    def call(self, rounds=1, **media):
        with Standin() as standin:
            for number in range(rounds):
                with self.subTest(round=number, **media):
                    self.record_one(standin, f"call{number}.wav", media)
            self.assertEqual([], standin.violations())

    def record_one(self, standin, name, media):
        expected = sound.sequence()
        log = f"{name}.log"
        pipeline = standin.launch(
            f"rcsrc num-calls=1 idle=none ! wavenc ! filesink location={standin.path(name)}", log)
        self.assertTrue(standin.registered(), standin.tail(log))
        call = standin.call(hangup_after_ms=SECONDS * 1000, media={**tones(*expected), **media})
        ended = standin.wait_call(call, "ended", SECONDS + 15)
        self.assertEqual(0, pipeline.wait(10), standin.tail(log))
        self.check_sound(standin.path(name), expected)
        self.check_length(sound.seconds(standin.path(name)), ended, standin.text(log))

    def check_sound(self, path, expected):
        verdict = sound.hear(path, expected)
        print(f"\n  worst frequency error {verdict.worst_error:.3%}, foreign frequencies "
              f"{verdict.purity_db:.1f} dB down, quiet {verdict.quiet:.1%}, {verdict.level_dbfs:.1f} "
              f"dBFS")
        self.assertTrue(verdict.ok, verdict)

    def check_length(self, seconds, call, log):
        last = messages.calls(log)[-1]
        ours = (last["ended-at"] - last["answered-at"]) / 1e6
        at = {event["name"]: event["us"] for event in call["events"]}
        theirs = (at["bye_sent"] - at["200"]) / 1e6
        print(f"  {seconds:.3f} s of samples, {ours:.3f} s by our clock, {theirs:.3f} s by theirs")
        self.assertAlmostEqual(ours, seconds, delta=OWN_CLOCK)
        self.assertAlmostEqual(theirs, seconds, delta=OTHER_CLOCK)

    def test_opus(self):
        self.call(rounds=3, codec="opus", era="2024")

    def test_pcmu(self):
        self.call(rounds=3, codec="pcmu", era="2024")

    def test_opus_in_the_older_sdp(self):
        self.call(codec="opus", era="2019")

    def test_pcmu_in_the_older_sdp(self):
        self.call(codec="pcmu", era="2019")

    def test_opus_offered_by_us_in_the_200(self):
        self.call(codec="opus", late_offer=True)

    def test_pcmu_offered_by_us_in_the_200(self):
        self.call(codec="pcmu", late_offer=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
