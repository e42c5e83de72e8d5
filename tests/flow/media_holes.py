#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holes in what rcsrc gives out, judged against the times at which the far end, another process,
handed each packet to the kernel.

  media_holes.py [--long]     20 calls of 10 s with --long or RC_LONG=1, else 2; prints a table

A block of 20 ms in the steady tone that holds silence is ours if the packets of its time had all
left before the block's time + latency. Between the first sound of a call and its last packet not
one may be. How long the first sound and the last words take is in the table.
"""

import os
import sys
import unittest
from dataclasses import dataclass

import numpy as np

import sound
from packets import Packets
from player import Player
from standin import Standin, tones

LATENCY_US = 120_000  # the default of rcsrc
BLOCK = 20_000  # us
QUIET_PIECE = 0.005  # s; silence so long makes a block silent
LONG = "--long" in sys.argv or bool(os.environ.get("RC_LONG"))
CALLS, SECONDS = (20 if LONG else 2), 10
CODECS = ("opus", "pcmu")


@dataclass
class Blocks:
    begin: np.ndarray  # us, what the block stands for
    late: np.ndarray  # us, pushed after begin + latency
    silent: np.ndarray

    @classmethod
    def read(cls, path, wav):
        columns = np.loadtxt(path, dtype=np.int64, usecols=(0, 1, 2))
        pcm, rate = sound.samples(wav)
        size, piece = rate * BLOCK // 1_000_000, round(rate * QUIET_PIECE)
        count = min(len(columns), len(pcm) // size)
        rms = np.sqrt(np.mean(pcm[: count * size].reshape(count, size // piece, piece) ** 2, axis=2))
        usual = np.median(rms[columns[:count, 2] == 0])
        silent = (rms < 0.1 * usual).any(axis=1) | (columns[:count, 2] != 0)
        begin = columns[:count, 0]
        return cls(begin, columns[:count, 1] - begin - LATENCY_US, silent)


class Holes(unittest.TestCase):
    def test_none_is_ours(self):
        with Standin() as standin, Player(standin) as player:
            player.play("one", "rcsrc ! wavenc ! filesink location=all.wav")
            self.assertTrue(standin.registered(), player.drain())
            codecs = [CODECS[n % len(CODECS)] for n in range(CALLS)]
            for number, codec in enumerate(codecs):
                self.one_call(standin, player, number, codec)
            player.stop("one")
            blocks = Blocks.read(standin.path("one.blocks"), standin.path("all.wav"))
            print("\n  call       packets  uneven  silent  ours  first sound  last words   latest")
            ours = [self.judge(blocks, Packets.read(standin.path(f"packets{n}"), codec),
                               f"{n:3} {codec}") for n, codec in enumerate(codecs)]
        self.assertEqual([0] * CALLS, ours)

    def one_call(self, standin, player, number, codec):
        call = standin.call(hangup_after_ms=SECONDS * 1000, media={
            "codec": codec, "packet_log": str(standin.path(f"packets{number}")),
            **tones(1000, ms=60000)})
        standin.wait_call(call, "finished", SECONDS + 15)
        player.wait("silence one")

    def judge(self, blocks, packets, name):
        """One row: milliseconds; `uneven` is the sender's worst delay."""
        first, last = packets.due[0], packets.due[-1]
        inside = (blocks.begin >= first) & (blocks.begin + BLOCK <= last)
        heard = np.flatnonzero(inside & ~blocks.silent)
        body = np.arange(heard[0], heard[-1] + 1)
        silent = [b for b in body if blocks.silent[b]]
        ours = [b for b in silent
                if packets.all_there(blocks.begin[b], BLOCK, blocks.begin[b] + LATENCY_US)]
        print(f"  {name:10} {len(packets.sent):7} "
              f"{packets.unevenness / 1000:7.1f} {len(silent):7} {len(ours):5} "
              f"{(blocks.begin[heard[0]] - first) / 1000:12.1f} "
              f"{(last - blocks.begin[heard[-1]]) / 1000:11.1f} "
              f"{blocks.late[body].max() / 1000:8.1f}")
        return len(ours)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
