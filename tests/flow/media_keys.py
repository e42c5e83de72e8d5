#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The far end presses keys in a steady tone (RFC 4733): silence in their place, and nothing else."""

import unittest

import numpy as np

import sound
from standin import Standin, tones

KEYS, EVENT = "12#", 0.140  # s; the stand-in's events take the place of seven packets
PIECE = 0.002  # s
FADE = 0.006  # s; the playout's at either border, and the codec's


def quiet_stretches(path):
    """(level of each PIECE by the usual one, [(begin, end) in seconds below a tenth of it])."""
    pcm, rate = sound.samples(path)
    size = round(PIECE * rate)
    rms = np.sqrt(np.mean(pcm[: len(pcm) // size * size].reshape(-1, size) ** 2, axis=1))
    level = rms / np.median(rms)
    first = round(0.5 / PIECE)  # the call begins
    last = np.flatnonzero(level > 0.5)[-1]
    quiet = np.concatenate([[False], level[first:last] < 0.1, [False]]).astype(int)
    edges = (np.flatnonzero(np.diff(quiet)) + first) * PIECE
    return level, list(zip(edges[::2], edges[1::2]))


class Keys(unittest.TestCase):
    def record(self, standin, codec):
        pipeline = standin.launch(
            "rcsrc num-calls=1 idle=none ! wavenc ! filesink location=one.wav")
        self.assertTrue(standin.registered(), standin.tail())
        call = standin.call(hangup_after_ms=5000, media={"codec": codec, **tones(1000, ms=60000)})
        standin.sent_more(call, 100)
        standin.control("POST", f"/calls/{call}/media", {"action": "dtmf", "digits": KEYS})
        standin.wait_call(call, "ended", 20)
        self.assertEqual(0, pipeline.wait(10), standin.tail())
        return quiet_stretches(standin.path("one.wav"))

    def test_are_silent_and_leave_the_tone_alone_pcmu(self):
        with Standin() as standin:
            level, quiet = self.record(standin, "pcmu")
        print("\n  silent, in ms:", [round(1000 * (end - begin)) for begin, end in quiet])
        self.assertEqual(len(KEYS), len(quiet), quiet)
        outside = np.ones(len(level), bool)
        outside[: round(0.5 / PIECE)] = outside[-round(0.3 / PIECE):] = False
        for begin, end in quiet:
            self.assertAlmostEqual(EVENT, end - begin, delta=2 * FADE)
            outside[round((begin - 2 * FADE) / PIECE): round((end + 2 * FADE) / PIECE)] = False
        np.testing.assert_allclose(level[outside], 1.0, atol=0.05)

    # opusdec holds the packet ahead of a key back until it is too late, and its concealment of the
    # key ends in a swell of 50 ms: what is silent must be whole, not how long it takes.
    def test_are_silent_opus(self):
        with Standin() as standin:
            _, quiet = self.record(standin, "opus")
        print("\n  silent, in ms:", [round(1000 * (end - begin)) for begin, end in quiet])
        self.assertEqual(len(KEYS), len(quiet), quiet)
        for begin, end in quiet:
            self.assertAlmostEqual(EVENT + 0.010, end - begin, delta=0.030)


if __name__ == "__main__":
    unittest.main(verbosity=2)
