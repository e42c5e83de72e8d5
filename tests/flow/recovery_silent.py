#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A SIP connection that is open and dead: what we send is taken, nothing comes back. It is noticed in
time, and calls on both sides end up the same: repaired, or over.

  recovery_silent.py [--long]     one case; with --long or RC_LONG=1 all of them
"""

import argparse
import os
import sys
import time
import unittest

import goodcall
import sound
from interposer import CLIENT, SERVER, Interposer
from player import Player
from stalls import Stalls
from standin import Standin, tones, wait_for

arguments = argparse.ArgumentParser()
arguments.add_argument("--long", action="store_true", default=bool(os.environ.get("RC_LONG")))
OPTIONS, REST = arguments.parse_known_args()
only_long = unittest.skipUnless(OPTIONS.long, "with --long")

IN_CALL, IDLE = 10.0, 20.0  # s until it is noticed (reliability.md R2)
GHOST = 32.0  # s from the new registration to the end of a call that the server forgot (R4)
SLACK = 0.5  # s of a busy machine
PAUSE = 0.060  # s, and twice what the machine itself stalled
RECORD = ("rcsrc num-calls=1 idle=none ! wavenc ! filesink location=one.wav "
          "audiotestsrc is-live=true freq=880 ! rcsink")


class Silent(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.wire = self.enterContext(Interposer(self.standin))
        self.player = self.enterContext(Player(self.standin))
        self.player.play("line", "rcsignal")
        self.wait_line("registered")

    def wait_line(self, state, seconds=15, holding=""):
        """When the line told it."""
        while holding not in self.player.wait("message line rc-line", seconds,
                                              f"state=(string){state}"):
            pass
        return time.monotonic()

    def start_call(self):
        self.player.play("one", RECORD)
        self.call = self.standin.call(media={
            "record": str(self.standin.path("one-far.wav")), **tones(1000, ms=600000)})
        self.player.wait("sound one")
        self.standin.sent_more(self.call, 50)

    def silence(self):
        self.since = len(self.wire.log)
        self.wire.cut("silent")
        return time.monotonic()

    def check_noticed(self, begin, limit, by="answers\\ no\\ ping"):
        took = self.wait_line("retrying", limit + 5, by) - begin
        print(f"\n  noticed after {took:.1f} s")
        self.assertLess(took, limit + SLACK)

    def check_ended(self, registered):
        """The call is told to be over, and soon enough."""
        self.player.wait("message one rc-call", GHOST + 5, "state=(string)ended")
        took = time.monotonic() - registered
        print(f"  over {took:.1f} s after the new registration")
        self.assertLess(took, GHOST + SLACK)
        self.player.wait("eos one")
        self.player.stop("one")

    def check_next_call(self):
        self.player.play("next", "rcsrc num-calls=1 idle=none ! wavenc ! filesink location=next.wav")
        goodcall.check(self, self.standin, self.player, "next")

    def test_call_is_repaired_and_loses_no_audio(self):
        with Stalls() as stalls:
            self.start_call()
            flows = self.wire.flows()
            self.check_noticed(self.silence(), IN_CALL)
            self.wire.wait_repaired(flows)
            self.standin.sent_more(self.call, 50)
            self.standin.hang_up(self.call)
            self.player.wait("eos one", 5)
            self.player.stop("one")
            self.standin.wait_call(self.call, "finished")
            limit = PAUSE + 2 * stalls.longest()
        for name in ("one.wav", "one-far.wav"):
            pause = sound.longest_pause(self.standin.path(name))
            print(f"  {name}: longest pause {pause * 1000:.0f} ms")
            self.assertLess(pause, limit)

    @only_long
    def test_idle_line_notices_and_takes_the_next_call(self):
        self.check_noticed(self.silence(), IDLE)
        self.wait_line("registered")
        self.check_next_call()

    @only_long
    def test_connection_that_is_silent_from_the_start_is_noticed(self):
        """The second one, on which the call was to be repaired, takes the REGISTER and is dead."""
        self.start_call()
        self.wire.arm(1, "silent", passed_on=False)
        self.wire.cut("rst")
        wait_for(self.wire.fired, 5, "the second cut")
        begin, flows = time.monotonic(), self.wire.flows()
        self.check_noticed(begin, IN_CALL, "no\\ answer\\ to\\ REGISTER")
        self.wire.wait_repaired(flows)
        self.standin.hang_up(self.call)
        self.player.wait("eos one", 5)

    @only_long
    def test_bye_that_was_lost_is_sent_again(self):
        self.start_call()
        begin = self.silence()
        self.player.stop("one")
        self.assertLess(time.monotonic() - begin, 1.5)
        self.check_noticed(begin, IDLE)
        found = self.standin.wait_call(self.call, "ended", 5)
        self.assertEqual("client_bye", found["end_reason"])
        self.check_next_call()

    @only_long
    def test_call_that_the_far_end_ended_meanwhile_is_over(self):
        self.start_call()
        begin = self.silence()
        self.standin.hang_up(self.call)
        self.check_noticed(begin, IN_CALL)
        self.check_ended(self.wait_line("registered"))
        self.check_next_call()

    @only_long
    def test_call_that_nobody_repairs_is_over(self):
        """The server registers us, and says nothing to the re-INVITE."""
        self.start_call()
        begin = self.silence()
        self.wire.rule = lambda m: m.sender == CLIENT or not m.header("CSeq").endswith("INVITE")
        self.check_noticed(begin, IN_CALL)
        self.check_ended(self.wait_line("registered"))
        self.assertEqual([], self.wire.seen(SERVER, "BYE", self.since))
        self.wire.rule = None
        self.check_next_call()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST], verbosity=2)
