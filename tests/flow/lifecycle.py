#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch lines as users type them: started before any call, over two calls one after the other,
and ended by -e and Ctrl-C in every state."""

import socket
import time
import unittest
import wave

from standin import Standin, interrupt, tones, wait_for

RECORD = "rcsrc idle={idle} ! wavenc ! filesink location=call.wav"
EXIT_LIMIT = 2.0  # s


def length(path):
    """Seconds in a WAV file, by its header; the header must fit the file."""
    with wave.open(str(path)) as wav:
        frames = wav.getnframes()
        assert len(wav.readframes(frames)) == 2 * frames, "the header promises more than there is"
        return frames / wav.getframerate()


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def start(self, line):
        process = self.standin.launch(line)
        self.assertTrue(self.standin.registered(), self.standin.tail())
        self.standin.wait_text("Setting pipeline to PLAYING")
        return process

    def assert_ends(self, process):
        begin = time.monotonic()
        interrupt(process)
        self.assertEqual(process.wait(10), 0, self.standin.tail())
        self.assertLess(time.monotonic() - begin, EXIT_LIMIT)
        self.assertEqual(self.standin.violations(), [])

    def assert_said_goodbye(self, call=None, end_reason=None):
        self.assertTrue(self.standin.unregistered(), "no un-REGISTER was seen")
        if call:
            self.assertEqual(self.standin.wait_call(call, "ended")["end_reason"], end_reason)

    def call_once(self, ms):
        call = self.standin.call(media=tones(440, 880), hangup_after_ms=ms)
        return self.standin.wait_call(call, "ended")

    # --- two calls ---

    def test_records_two_calls_and_the_silence_around(self):
        process = self.start(RECORD.format(idle="silence"))
        begin = time.monotonic()
        self.call_once(2000)
        self.call_once(2000)
        self.assert_ends(process)
        self.assert_said_goodbye()
        self.assertAlmostEqual(length(self.standin.path("call.wav")), time.monotonic() - begin,
                               delta=1.5)

    def test_records_two_calls_and_nothing_else(self):
        process = self.start(RECORD.format(idle="none"))
        answered = []
        for _ in range(2):
            events = {e["name"]: e["us"] for e in self.call_once(2000)["events"]}
            answered.append((events["bye_sent"] - events["200"]) / 1e6)
        self.assert_ends(process)
        self.assert_said_goodbye()
        self.assertAlmostEqual(length(self.standin.path("call.wav")), sum(answered), delta=0.08)

    def test_serves_two_calls_on_tcp(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = self.start(f"rcsrc ! tcpserversink host=127.0.0.1 port={port} sync=false")
        with socket.create_connection(("127.0.0.1", port), timeout=10) as reader:
            received = 0
            for _ in range(2):
                call = self.standin.call(media=tones(440), hangup_after_ms=1500)
                loud = False
                while not loud:
                    pcm = reader.recv(32000)
                    received += len(pcm)
                    loud = any(abs(b) > 8 for b in memoryview(pcm[: len(pcm) & ~1]).cast("h")[::7]
                               if abs(b) > 2000)
                self.standin.wait_call(call, "ended")
        self.assertGreater(received, 32000)
        self.assert_ends(process)
        self.assert_said_goodbye()

    # --- Ctrl-C in every state, with both ways to be idle ---

    def each_idle(self, scene):
        for idle in ("silence", "none"):
            with self.subTest(idle=idle):
                scene(RECORD.format(idle=idle))
                self.assertGreater(length(self.standin.path("call.wav")), 0)
                self.standin.path("call.wav").unlink()

    def test_ctrl_c_while_connecting(self):
        self.standin.control("POST", "/faults", {"rest_delay_ms": 20000})
        for prefix in ("", "rcsignal "):
            def scene(line, prefix=prefix):
                process = self.standin.launch(prefix + line)
                self.standin.wait_text("connecting to RingCentral")
                self.standin.wait_text("Prerolled")
                self.assert_ends(process)
            self.each_idle(scene)

    def test_ctrl_c_while_registered(self):
        def scene(line):
            process = self.start(line)
            self.assert_ends(process)
            self.assert_said_goodbye()
        self.each_idle(scene)

    def test_ctrl_c_while_it_rings(self):
        def scene(line):
            process = self.start("rcsignal answer-delay=30000 " + line)
            call = self.standin.call()
            self.standin.wait_text("state=(string)ringing")
            self.assert_ends(process)
            self.assert_said_goodbye(call, "rejected")
        self.each_idle(scene)

    def test_ctrl_c_while_dialing(self):
        self.standin.control("POST", "/numbers", {"number": "12025550199", "behaviour": "ring"})
        def scene(line):
            process = self.start(line.replace("rcsrc", "rcsrc dial=+12025550199"))
            self.standin.control("GET", "/calls?wait_count=1&timeout_ms=5000")
            self.standin.wait_text("state=(string)dialing")
            call = self.standin.control("GET", "/calls")["calls"][-1]["id"]
            wait_for(lambda: "183_sent" in str(self.standin.control("GET", f"/calls/{call}")), 5,
                     "183")
            self.assert_ends(process)
            self.assert_said_goodbye(call, "cancelled")
        self.each_idle(scene)

    def test_ctrl_c_in_a_call(self):
        def scene(line):
            process = self.start(line)
            call = self.standin.call(media=tones(440))
            self.standin.wait_text("state=(string)connected")
            self.assert_ends(process)
            self.assert_said_goodbye(call, "client_bye")
        self.each_idle(scene)

    def test_ctrl_c_while_hanging_up(self):
        def scene(line):
            process = self.start(line)
            call = self.standin.call(media=tones(440))
            self.standin.wait_text("state=(string)connected")
            self.standin.hang_up(call)
            self.assert_ends(process)
            self.assert_said_goodbye()
        self.each_idle(scene)

    def test_leaves_in_time_when_nobody_answers_the_goodbye(self):
        self.standin.control("POST", "/faults", {"no_bye_answer": 1})
        process = self.start(RECORD.format(idle="silence"))
        self.standin.call(media=tones(440))
        self.standin.wait_text("state=(string)connected")
        self.assert_ends(process)
        self.assert_said_goodbye()


if __name__ == "__main__":
    unittest.main(verbosity=2)
