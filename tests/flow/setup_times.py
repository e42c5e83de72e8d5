#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long a call takes to begin, on loopback after a warm-up, each step stamped by CLOCK_MONOTONIC.

  setup_times.py [--long]     the table; 50 calls with --long or RC_LONG=1, else 20

The targets are for a machine with nothing else to do, and --long holds them as they are. Else each
may take GENEROUS times as long.
"""

import os
import re
import statistics
import sys
import unittest

from player import Player
from standin import Standin, tones, wait_for

LATENCY = 120  # ms, the default of rcsrc
TARGETS = {  # median, ms
    "INVITE -> 200 OK": 60,
    "ACK -> first decoded buffer": 110,
    "ACK -> first sample out of rcsrc": 70 + LATENCY,
}
WARM_UP, FEW, MANY, GENEROUS = 3, 20, 50, 4.0
LONG = "--long" in sys.argv or bool(os.environ.get("RC_LONG"))
FIRST_DECODED = re.compile(r"first decoded audio at (\d+) us")


class SetupTimes(unittest.TestCase):
    def test_medians(self):
        calls = MANY if LONG else FEW
        with Standin() as standin, Player(standin, GST_DEBUG="rcmedia:5") as player:
            player.play("one", "rcsrc ! fakesink")
            self.assertTrue(standin.registered(), player.drain())
            rows = [self.one_call(standin, player, n) for n in range(WARM_UP + calls)][WARM_UP:]
        print(f"\n  {'ms, ' + str(calls) + ' calls':34} median   p90   most  target")
        for name, column in zip(TARGETS, zip(*rows)):
            median, most = statistics.median(column), max(column)
            p90 = statistics.quantiles(column, n=10)[-1]
            print(f"  {name:34} {median:6.1f} {p90:5.1f} {most:6.1f} {TARGETS[name]:7}")
            self.assertLessEqual(median, TARGETS[name] * (1 if LONG else GENEROUS), name)

    def one_call(self, standin, player, number):
        call = standin.call(media=tones(1000, ms=60000))
        sound = int(player.wait("sound one").split()[-1])
        decoded = lambda: FIRST_DECODED.findall(standin.text("player.log"))
        wait_for(lambda: len(decoded()) > number, 5, "the log of the first decoded buffer")
        events = standin.wait_call(call, "answered")["events"]
        at = {event["name"]: event["us"] for event in events}
        standin.hang_up(call)
        player.wait("silence one")  # what was said before the end has been played
        return [(at["200"] - at["invite_sent"]) / 1000,
                (int(decoded()[number]) - at["ack_sent"]) / 1000,
                (sound - at["ack_sent"]) / 1000]


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
