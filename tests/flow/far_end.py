#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rc-standin as the tool with which users test their own bots: far ends that follow a script, the
client in their environment, and what is told of it.
"""

import collections
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

import sound
from standin import BUILD, PROGRAM, wait_for

RECORDER = ["gst-launch-1.0", "-e", *"rcsrc num-calls=1 idle=none ! wavenc ! filesink".split()]
RECORD = [*RECORDER, "location=call.wav"]
STEADY = {"skip": 0.0}  # played once; the caller's silence before and after it is no part of it


class FarEnds(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rc-far-end-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_standin(self, *arguments, seconds=40):
        return subprocess.run([PROGRAM, "--results", "results", *arguments], cwd=self.folder,
                              env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=seconds, check=False)

    def results(self):
        path = self.folder / "results"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def result(self):
        results = self.results()
        self.assertEqual(1, len(results))
        return results[0]

    @staticmethod
    def loudest(pcm, rate):
        hz, power = sound.powers(pcm, rate)
        return round(hz[power.argmax()], -1)

    def payloads(self, path):
        """What a packet log says: packets by RTP timestamp and payload type."""
        rows = [line.split() for line in (self.folder / path).read_text().splitlines()]
        return [(int(row[2]), int(row[4])) for row in rows]

    # --- what is said arrives

    def test_tones_arrive_in_their_order_and_the_far_end_hangs_up(self):
        expected = sound.sequence(8)
        tones = ",".join(f"{round(f)}:500" for f in expected)
        ended = self.run_standin("--call", "101", "--tones", tones, "--hang-up", "--", *RECORD)
        self.assertEqual(0, ended.returncode, ended.stderr)
        result = self.result()
        self.assertEqual("completed", result["outcome"])
        self.assertEqual("hang_up", result["end_reason"])
        self.assertAlmostEqual(4000, result["duration_ms"], delta=1500)
        heard = sound.hear(self.folder / "call.wav", [round(f) for f in expected], once=True,
                           **STEADY)
        self.assertTrue(heard.ok, heard)

    def test_the_client_is_recorded_and_hangs_up_itself(self):
        expected = sound.sequence(8)
        sound.write(self.folder / "say.wav", expected)
        speak = "filesrc location=say.wav ! wavparse ! audioconvert ! rcsink".split()
        ended = self.run_standin("--answer", "+12025550100", "--record", "heard.wav",
                                 "--until-hang-up", "20", "--", "timeout", "--foreground", "--signal=INT", "9",
                                 *RECORDER[:3], "dial=+12025550100",
                                 *RECORDER[3:], "location=call.wav", *speak)
        self.assertEqual(124, ended.returncode, ended.stderr)  # as timeout ends
        result = self.result()
        self.assertEqual(("completed", "client_bye"), (result["outcome"], result["end_reason"]))
        self.assertGreaterEqual(result["duration_ms"], 4000)
        heard = sound.hear(self.folder / result["recording"], expected, once=True, **STEADY)
        self.assertTrue(heard.ok, heard)

    def test_keys_leave_as_events_between_the_sounds(self):
        self.write_script(media={"packet_log": str(self.folder / "packets")}, steps=[
            {"tones": [[700, 500]]}, {"dtmf": "12#4"}, {"tones": [[1100, 500]]}])
        ended = self.run_standin("--call", "101", "--script", "script.json", "--", *RECORD)
        self.assertEqual(0, ended.returncode, ended.stderr)
        packets = self.payloads("packets")
        usual = collections.Counter(payload for _, payload in packets).most_common(1)[0][0]
        events = {time for time, payload in packets if payload != usual}
        self.assertEqual(4, len(events))  # each has one timestamp, that of its begin
        pcm, rate = sound.samples(self.folder / "call.wav")
        self.assertEqual([700, 1100], [self.loudest(pcm[:rate], rate), self.loudest(pcm[-rate:], rate)])

    def test_a_sentence_is_spoken(self):
        ended = self.run_standin("--call", "101", "--say", "Hello, this is a test.", "--", *RECORD)
        self.assertEqual(0, ended.returncode, ended.stderr)
        pcm, _ = sound.samples(self.folder / "call.wav")
        self.assertGreater(abs(pcm).max(), 0.1)
        self.assertGreater(self.result()["duration_ms"], 1000)

    # --- what goes wrong

    def test_a_cut_socket_costs_no_call(self):
        ended = self.run_standin("--call", "101", "--tones", "440:500", "--socket", "cut",
                                 "--tones", "880:3000", "--hang-up", "--", *RECORD)
        self.assertEqual(0, ended.returncode, ended.stderr)
        self.assertEqual(("completed", 4), (self.result()["outcome"], self.result()["steps_done"]))

    def test_a_client_that_hangs_up_early_is_told(self):
        ended = self.run_standin("--call", "101", "--tones", "440:500", "--wait", "30", "--",
                                 "timeout", "--foreground", "--signal=INT", "5", *RECORD)
        self.assertNotEqual(0, ended.returncode)
        self.assertEqual(("client_hung_up", "client_bye", 1), (
            self.result()["outcome"], self.result()["end_reason"], self.result()["steps_done"]))

    def test_a_client_that_cannot_log_in_ends_it_all(self):
        ended = self.run_standin("--fault", "cmn401=1", "--call", "101", "--", *RECORD)
        self.assertNotEqual(0, ended.returncode)
        self.assertIn("VoipCalling", ended.stderr)
        self.assertEqual("given_up", self.result()["outcome"])

    def test_a_bot_elsewhere_reads_its_environment_and_answers_nothing(self):
        standin = self.spawn_standin("--env", "bot.env", "--call", "101", "--ring", "1", "--call",
                                     "102", "--ring", "1")
        environment = self.folder / "bot.env"
        wait_for(environment.exists, 10, "the environment")
        self.assertEqual(0o600, stat.S_IMODE(environment.stat().st_mode))
        bot = subprocess.Popen(
            ["sh", "-c", ". ./bot.env && exec gst-launch-1.0 rcsignal answer=ring rcsrc ! fakesink"],
            cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL)
        self.addCleanup(end, bot)
        wait_for(lambda: len(self.results()) == 1, 30, "the first result")
        self.assertEqual(("101", "not_answered"),
                         (self.results()[0]["call"], self.results()[0]["outcome"]))
        standin.terminate()  # nobody is extension 102: its caller would wait for a minute
        self.assertEqual(1, standin.wait(10))
        self.assertEqual(["not_answered", "given_up"], [r["outcome"] for r in self.results()])

    def test_what_is_not_understood_is_told_with_its_place(self):
        self.write_script(steps=[{"wait": 1}, {"dtmf": "12x"}])
        for arguments, words in (
                (["--call", "101", "--script", "script.json"], "step 2: dtmf"),
                (["--say", "Hello."], "put --call or --answer before it"),
                (["--call", "101", "--tones", "loud"], "440:500"),
                (["--call", "101", "--play", "missing.wav"], "missing.wav"),
                (["--account", "999"], "no account 999"),
                (["gst-launch-1.0"], "a command comes after --"),
                (["--fault", "no_such=1"], "no such fault")):
            with self.subTest(arguments):
                ended = self.run_standin(*arguments)
                self.assertIn(ended.returncode, (1, 2))
                self.assertIn(words, ended.stderr)

    # --- what they share

    def write_script(self, **script):
        (self.folder / "script.json").write_text(json.dumps(script))

    @staticmethod
    def environment():
        return dict(os.environ, GST_PLUGIN_PATH=str(BUILD / "plugins"),
                    GST_REGISTRY=str(BUILD / "flow-registry.bin"))

    def spawn_standin(self, *arguments):
        process = subprocess.Popen(
            [PROGRAM, "--results", "results", *arguments], cwd=self.folder, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.addCleanup(end, process)
        return process


def end(process):
    if process.poll() is None:
        process.kill()
    process.wait()


if __name__ == "__main__":
    unittest.main(verbosity=2)
