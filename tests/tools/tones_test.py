#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The judge is judged: recordings made here that must pass, and that must fail."""

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import tone_analysis
import tones

RATE = 16000
RULES = tone_analysis.Rules()


def looped(sequence, seconds, start=0.0, rate=RATE):
    """`seconds` of the looped sequence, beginning `start` seconds into it."""
    period = tones.render(sequence, rate, 0.4)
    whole = np.tile(period, int((start + seconds) * rate // len(period)) + 2)
    return whole[round(start * rate) : round((start + seconds) * rate)]


class ToneTest(unittest.TestCase):
    def setUp(self):
        self.rng = random.Random(4711)
        self.noise = np.random.default_rng(4711)
        self.sequence = tones.make_sequence(self.rng, 18)

    def judge(self, pcm, rate=RATE, **rules):
        return tone_analysis.judge(pcm, rate, self.sequence, tone_analysis.Rules(**rules))

    def assert_fails(self, pcm, reason, **rules):
        verdict = self.judge(pcm, **rules)
        self.assertFalse(verdict.ok, verdict)
        self.assertIn(reason, " ".join(verdict.reasons))


class Accepted(ToneTest):
    def test_any_start_of_the_loop(self):
        for start in np.arange(0.0, 9.0, 0.37):
            verdict = self.judge(looped(self.sequence, 10.0, start))
            self.assertTrue(verdict.ok, (start, verdict))
            self.assertGreaterEqual(len(verdict.read), 18)
            self.assertLess(verdict.worst_error, 0.0005)

    def test_rates_of_all_codecs(self):
        for rate in (8000, 16000, 48000):
            verdict = self.judge(looped(self.sequence, 10.0, 1.23, rate), rate)
            self.assertTrue(verdict.ok, (rate, verdict))

    def test_silence_before_and_after(self):
        silence = np.zeros(2 * RATE)
        pcm = np.concatenate([silence, looped(self.sequence, 8.0, 3.3), silence])
        self.assertTrue(self.judge(pcm).ok)

    def test_played_once(self):
        pcm = np.concatenate([np.zeros(RATE), tones.render(self.sequence, RATE, 0.4)])
        verdict = self.judge(pcm, once=True, min_tones=18)
        self.assertTrue(verdict.ok, verdict)
        self.assertAlmostEqual(verdict.offset, 1.0, delta=0.02)

    def test_one_call_of_two_in_a_recording(self):
        other = tones.make_sequence(self.rng, 18)
        pcm = np.concatenate([looped(other, 6.0), looped(self.sequence, 6.0, 2.2)])
        self.assertTrue(self.judge(pcm, skip=6.0, take=5.5).ok)
        self.assertFalse(self.judge(pcm, take=5.5).ok)

    def test_mu_law_noise_and_rate_error_within_the_rules(self):
        pcm = looped([f * 1.001 for f in self.sequence], 10.0, 2.0)
        pcm = np.sign(pcm) * np.expm1(np.round(np.log1p(255 * abs(pcm)) / np.log(256) * 127)
                                      / 127 * np.log(256)) / 255
        self.assertTrue(self.judge(pcm).ok)

    def test_steady_tone_is_a_sequence_of_one(self):
        pcm = 0.4 * np.sin(2 * np.pi * 440 * np.arange(5 * RATE) / RATE)
        verdict = tone_analysis.judge(pcm, RATE, [440.0], tone_analysis.Rules(purity_db=30))
        self.assertTrue(verdict.ok, verdict)


class Refused(ToneTest):
    def test_silence(self):
        self.assert_fails(np.zeros(10 * RATE), "no sound")

    def test_shorter_than_a_window(self):
        self.assert_fails(np.ones(100), "no sound")

    def test_noise(self):
        self.assert_fails(0.2 * self.noise.standard_normal(10 * RATE), "on tone")

    def test_wrong_order(self):
        other = list(self.sequence)
        other[4:9] = other[8:3:-1]
        self.assert_fails(looped(other, 10.0, 1.1), "0.2 % off")
        self.assert_fails(looped(self.sequence[::-1], 10.0, 1.1), "on tone")

    def test_two_neighbours_exchanged(self):
        other = list(self.sequence)
        other[6], other[7] = other[7], other[6]
        self.assert_fails(looped(other, 10.0), "2 of")

    def test_half_a_percent_off(self):
        self.assert_fails(looped([f * 1.005 for f in self.sequence], 10.0), "0.2 % off")

    def test_one_tone_a_little_off(self):
        other = list(self.sequence)
        other[5] *= 1.003
        self.assert_fails(looped(other, 9.5), "1 of")

    def test_a_tone_left_out(self):
        self.assert_fails(looped(self.sequence[:5] + self.sequence[6:], 8.5), "off")

    def test_too_short(self):
        self.assert_fails(looped(self.sequence, 3.0), "asked for")

    def test_holes(self):
        pcm = looped(self.sequence, 10.0)
        for second in range(1, 10):
            pcm[second * RATE : second * RATE + RATE // 8] = 0.0
        self.assert_fails(pcm, "quiet")

    def test_a_missing_slot(self):
        pcm = looped(self.sequence, 10.0)
        pcm[5 * RATE : 5 * RATE + RATE // 2] = 0.0
        self.assert_fails(pcm, "missing in the middle")

    def test_another_call_mixed_in(self):
        other = tones.make_sequence(self.rng, 18)
        self.assert_fails(looped(self.sequence, 10.0) + looped(other, 10.0), "on tone")

    def test_foreign_frequency(self):
        pcm = looped(self.sequence, 10.0)
        pcm += 0.02 * np.sin(2 * np.pi * 5000 * np.arange(len(pcm)) / RATE)
        self.assert_fails(pcm, "foreign frequency", purity_db=30)
        self.assertTrue(self.judge(pcm).ok)


class CommandLine(unittest.TestCase):
    TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tones.py")

    def run_tool(self, *arguments):
        return subprocess.run([sys.executable, self.TOOL, *arguments], capture_output=True,
                              text=True, check=False, timeout=60)

    def test_make_and_read(self):
        with tempfile.TemporaryDirectory() as folder:
            wav, expect = os.path.join(folder, "a.wav"), os.path.join(folder, "a.json")
            made = self.run_tool("make", "--out", wav)
            with open(expect, "w", encoding="utf-8") as out:
                out.write(made.stdout)
            read = self.run_tool("read", "--wav", wav, "--expect", expect)
            self.assertEqual(read.returncode, 0, read)
            self.assertTrue(json.loads(read.stdout)["ok"])
            self.run_tool("make", "--out", wav)  # a fresh sequence: not the expected one
            read = self.run_tool("read", "--wav", wav, "--expect", expect)
            self.assertEqual(read.returncode, 1, read)

    def test_sequences_differ_and_keep_the_distance(self):
        first, second = (tones.make_sequence(random.Random(seed), 18) for seed in (1, 2))
        self.assertNotEqual(first, second)
        for a, b in zip(first, first[1:] + first[:1]):
            self.assertGreaterEqual(abs(a - b), tones.NEIGHBOURS_APART)


if __name__ == "__main__":
    unittest.main()
