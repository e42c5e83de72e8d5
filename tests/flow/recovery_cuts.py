#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The SIP socket is cut at any message of a call, and the call goes on.

  recovery_cuts.py [--long] [--seed N]     200 calls with --long or RC_LONG=1, else 8; prints a table

A steady tone goes both ways all the time; both ends record it. Once the callee's 200 is under way, a
cut may cost no audio: no pause in either recording. After the cut each call is repaired by one
re-INVITE, and one side's BYE is obeyed by the other. A cut ahead of the 200 may end the call, once
and cleanly; then the line is good for the next one.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import sys
import unittest

import sound
from interposer import CLIENT, SERVER, Interposer
from player import Player
from stalls import Stalls
from standin import Standin, tones, wait_for

arguments = argparse.ArgumentParser()
arguments.add_argument("--long", action="store_true", default=bool(os.environ.get("RC_LONG")))
arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
OPTIONS, REST = arguments.parse_known_args()

CALLS = 200 if OPTIONS.long else 8
WORLDS = 2  # each a stand-in, an interposer and a phone of its own
# INVITE 100 180 MESSAGE 100 200 | 200 ACK MESSAGE 200: the messages of a call that is answered.
SET_UP = 10
ANSWER = 7  # ours: from here on the call must survive
REPAIR = 10  # REGISTER 100 401 REGISTER 100 200 | INVITE 100 200 ACK
# s. Hiccups of a packet or two, and twice what the machine itself stalled (the jitterbuffer answers a
# stall with a step of about its length); media made anew would be silent for over 100 ms.
QUIET = 0.060


class Cut:
    """Where one call's socket is cut: at a message of its set-up, in between, or in its repair."""

    def __init__(self, rng):
        self.phase = rng.choice(["set-up", "talk", "repair"])
        self.message = rng.randrange(1, (SET_UP if self.phase == "set-up" else REPAIR) + 1)
        self.way = rng.choice(["rst", "fin"])
        self.passed_on = rng.random() < 0.5
        self.we_hang_up = rng.random() < 0.5

    def must_survive(self):
        return self.phase != "set-up" or self.message >= ANSWER

    def __str__(self):
        at = "" if self.phase == "talk" else f" message {self.message}"
        return f"{self.phase}{at}, {self.way}, {'passed on' if self.passed_on else 'lost'}"


