#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many calls in a row in one process leave nothing behind: threads, file descriptors, memory.

  call_soak.py [--long]     100 calls with --long or RC_LONG=1, else 12; prints a table
"""

import os
import sys
import unittest

import numpy as np

from player import Player
from standin import Standin, tones, wait_for

LONG = "--long" in sys.argv or bool(os.environ.get("RC_LONG"))
CALLS = 100 if LONG else 12
WARM_UP = 20 if LONG else 6  # calls until pools and caches are full
SLOPE = 16.0  # KiB a call, after malloc_trim
SETTLE = 10.0  # s for threads that end by themselves
CODECS = ("opus", "pcmu")


class Soak(unittest.TestCase):
    def test_calls_in_a_row_leave_nothing_behind(self):
        with Standin() as standin, Player(standin) as player:
            player.play("one", "rcsrc ! fakesink audiotestsrc is-live=true ! rcsink")
            self.assertTrue(standin.registered(), player.drain())
            self.one_call(standin, player, 0)  # what a process makes once
            first = self.settled(player)
            rows = []
            for number in range(1, CALLS + 1):
                self.one_call(standin, player, number)
                rows.append(player.usage())
            wait_for(lambda: player.usage()[:2] <= first[:2], SETTLE,
                     f"threads and fds back to {first[:2]}: {rows[-1][:2]}")
            self.assertEqual([], player.told("warning"))
            self.assertEqual([], standin.violations())
        self.report(first, rows)

    def one_call(self, standin, player, number):
        call = standin.call(media={"codec": CODECS[number % 2], **tones(1000, ms=60000)})
        player.wait("sound one")
        standin.hang_up(call)
        player.wait("silence one")
        standin.wait_call(call, "finished")

    def settled(self, player):
        """Usage between calls: the least that two looks in a row agree on."""
        last = [player.usage()]

        def same():
            last.append(player.usage())
            return last[-1][:2] == last[-2][:2]

        wait_for(same, SETTLE, "steady threads and fds")
        return last[-1]

    def report(self, first, rows):
        print("\n  after call  threads  fds  RSS KiB")
        for number in sorted({0, 1, WARM_UP, CALLS // 2, CALLS}):
            threads, fds, rss = first if number == 0 else rows[number - 1]
            print(f"  {number:10} {threads:8} {fds:4} {rss:8}")
        slope = np.polyfit(range(WARM_UP, CALLS + 1), [r[2] for r in rows[WARM_UP - 1:]], 1)[0]
        print(f"  RSS slope over calls {WARM_UP}-{CALLS}: {slope:.1f} KiB a call")
        if LONG:  # a few calls are too few for a slope
            self.assertLess(slope, SLOPE)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
