#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every ready-made pipeline as it stands, against the stand-in."""

import json
import re
import socket
import subprocess
import unittest

import each_call_test
from standin import BUILD, TONES, TOP, Standin, interrupt, tones

PIPELINES = TOP / "pipelines"
FREQUENCIES = [440, 1000, 700, 1500]


def read_tones(wav, frequencies):
    """The verdict of the tone reader: these frequencies, in order, in the file."""
    expect = wav.with_suffix(".json")
    expect.write_text(json.dumps(frequencies))
    found = subprocess.run([TONES, "read", "--wav", wav, "--expect", expect, "--min-tones", "5"],
                           capture_output=True, text=True, check=False)
    return found.returncode == 0, found.stdout + found.stderr


def files():
    """The pipelines' names have hyphens, those of what tests them do not."""
    return {path.name for path in PIPELINES.iterdir()
            if path.suffix in (".sh", ".py", ".js", ".cpp") and "-" in path.name}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PipelinesTest(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def assert_tones(self, wav, frequencies=None):
        good, verdict = read_tones(wav, frequencies or FREQUENCIES)
        self.assertTrue(good, verdict)

    def run_script(self, name, *arguments):
        process = self.standin.spawn([PIPELINES / name, *map(str, arguments)], "gst.log")
        self.assertTrue(self.standin.registered(), self.standin.tail())
        return process

    def call(self, **spec):
        return self.standin.call(**{"media": tones(*FREQUENCIES), "hangup_after_ms": 5000, **spec})

    def assert_ends_well(self, process, seconds=20):
        self.assertEqual(process.wait(seconds), 0, self.standin.tail())
        self.assertEqual(self.standin.violations(), [])

    def test_record_to_wav_sh(self):
        process = self.run_script("record-to-wav.sh", "call.wav")
        self.call()
        self.assert_ends_well(process)
        self.assert_tones(self.standin.path("call.wav"))

    def test_record_to_opus_sh(self):
        process = self.run_script("record-to-opus.sh", "call.opus")
        self.call()
        self.assert_ends_well(process)
        self.assertLess(self.standin.path("call.opus").stat().st_size, 25_000)  # 5 s at 24 kbit/s
        subprocess.run(["gst-launch-1.0", "-q", "filesrc", "location=call.opus", "!", "oggdemux", "!",
                        "opusdec", "!", "wavenc", "!", "filesink", "location=call.wav"],
                       cwd=self.standin.folder, check=True, timeout=30)
        self.assert_tones(self.standin.path("call.wav"))

    def test_own_webrtcbin_sh(self):
        process = self.run_script("own-webrtcbin.sh", "call.wav")
        self.call()
        self.assert_ends_well(process)
        self.assert_tones(self.standin.path("call.wav"))

    def test_pcm_to_tcp_sh(self):
        port = free_port()
        process = self.run_script("pcm-to-tcp.sh", port)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as reader:
            self.call()
            pcm = self.read(reader, seconds=5)
        interrupt(process)
        self.assert_ends_well(process)
        wav = self.standin.path("tcp.wav")
        subprocess.run(["sox", "-t", "raw", "-r", "16000", "-e", "signed", "-b", "16", "-c", "1",
                        "-", wav], input=pcm, check=True)
        self.assert_tones(wav)

    @staticmethod
    def read(reader, seconds):
        wanted = seconds * 16000 * 2
        pcm = b""
        while len(pcm) < wanted:
            pcm += reader.recv(wanted - len(pcm))
        return pcm

    def make_prompt(self):
        prompt = self.standin.path("prompt.wav")
        subprocess.run(["sox", "-n", "-r", "48000", "-b", "16", prompt, "synth", "6", "sine", "600",
                        "gain", "-12"], check=True)
        return prompt

    def test_dial_and_play_sh(self):
        heard = self.standin.path("heard.wav")
        self.standin.control("POST", "/numbers", {
            "number": "12025550100", "behaviour": "answer", "hangup_after_ms": 5000,
            "media": {**tones(*FREQUENCIES), "record": str(heard)}})
        process = self.run_script("dial-and-play.sh", "+12025550100", self.make_prompt())
        call = self.standin.control("GET", "/calls?wait_count=1")["calls"][0]["id"]
        self.assert_ends_well(process)
        self.standin.wait_call(call, "finished")
        self.assert_tones(self.standin.path("answer.wav"))
        self.assert_tones(heard, [600])

    def test_play_file_into_call_sh(self):
        prompt = self.make_prompt()
        process = self.run_script("play-file-into-call.sh", prompt, "call.wav")
        heard = self.standin.path("heard.wav")
        call = self.call(media={**tones(*FREQUENCIES), "record": str(heard)})
        self.assert_ends_well(process)
        self.standin.wait_call(call, "finished")
        self.assert_tones(self.standin.path("call.wav"))
        self.assert_tones(heard, [600])

    def assert_shows_levels(self, program):
        process = self.standin.spawn([program], "gst.log")
        self.assertTrue(self.standin.registered(), self.standin.tail())
        self.call()
        self.assert_ends_well(process)
        levels = re.findall(r"^ *(-[0-9.]+) dBFS", self.standin.text(), re.MULTILINE)
        self.assertGreaterEqual(len(levels), 5, self.standin.tail())
        for level in levels[1:4]:  # the stand-in's tones: -12 dBFS peak, a sine is 3 dB below
            self.assertAlmostEqual(float(level), -15, delta=1.5)

    def test_appsink_level_cpp(self):
        self.assert_shows_levels(BUILD / "pipelines/appsink-level")
        self.assertIn("connected from +12025550166", self.standin.text())

    def test_appsink_level_py(self):
        self.assert_shows_levels(PIPELINES / "appsink-level.py")

    def test_level_meter_sh(self):
        self.assert_shows_levels(PIPELINES / "level-meter.sh")
        self.assertRegex(self.standin.text(), r"(?m)^ -1[45]\.\d dBFS  #{9}$")

    def test_programs_end_and_say_why_when_the_account_is_wrong(self):
        for program in (["appsink-level.py"], ["each-call.py"], ["gjs", "each-call.js"],
                        [BUILD / "pipelines/appsink-level"], [BUILD / "pipelines/each-call"]):
            *words, last = program
            process = self.standin.spawn([*words, PIPELINES / last], "gst.log",
                                         RINGCENTRAL_JWT_TOKEN="S3CR3T-wrong")
            self.assertEqual(1, process.wait(20), last)
            self.assertIn("the JWT is wrong", self.standin.text(), last)

    def test_every_pipeline_is_tested(self):
        here = {f for f in files() if hasattr(self, "test_" + re.sub(r"\W", "_", f))}
        with_calls = {getattr(case, "FILE", None) for case in vars(each_call_test).values()}
        self.assertEqual(set(), files() - here - with_calls)

    def test_every_pipeline_is_in_the_readme(self):
        table = re.findall(r"([a-z-]+\.(?:sh|py|js|cpp))\b", (PIPELINES / "README.md").read_text())
        self.assertEqual(files(), set(table))


if __name__ == "__main__":
    unittest.main(verbosity=2)
