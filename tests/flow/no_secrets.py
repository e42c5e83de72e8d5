#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No secret in anything that a process of ours writes while it has a call: every log of GStreamer at
its highest level, `gst-launch-1.0 -v -m`, graphs, bus messages, the state folder, its command line;
with the secrets given by the environment, by files and by a program, the right ones and wrong ones.

What a secret is: all that begins with S3CR3T (client secret, JWT, tokens, SIP password), what the
stand-in saw on the wire (digest responses, both sides' ice-pwd), and SRTP keys. GStreamer's own
elements write ice-pwd and SRTP keys of a session into their logs at level 5 and above (webrtcbin,
webrtcnice, srtpenc, all that logs caps; 1.22), which nobody else can prevent; ours never do.
"""

import pathlib
import re
import unittest

from player import Player
from standin import Standin, tones

PIPELINE = ("{} rcsrc num-calls=1 ! fakesink sync=false "
            "audiotestsrc is-live=true ! audio/x-raw,rate=16000 ! rcsink")
NAMES = ("RINGCENTRAL_CLIENT_SECRET", "RINGCENTRAL_JWT_TOKEN")
ENTRY = re.compile(rb"^\d:\d\d:\d\d\.\d{9} +\d+ 0x[0-9a-f]+ \w+ +(\S+)", re.MULTILINE)
SRTP_KEY = re.compile(rb"srtp-key=\(buffer\)[0-9a-f]{8,}")
WIRE_SECRETS = (rb"(?m)^a=ice-pwd:(\S+)", rb'response="([0-9a-f]{32,})"')


class Secrets(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.dots = self.standin.path("dots")
        self.dots.mkdir()
        self.logging = {"GST_DEBUG": "*:9", "GST_DEBUG_FILE": str(self.standin.path("debug.log")),
                        "GST_DEBUG_DUMP_DOT_DIR": str(self.dots), "GST_DEBUG_NO_COLOR": "1"}

    def wire_secrets(self):
        """With what each is, as bytes."""
        wire = "\n".join(m["text"] for m in
                         self.standin.control("GET", "/log")["messages"]).encode()
        return {value: pattern.decode() for pattern in WIRE_SECRETS
                for value in re.findall(pattern, wire)}

    def files(self):
        """Every file that was written, but for those that hold our own secrets."""
        return [path for path in self.standin.folder.rglob("*")
                if path.is_file() and path.suffix != ".secret"]

    def assert_nothing_leaked(self, *texts):
        wire = self.wire_secrets()
        for text in texts:
            self.check("a text", text.encode(), wire)
        for path in self.files():
            data, where = path.read_bytes(), path.relative_to(self.standin.folder)
            self.check_marked(where, data)
            self.check(where, self.ours(data) if path.name == "debug.log" else data, wire)

    def ours(self, log):
        """The entries of our categories in a log of GStreamer."""
        starts = [(m.start(), m.group(1)) for m in ENTRY.finditer(log)]
        ends = [start for start, _ in starts[1:]] + [len(log)]
        return b"".join(log[start:end] for (start, category), end in zip(starts, ends)
                        if category.startswith(b"rc"))

    def check_marked(self, where, data):
        self.check_one(where, data, b"S3CR3T", "a marked secret")

    def check(self, where, data, wire):
        self.check_marked(where, data)
        self.assertIsNone(SRTP_KEY.search(data), where)
        for secret, kind in wire.items():
            self.check_one(where, data, secret, kind)

    def check_one(self, where, data, secret, kind):
        at = data.find(secret)
        if at >= 0:
            line = data[data.rfind(b"\n", 0, at) + 1:data.find(b"\n", at)]
            self.fail(f"{where} holds {kind}: {line[:600]!r}")

    def assert_messages_are_there(self):
        """At level TRACE: whole messages, what is secret masked."""
        log = self.ours(self.standin.path("debug.log").read_bytes())
        for masked in (b"Authorization:***", b"a=ice-pwd:***", b'Req="***"', b"INVITE sip:"):
            self.assertIn(masked, log)

    def have_call(self):
        self.assertTrue(self.standin.registered(seconds=30))
        call = self.standin.call(hangup_after_ms=1000, media=tones(1000, ms=60000))
        found = self.standin.wait_call(call, "ended", 30)
        self.assertIn("200", [event["name"] for event in found["events"]])

    def as_files(self):
        """The same account, its secrets in files."""
        environment = self.standin.environment()
        changes = {}
        for name in NAMES:
            path = self.standin.path(name + ".secret")
            path.write_text(environment[name] + "\n")
            changes[name], changes[name + "_FILE"] = "", str(path)
        return changes

    def launch_has_call(self, **changes):
        line = PIPELINE.format("rcsignal name=line")
        pipeline = self.standin.launch("-v " + line, **self.logging, **changes)
        self.assertTrue(self.standin.registered(seconds=30), self.standin.tail())
        command = pathlib.Path(f"/proc/{pipeline.pid}/cmdline").read_text()
        self.have_call()
        self.assertEqual(0, pipeline.wait(30))
        self.assertIn("rc-call", self.standin.text())
        self.assertTrue(list(self.dots.glob("*.dot")))
        self.assertTrue(any(self.standin.path("state").rglob("*.instance")))
        self.assert_messages_are_there()
        self.assert_nothing_leaked(command)

    def test_given_by_the_environment(self):
        self.launch_has_call()

    def test_given_by_files(self):
        self.launch_has_call(**self.as_files())

    def test_given_by_a_program(self):
        right = self.standin.environment()
        with Player(self.standin, **self.logging, **dict.fromkeys(NAMES, "")) as player:
            player.tell("make one " + PIPELINE.format("rcsignal name=line"))
            player.tell("set one line client-secret " + right[NAMES[0]])
            player.tell("set one line jwt " + right[NAMES[1]])
            player.tell("start one")
            self.have_call()
            player.wait("eos one", 30)
            command = pathlib.Path(f"/proc/{player.process.pid}/cmdline").read_text()
            player.tell("dot one")
            player.stop("one")
        self.assert_nothing_leaked(command, *player.drain())

    def check_refused(self, secret, words):
        """Each secret in turn is that one: an error with these words, and no more of it."""
        for name in NAMES:
            with self.subTest(name):
                pipeline = self.standin.launch("-v " + PIPELINE.format("rcsignal"), **self.logging,
                                               **{name: secret})
                self.assertNotEqual(0, pipeline.wait(30))
                self.assertIn(words, self.standin.text())
                self.assert_nothing_leaked()

    def test_wrong_ones(self):
        self.check_refused("S3CR3T-wrong", "Cannot log in: HTTP 40")

    def test_what_is_no_secret_at_all(self):
        """With a line break in it, as a file with two lines has."""
        self.check_refused("S3CR3T-1\nS3CR3T-2", "other characters that none has")


if __name__ == "__main__":
    unittest.main(verbosity=2)
