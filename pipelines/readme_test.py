#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs each line of README.md as it stands there, and looks at what came of it.

In a network that has nothing but lo: port 5000 is free there, and nothing needs the Internet. The
lines of a checkout run in a folder that looks like one and uses the build folder of this test.
"""

import re
import shutil
import socket
import subprocess
import unittest

import namespace
import readme
import sound
from standin import BUILD, TOP, Standin, interrupt, tones, wait_for

README = TOP / "README.md"
FREQUENCIES = [440, 1000, 700, 1500]
SECONDS = 5
# Lines that another test runs, and which: this one wants a home that it may change.
ELSEWHERE = {"./scripts/install.sh": "tests/install/user_install.py"}


def runs(*starts):
    """Marks a test as the one of the commands that start so."""
    def mark(test):
        test.starts = starts
        return test
    return mark


def starts_of(case):
    return [start for name in dir(case) for start in getattr(getattr(case, name), "starts", ())]


def command(start):
    """The README's one command that starts so."""
    found = [text for text in readme.commands(README) if text.startswith(start)]
    assert len(found) == 1, f"{len(found)} commands in README.md start with {start!r}: {found}"
    return found[0]


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def checkout(self):
        """A folder as the project's, but with the build folder of this test."""
        folder = self.standin.path("checkout")
        folder.mkdir()
        for entry in TOP.iterdir():
            if entry.name not in ("build", "scripts", ".git"):
                (folder / entry.name).symlink_to(entry)
        shutil.copytree(TOP / "scripts", folder / "scripts")  # which look where they are
        (folder / "build").symlink_to(BUILD)
        return folder

    def type(self, text, **changes):
        """As a user who has the account in the environment."""
        return self.standin.spawn(["bash", "-c", text], **changes)

    def text(self):
        return self.standin.tail("process.log")

    def tones(self, **media):
        return {**tones(*FREQUENCIES), **media}

    def call_us(self):
        self.assertTrue(self.standin.registered(), self.text())
        return self.standin.call(media=self.tones(), hangup_after_ms=SECONDS * 1000)

    def assert_ends_well(self, process):
        self.assertEqual(0, process.wait(20), self.text())
        self.assertEqual([], self.standin.violations())

    def assert_hears(self, name, frequencies, seconds=SECONDS - 1):
        pcm, rate = sound.samples(self.standin.path(name))
        self.assertGreater(len(pcm), seconds * rate, name)
        spectrum = sound.powers(pcm, rate)
        for frequency in frequencies:
            share = sound.power_near(spectrum, frequency, 20) / spectrum[1].sum()
            self.assertGreater(share, 0.5 / len(frequencies), f"{name}: {frequency} Hz")

    # --- every line has its test ---

    def test_every_command_is_run(self):
        starts = [*starts_of(self), *ELSEWHERE]
        for text in readme.commands(README):
            claims = [start for start in starts if text.startswith(start)]
            self.assertEqual(1, len(claims), f"README.md says {text!r}; tests of it: {claims}")
        for start in starts:
            command(start)
        for name in ELSEWHERE.values():
            self.assertTrue((TOP / name).exists(), name)

    def test_every_block_has_a_language_that_is_run(self):
        self.assertEqual({"sh", "python"}, readme.languages(README))

    def test_it_is_read_in_a_minute(self):
        self.assertLessEqual(len(README.read_text().splitlines()), 150)

    def test_links_lead_somewhere(self):
        for link in re.findall(r"\]\(([^)#:]+)\)", README.read_text()):
            self.assertTrue((TOP / link).exists(), link)

    # --- the lines ---

    @runs("./scripts/demo.sh")
    def test_demo(self):
        environment = {k: v for k, v in self.standin.environment().items()
                       if not k.startswith(("RINGCENTRAL_", "RC_", "GST_PLUGIN_PATH"))}
        done = subprocess.run(["bash", "-c", command("./scripts/demo.sh")], cwd=self.checkout(),
                              env=environment, stdin=subprocess.DEVNULL, timeout=120, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(0, done.returncode, done.stdout)
        pcm, rate = sound.samples(self.standin.path("checkout/call.wav"))
        self.assertGreater(len(pcm), 3 * rate, done.stdout)
        self.assertGreater(abs(pcm).max(), 0.05, done.stdout)

    @runs("export RINGCENTRAL_", "export GST_PLUGIN_PATH=")
    def test_exports(self):
        account = self.standin.environment()
        words = command("export RINGCENTRAL_").split()
        self.assertTrue(all(word.endswith("=...") for word in words[1:]), words)
        filled = [word[:-3] + account[word[:-4]] for word in words[1:]]
        plain = {k: v for k, v in account.items()
                 if k in ("PATH", "HOME", "GST_REGISTRY", "XDG_STATE_HOME", "RINGCENTRAL_SERVER_URL",
                          "RINGCENTRAL_CA_FILE")}
        process = subprocess.Popen(
            ["bash", "-c", f"export {' '.join(filled)}\n{command('export GST_PLUGIN_PATH=')}\n"
                           "exec gst-launch-1.0 -e rcsrc ! fakesink"],
            cwd=self.checkout(), env=plain, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.standin.children.append(process)
        self.assertTrue(self.standin.registered())
        interrupt(process)
        self.assert_ends_well(process)

    @runs("rc-standin --call 101")
    def test_stand_in_calls(self):
        path = f"{BUILD}/tests/standin:{self.standin.environment()['PATH']}"
        process = self.type(command("rc-standin --call 101"), PATH=path)
        self.assert_ends_well(process)
        self.assertIn('"outcome":"completed"', self.text())
        pcm, rate = sound.samples(self.standin.path("call.wav"))
        self.assertGreater(len(pcm), rate // 2)
        self.assertGreater(abs(pcm).max(), 0.05)

    @runs("gst-launch-1.0 -e rcsrc num-calls=1")
    def test_record_the_next_call(self):
        process = self.type(command("gst-launch-1.0 -e rcsrc num-calls=1"))
        self.call_us()
        self.assert_ends_well(process)
        self.assert_hears("call.wav", FREQUENCIES)

    @runs("gst-launch-1.0 -e rcsrc ! audio/x-raw")
    def test_serve_what_callers_say(self):
        process = self.type(command("gst-launch-1.0 -e rcsrc ! audio/x-raw"))
        wait_for(lambda: "PLAYING" in self.text(), 10, "the server")
        with socket.create_connection(("127.0.0.1", 5000), timeout=10) as reader:
            self.call_us()
            pcm = b""
            while len(pcm) < SECONDS * 16000 * 2:
                pcm += reader.recv(65536)
        interrupt(process)
        self.assert_ends_well(process)
        subprocess.run(["sox", "-t", "raw", "-r", "16000", "-e", "signed", "-b", "16", "-c", "1", "-",
                        self.standin.path("tcp.wav")], input=pcm, check=True)
        self.assert_hears("tcp.wav", FREQUENCIES)

    @runs("gst-launch-1.0 -e rcsignal call-bin=")
    def test_record_every_call(self):
        process = self.type(command("gst-launch-1.0 -e rcsignal call-bin="))
        calls = [self.call_us() for _ in range(2)]
        for call in calls:
            self.standin.wait_call(call, "finished", SECONDS + 15)
        interrupt(process)
        self.assert_ends_well(process)
        files = [path.name for path in self.standin.folder.glob("call-c-*.wav")]
        self.assertEqual(2, len(files), files)
        for name in files:
            self.assert_hears(name, FREQUENCIES)

    @runs("gst-launch-1.0 -e rcsrc dial=")
    def test_call_a_number(self):
        heard = self.standin.path("heard.wav")
        subprocess.run(["sox", "-n", "-r", "44100", "-b", "16", self.standin.path("hello.wav"), "synth",
                        str(SECONDS), "sine", "600", "gain", "-12"], check=True)
        self.standin.control("POST", "/numbers", {
            "number": "12025550100", "behaviour": "answer", "hangup_after_ms": SECONDS * 1000,
            "media": self.tones(record=str(heard))})
        process = self.type(command("gst-launch-1.0 -e rcsrc dial="))
        call = self.standin.control("GET", "/calls?wait_count=1&timeout_ms=10000")["calls"][0]["id"]
        self.standin.wait_call(call, "finished")
        self.assert_ends_well(process)
        self.assert_hears("answer.wav", FREQUENCIES)
        self.assert_hears("heard.wav", [600])


if __name__ == "__main__":
    namespace.enter()
    unittest.main(verbosity=2)
