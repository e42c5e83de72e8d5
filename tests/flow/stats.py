#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rc-stats tells the truth: judged by what a path in between dropped and delayed, by the far end's
own times, and by the E-model written down once more.
"""

import math
import unittest

import messages
from interposer import Interposer
from path import Path
from standin import Standin, tones, wait_for

WAY, UNEVEN = 0.060, 0.010  # s
LOSS = 0.05
LINE = ("rcsignal stats-interval=500 rcsrc num-calls=1 ! fakesink "
        "audiotestsrc is-live=true ! rcsink")


def mos(loss, delay_ms):
    """ITU-T G.107 with its defaults, Ie = 0, Bpl = 25.1 (G.113), Annex B."""
    r = 93.2 - 95 * 100 * loss / (100 * loss + 25.1)
    if delay_ms > 100:
        x = math.log(delay_ms / 100) / math.log(2)
        r -= 25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2)
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


class Stats(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def told(self):
        return messages.structures(self.standin.text(), "rc-stats")

    def wait_told(self, condition, what, seconds=30):
        try:
            wait_for(lambda: any(map(condition, self.told()[-2:])), seconds, what)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.told()[-1:]}") from None

    def end(self, call, pipeline):
        self.standin.hang_up(call)
        self.assertEqual(0, pipeline.wait(10), self.standin.tail())
        self.assertEqual([], self.standin.violations())
        return self.told()[-1]

    def test_of_a_bad_path(self):
        with Interposer(self.standin) as wire, Path(wire) as path:
            path.to_client.delays = (WAY, WAY + UNEVEN)
            path.to_server.delays = (WAY,)
            pipeline = self.standin.launch(LINE)
            self.assertTrue(self.standin.registered(), self.standin.tail())
            call = self.standin.call(media=tones(1000, ms=60000))
            self.wait_told(lambda s: s["packets-received"] > 20, "packets")
            path.to_client.loss = path.to_server.loss = LOSS
            self.standin.sent_more(call, 400)
            path.to_client.loss = path.to_server.loss = 0
            lost, remote_lost = path.to_client.dropped, path.to_server.dropped
            self.wait_told(lambda s: s["round-trip"] > 0, "a round trip")
            # Their report may be 5 s old. Its count begins with the first packet of a probation.
            self.wait_told(lambda s: abs(s["remote-packets-lost"] - remote_lost) <= 2,
                           f"a report of {remote_lost} lost")
            self.wait_told(lambda s: s["packets-lost"] == lost, f"{lost} lost")
            last = self.end(call, pipeline)
            came = path.to_client.passed
        print(f"\n  dropped {lost} of {lost + came}, told {last['packets-lost']} of "
              f"{last['packets-lost'] + last['packets-received']}; of ours {remote_lost}, told "
              f"{last['remote-packets-lost']}; round trip {last['round-trip'] / 1000:.1f} ms, "
              f"jitter {last['jitter'] / 1000:.1f} ms, concealed {last['concealed']:.3f}, "
              f"MOS {last['mos']:.2f}")
        self.check_bad_path(last, lost, came)

    def check_bad_path(self, last, lost, came):
        self.assertEqual(lost, last["packets-lost"])
        self.assertAlmostEqual(came, last["packets-received"], delta=10)  # before DTLS was done
        share = lost / (last["packets-received"] + lost)
        self.assertAlmostEqual(share, last["loss"], places=6)
        self.assertAlmostEqual(share, last["concealed"], delta=share / 2)
        self.assertAlmostEqual(2 * WAY * 1e6, last["round-trip"], delta=2 * UNEVEN * 1e6)
        self.assertAlmostEqual(UNEVEN * 1e6, last["jitter"], delta=UNEVEN * 1e6 / 3)
        self.assertAlmostEqual(0, last["remote-jitter"], delta=3000)
        worse = max(last["loss"], last["concealed"])
        delay = 20 + 120 + last["round-trip"] / 2000
        self.assertAlmostEqual(mos(worse, delay), last["mos"], places=2)

    def test_of_a_good_one(self):
        pipeline = self.standin.launch(LINE)
        self.assertTrue(self.standin.registered(), self.standin.tail())
        call = self.standin.call(media={"codec": "pcmu", **tones(1000, ms=60000)})
        self.wait_told(lambda s: s["duration"] > 3_000_000, "3 s")
        last = self.end(call, pipeline)
        self.assertEqual("PCMU", last["codec"])
        self.assertTrue(last["final"])
        self.assertEqual([False], list({s["final"] for s in self.told()[:-1]}))
        self.assertEqual(0, last["packets-lost"])
        self.assertGreater(last["mos"], 4.3)
        self.check_times(last, self.standin.wait_call(call, "ended"))

    def check_times(self, last, call):
        at = {event["name"]: event["us"] for event in call["events"]}
        answered = at["200"] - at["invite_sent"]
        connected = call["media"]["connected_us"] - at["invite_sent"]
        print(f"\n  to answer {last['time-to-answer'] / 1000:.1f} ms, theirs "
              f"{answered / 1000:.1f}; to connect {last['time-to-connect'] / 1000:.1f}, theirs "
              f"{connected / 1000:.1f}; to audio {last['time-to-audio'] / 1000:.1f}")
        self.assertAlmostEqual(answered, last["time-to-answer"], delta=50_000)
        self.assertAlmostEqual(connected, last["time-to-connect"], delta=100_000)
        self.assertGreater(last["time-to-audio"], last["time-to-connect"])
        self.assertLess(last["time-to-audio"], last["time-to-connect"] + 1_000_000)
        told = messages.calls(self.standin.text())
        self.assertLess(abs(told[-1]["at"] - told[-1]["ended-at"]), 50_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