class World:
    def __init__(self, standin, wire, player, stalls):
        self.standin, self.wire, self.player, self.stalls = standin, wire, player, stalls
        self.longest = 0.0  # pause of all, s
        player.play("line", "rcsignal")
        assert standin.registered(), player.drain()

    def call(self, number, cut):
        """"survived" or "ended"; raises AssertionError when a promise is broken."""
        name = f"c{number}"
        self.player.play(name, "rcsrc num-calls=1 idle=none ! wavenc ! filesink "
                         f"location={name}.wav audiotestsrc is-live=true freq=880 ! rcsink")
        if cut.phase == "set-up":
            self.wire.arm(cut.message, cut.way, cut.passed_on)
        since = len(self.wire.log)
        call = self.standin.call(media={"codec": random.choice(["opus", "pcmu"]),
                                        "record": str(self.standin.path(f"{name}-far.wav")),
                                        **tones(1000, ms=60000)})
        try:
            self.player.wait(f"sound {name}", 8)
        except AssertionError:
            assert not cut.must_survive(), self.story(since)
            return self.give_up(call, name)
        self.break_it(call, cut, since)
        self.end(call, name, cut)
        for path in (f"{name}.wav", f"{name}-far.wav"):
            self.judge(self.standin.path(path), cut, since)
        return "survived"

    def judge(self, path, cut, since):
        """Of a call that was answered after the cut only the end is judged."""
        pcm, rate = sound.samples(path)  # a file that was not ended says 18 hours in its header
        length = len(pcm) / rate
        assert length > 2 * sound.EDGE, f"{path} holds {length} s"
        quiet = sound.longest_pause(path, 0.0 if cut.must_survive() else length - 2 * sound.EDGE)
        self.longest = max(self.longest, quiet)
        limit = QUIET + 2 * self.stalls.longest()
        assert quiet < limit, (f"{path}: a pause of {quiet * 1000:.0f} ms in {length:.2f} s, quiet: "
                               f"{sound.quiet_spans(path)}; {self.story(since)}")

    def break_it(self, call, cut, since):
        """Until the call has been repaired and its tone has gone on."""
        flows = self.wire.flows()
        if cut.phase == "set-up":
            wait_for(self.wire.fired, 5, f"the cut; {self.story(since)}")
            self.wire.wait_seen(CLIENT, "REGISTER", since)
        else:
            self.standin.sent_more(call, 50)
            since = len(self.wire.log)
            self.wire.cut(cut.way)
            if cut.phase == "repair":
                self.wire.arm(cut.message, cut.way, cut.passed_on)
                wait_for(self.wire.fired, 10, f"the second cut; {self.story(since)}")
            wait_for(lambda: self.wire.flows() > flows, 10, "a new connection")
        self.wait_repaired(since)
        self.standin.sent_more(call, 50)

    def wait_repaired(self, since):
        """The newest connection has seen an ACK: ours, of the re-INVITE; or the server's, when our
        200 itself was still to come."""
        def repaired():
            flow = self.wire.flows()
            return any(m.flow == flow and m.start.startswith("ACK") for m in self.wire.log[since:])
        wait_for(repaired, 15, f"a repaired call; {self.story(since)}")

    def end(self, call, name, cut):
        mark = len(self.wire.log)
        if cut.we_hang_up:
            self.player.stop(name)
            self.wire.wait_seen(CLIENT, "BYE", mark)
        else:
            self.standin.hang_up(call)
            self.wire.wait_seen(SERVER, "BYE", mark)
        self.standin.wait_call(call, "finished")
        if not cut.we_hang_up:
            self.player.wait(f"eos {name}")
            self.player.stop(name)

    def give_up(self, call, name):
        self.standin.hang_up(call)
        self.standin.wait_call(call, "finished")
        self.player.stop(name)
        self.wire.disarm()
        return "ended"

    def story(self, since):
        return "\n".join(f"{m.flow} {m.sender} {m.start}" for m in self.wire.log[since:])

    def fault_story(self, fault):
        """A rule that we broke, and what passed in the 10 s before the judge said so."""
        lines = [f"{fault['rule']}, socket {fault['socket']}: {fault['message'][:120]!r}"]
        for m in self.wire.log:
            age = fault["us"] - m.us
            if 0 <= age < 10_000_000:
                lines.append(f"{-age / 1e6:8.3f} s {m.flow} {m.sender} {m.start} {m.header('Call-ID')[:8]}")
        return "\n".join(lines)


def run_world(seed, count, stalls):
    """([(cut, outcome)], longest pause in s); an outcome of more than a word is a failure."""
    rng = random.Random(seed)
    outcomes = []
    with Standin() as standin, Interposer(standin) as wire, Player(standin) as player:
        world = World(standin, wire, player, stalls)
        for number in range(count):
            cut = Cut(rng)
            try:
                outcomes.append((cut, world.call(number, cut)))
            except AssertionError as error:
                outcomes.append((cut, f"FAILED: {error}"))
                break
        for fault in standin.violations():
            outcomes.append((cut, f"FAILED: {world.fault_story(fault)}"))
    return outcomes, world.longest


class Cuts(unittest.TestCase):
    def test_calls_survive_a_cut_at_any_message(self):
        with Stalls() as stalls, concurrent.futures.ThreadPoolExecutor(WORLDS) as pool:
            worlds = list(pool.map(run_world, range(OPTIONS.seed, OPTIONS.seed + WORLDS),
                                   [CALLS // WORLDS] * WORLDS, [stalls] * WORLDS))
            stalled = stalls.longest()
        outcomes = [outcome for world, _ in worlds for outcome in world]
        failed = [f"{cut}: {text}" for cut, text in outcomes if text.startswith("FAILED")]
        table = collections.Counter(
            (("answered" if cut.must_survive() else "not answered yet"), text)
            for cut, text in outcomes if not text.startswith("FAILED"))
        print(f"\n  seed {OPTIONS.seed}; longest pause {max(p for _, p in worlds) * 1000:.0f} ms, "
              f"longest stall of the machine {stalled * 1000:.0f} ms")
        for (state, text), count in sorted(table.items()):
            print(f"  {state:17} {text:9} {count:4}")
        self.assertEqual([], failed)
        self.assertEqual(CALLS, len(outcomes))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST], verbosity=2)
