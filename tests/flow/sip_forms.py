#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls by servers and proxies that use more of SIP than RingCentral is known to do: each one is a
good call, and the stand-in's judge finds no fault in what we say."""

import unittest

import goodcall
from player import Player
from standin import Standin, tones, wait_for

NUMBER = "12025550100"
TALK = 1500  # ms
ROUTES = ["<sip:p1.example.com;lr>, <sip:p2.example.com;lr>", "<sip:p3.example.com;lr>"]
STRICT_ROUTER = ["<sip:p1.example.com>"]
TIMER = {"Supported": "timer", "Session-Expires": "1800;refresher=uac"}
SHORT_TIMER = {"Supported": "timer", "Session-Expires": "30"}
REFRESHED = {"ok_headers": {"Require": "timer", "Session-Expires": "1800;refresher=uac"}}

CALLED = {  # what the caller's INVITE is like, and what we must say to it
    "compact names": ({"form": "compact"}, "SIP/2.0 200"),
    "lower-case names": ({"form": "lower"}, "SIP/2.0 200"),
    "folded headers": ({"form": "folded"}, "SIP/2.0 200"),
    "three proxies": ({"headers": {"Record-Route": ROUTES}}, "<sip:p3.example.com;lr>"),
    "strict router": ({"headers": {"Record-Route": STRICT_ROUTER}}, "<sip:p1.example.com>"),
    "100rel required": ({"headers": {"Require": "100rel"}}, "RSeq: "),
    "session timer": ({"headers": TIMER}, "Session-Expires: 1800;refresher=uac"),
    "session timer too short": ({"headers": SHORT_TIMER}, "SIP/2.0 422"),
}
CALLING = {  # how the callee answers ours, and what we must say then
    "compact names": ({"form": "compact"}, "ACK "),
    "three proxies": ({"headers": {"Record-Route": ROUTES}}, "Route: <sip:p3.example.com;lr>"),
    "strict router": ({"headers": {"Record-Route": STRICT_ROUTER}}, "ACK sip:p1.example.com SIP"),
    "session timer": (REFRESHED, "ACK "),
    "forks, two of three answer": ({"forks": 3, "forks_answered": 2}, "BYE "),
}
# From the weakest on: who has asked for SHA-256 gets no MD5 any more.
CHALLENGES = {"an unknown algorithm, then MD5": 4, "MD5 and SHA-256 in two lines": 2,
              "both in one line": 3, "SHA-256": 1}


class Forms(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))
        self.player.play("line", "rcsignal")
        self.assertTrue(self.standin.registered(), self.player.drain())

    def tearDown(self):
        self.assertEqual([], self.standin.violations())
        self.assertEqual([], self.player.told("error"))
        self.assertEqual([], self.player.told("warning"))

    def listen(self, settings=""):
        self.player.play("one", f"rcsrc num-calls=1 idle=none {settings} ! wavenc ! "
                         "filesink location=one.wav")

    def check(self):
        self.player.wait("eos one", 20)
        self.player.stop("one")
        goodcall.check_tone(self, self.standin.path("one.wav"))

    def dial(self, sip):
        self.standin.control("POST", "/numbers", {
            "number": NUMBER, "hangup_after_ms": TALK, "sip": sip, "media": tones(1000, ms=60000)})
        self.listen(f"dial=+{NUMBER}")
        self.check()

    def said(self):
        """All messages of ours so far."""
        return [m["text"] for m in self.standin.control("GET", "/log")["messages"]
                if m["direction"] == "received"]

    def check_said(self, since, words):
        self.assertTrue(any(words in text for text in self.said()[since:]), f"{words!r} not said")
        self.assertEqual([], self.standin.violations())

    def test_called(self):
        for name, (sip, words) in CALLED.items():
            with self.subTest(name):
                since = len(self.said())
                self.listen()
                self.standin.call(hangup_after_ms=TALK, sip=sip, media=tones(1000, ms=60000))
                self.check()
                self.check_said(since, words)

    def test_calling(self):
        for name, (sip, words) in CALLING.items():
            with self.subTest(name):
                since = len(self.said())
                self.dial(sip)
                self.check_said(since, words)

    def test_calling_with_other_challenges(self):
        for name, number in CHALLENGES.items():
            with self.subTest(name):
                self.standin.control("POST", "/faults", {"challenges": number})
                self.dial({})
                self.assertEqual([], self.standin.violations())

    def test_offer_in_an_update(self):
        self.listen()
        call = self.standin.call(media=tones(1000, ms=60000))
        self.player.wait("sound one", 15)
        state = lambda: self.standin.control("GET", f"/calls/{call}")
        agreed = lambda: [e["name"] for e in state()["events"]].count("update_200")
        for number, kind in enumerate(("hold", "resume", "same"), 1):
            self.standin.control("POST", f"/calls/{call}/reinvite", {"kind": kind, "update": True})
            wait_for(lambda: agreed() == number, 5, f"the answer to {kind}")
        self.assertEqual("answered", state()["state"])
        self.standin.sent_more(call, TALK // 20)
        self.standin.hang_up(call)
        self.check()


if __name__ == "__main__":
    unittest.main(verbosity=2)
