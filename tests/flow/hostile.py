#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A hostile server and hostile peers against a line with a running call; prints a table.

  hostile.py [--long] [ATTACK ...]     the full numbers with --long or RC_LONG=1

During each attack a call is up with a steady tone both ways, recorded at both ends. Afterwards the
process lives, its memory has not grown, the line answers, nobody was dialled, the tone has had no
pause that the machine does not explain, and a BYE is obeyed. At the end a next call is good.
"""

import argparse
import os
import re
import sys
import unittest

import forged
import goodcall
import hostile_bytes
import hostile_calls
import sound
from interposer import CLIENT, SERVER, Interposer
from player import Player
from stalls import Stalls
from standin import Standin, tones, wait_for

arguments = argparse.ArgumentParser()
arguments.add_argument("--long", action="store_true", default=bool(os.environ.get("RC_LONG")))
arguments.add_argument("attacks", nargs="*")
OPTIONS, REST = arguments.parse_known_args()

GROWTH_KIB = 16 * 1024  # of the peak over what was resident before (reliability.md S4)
PAUSE = 0.100  # s, and twice what the machine itself stalled
RECORD = ("rcsrc num-calls=1 idle=none ! wavenc ! filesink location={}.wav "
          "audiotestsrc is-live=true freq=880 ! rcsink")


def _key(message):
    return message.header("Via"), message.header("CSeq")


class Rig:
    """The line under attack."""

    def __init__(self, standin, wire, player):
        self.standin, self.wire, self.player = standin, wire, player
        self.long = OPTIONS.long
        self.hook = None  # of an attack; False: not passed on
        self._answers = {}  # of the line to forged requests
        self.may_dial = []  # numbers that an attack has the line dial
        wire.rule = self._rule
        player.play("line", "rcsignal")
        assert standin.registered(), player.drain()

    def _rule(self, message):
        """The stand-in gets no answer to what it has not sent."""
        if self.hook is not None and self.hook(message) is False:
            return False
        if forged.MARK in message.text:
            self._answers.setdefault(_key(message), []).append(message)
            return False
        return forged.CALL_ID not in message.header("Call-ID")

    def memory(self, field):
        with open(f"/proc/{self.player.process.pid}/status") as status:
            return int(re.search(rf"{field}:\s+(\d+) kB", status.read())[1])

    def forget_peak(self):
        with open(f"/proc/{self.player.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def answers(self, request):
        """What the line has said to a forged request so far."""
        return self._answers.get(_key(forged.parse(request)), [])

    def wait_answer(self, request, start="SIP/2.0 ", seconds=10):
        """The line's final answer."""
        found = lambda: [m for m in self.answers(request) if not m.start.startswith("SIP/2.0 1")]
        wait_for(found, seconds, f"an answer to {request.splitlines()[0]}")
        assert found()[0].start.startswith(start), found()[0].start
        return found()[0]

    def take_back(self, invites):
        """CANCEL for those that ring."""
        rang = [i for i in invites if any("180" in m.start for m in self.answers(i))]
        for text in rang:
            self.wire.send(forged.cancel(text))
            self.wait_answer(text, "SIP/2.0 487")
        return len(rang)

    def check_line(self, forger):
        assert self.player.process.poll() is None, "the process died"
        assert self.standin.registered(), "not registered"
        options = forger.outside("OPTIONS")
        self.wire.send(options)
        self.wait_answer(options, "SIP/2.0 200", 5)

    def dialled(self):
        """Request-URIs of all calls that the line began."""
        return [m.start.split()[1] for m in self.wire.seen(CLIENT, "INVITE")
                if ";tag=" not in m.header("To")]

    def check_dialled(self):
        calls = self.dialled()
        assert len(calls) == len(self.may_dial) and all(
            number in uri for number, uri in zip(self.may_dial, calls)), calls


class Call:
    """A running call with a tone both ways."""

    def __init__(self, rig, name):
        self.rig, self.name = rig, name
        self.forged_bye = False
        since = len(rig.wire.log)
        rig.player.play(name, RECORD.format(name))
        self.id = rig.standin.call(media={"codec": "opus", "record": self.path("-far.wav"),
                                          **tones(1000, ms=600000)})
        rig.player.wait(f"sound {name}", 20)
        invite = rig.wire.wait_seen(SERVER, "INVITE", since)
        answer = rig.wire.wait_seen(CLIENT, "SIP/2.0 200", since)
        self.forger = forged.Forger(invite, answer)

    def path(self, end):
        return str(self.rig.standin.path(self.name + end))

    def listen(self, packets_more=30):
        self.rig.standin.sent_more(self.id, packets_more)

    def hang_up(self):
        """The far end's BYE is obeyed."""
        since = len(self.rig.wire.log)
        if self.forged_bye:  # forged requests have used up the stand-in's numbers
            bye = self.forger.inside("BYE")
            self.rig.wire.send(bye)
            self.rig.wait_answer(bye, "SIP/2.0 200", 5)
        self.rig.standin.hang_up(self.id)
        self.rig.wire.wait_seen(SERVER, "BYE", since)
        self.rig.player.wait(f"eos {self.name}", 5)
        self.rig.player.stop(self.name)
        self.rig.standin.wait_call(self.id, "finished")

    def longest_pause(self):
        """Seconds, of both directions."""
        return max(sound.longest_pause(path) for path in (self.path(".wav"), self.path("-far.wav")))


class Hostile(unittest.TestCase):
    def test_line_and_call_survive(self):
        rows = []
        with Standin() as standin, Interposer(standin) as wire, Player(standin) as player:
            rig = Rig(standin, wire, player)
            for attack in (*hostile_bytes.ALL, *hostile_calls.ALL):
                if not OPTIONS.attacks or attack.__name__ in OPTIONS.attacks:
                    rows.append(self.survive(rig, attack))
            player.play("next", "rcsrc num-calls=1 idle=none ! wavenc ! filesink location=next.wav")
            goodcall.check(self, standin, player, "next")
        print("\n  attack                          how many  RSS KiB  pause ms  outcome")
        for name, count, growth, pause, outcome in rows:
            print(f"  {name:30}  {count:>8}  {growth:7}  {1000 * pause:8.0f}  {outcome}")

    def survive(self, rig, attack):
        """One row of the table."""
        with Stalls() as stalls:
            call = Call(rig, attack.__name__)
            call.listen()
            _, _, before = rig.player.usage()
            rig.forget_peak()
            try:
                count, outcome = attack(rig, call)
            finally:
                rig.hook = None
            rig.check_line(call.forger)
            call.listen()
            growth = rig.memory("VmHWM") - before
            call.hang_up()
            stalled = stalls.longest()
        rig.check_dialled()
        pause = call.longest_pause()
        self.assertLess(pause, PAUSE + 2 * stalled, f"{call.name}: a pause; {outcome}")
        self.assertLess(growth, GROWTH_KIB, f"{call.name}: grew; {outcome}")
        return attack.__name__.replace("_", " "), count, growth, pause, outcome


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST], verbosity=2)
