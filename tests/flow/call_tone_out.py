#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a pipeline says through rcsink is what the far end hears: codecs, calls in and out."""

import unittest

import messages
import sound
from standin import Standin

NUMBER = "12025550100"
TONES = 12  # of 0.5 s


class ToneOut(unittest.TestCase):
    def pipeline(self, standin, source):
        """The prompt waits for somebody to hear it; the pipeline ends with the call."""
        return standin.launch(
            f"rcsrc {source} num-calls=1 idle=none ! fakesink "
            f"filesrc location={standin.path('prompt.wav')} ! wavparse ! rcsink")

    def check(self, standin, pipeline, expected, call):
        ended = standin.wait_call(call, "finished", TONES * 0.5 + 20)
        self.assertEqual(0, pipeline.wait(10), standin.tail())
        verdict = sound.hear(standin.path("heard.wav"), expected, skip=0.0, once=True,
                             min_tones=TONES - 1)
        print(f"\n  worst frequency error {verdict.worst_error:.3%}, foreign frequencies "
              f"{verdict.purity_db or 0:.1f} dB down, quiet {verdict.quiet:.1%}, tone 0 after "
              f"{verdict.offset:.3f} s, {verdict.level_dbfs:.1f} dBFS")
        self.assertTrue(verdict.ok, verdict)
        self.assertEqual(1, ended["media"]["ssrcs_received"])
        self.assertEqual([], standin.violations())
        self.assertEqual("them", messages.calls(standin.text())[-1]["ended-by"])

    def media(self, standin, codec):
        return {"codec": codec, "record": str(standin.path("heard.wav"))}

    def inbound(self, codec):
        with self.subTest(codec=codec), Standin() as standin:
            expected = sound.sequence(TONES)
            sound.write(standin.path("prompt.wav"), expected)
            pipeline = self.pipeline(standin, "")
            self.assertTrue(standin.registered(), standin.tail())
            call = standin.call(hangup_after_ms=int(TONES * 500 + 1500),
                                media=self.media(standin, codec))
            self.check(standin, pipeline, expected, call)

    def outbound(self, codec):
        with self.subTest(codec=codec), Standin() as standin:
            expected = sound.sequence(TONES)
            sound.write(standin.path("prompt.wav"), expected)
            standin.control("POST", "/numbers", {
                "number": NUMBER, "hangup_after_ms": int(TONES * 500 + 1500),
                "media": self.media(standin, codec)})
            pipeline = self.pipeline(standin, f"dial=+{NUMBER}")
            found = standin.control("GET", "/calls?wait_count=1&timeout_ms=15000")["calls"]
            self.assertEqual(1, len(found), standin.tail())
            self.check(standin, pipeline, expected, found[0]["id"])

    def test_opus_into_a_call_that_came(self):
        for _ in range(3):
            self.inbound("opus")

    def test_pcmu_into_a_call_that_came(self):
        self.inbound("pcmu")

    def test_opus_into_a_call_that_we_dialled(self):
        self.outbound("opus")

    def test_pcmu_into_a_call_that_we_dialled(self):
        for _ in range(3):
            self.outbound("pcmu")


if __name__ == "__main__":
    unittest.main(verbosity=2)
