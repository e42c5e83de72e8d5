#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real account: it is checked, registers, calls itself, a tone goes through each way, it hangs up.

Runs only with RC_LIVE_CLIENT_ID, RC_LIVE_CLIENT_SECRET and RC_LIVE_JWT_TOKEN in the environment;
else it says that it is skipped. Also taken: RC_LIVE_SERVER_URL and RC_LIVE_CA_FILE (as the
RINGCENTRAL_ ones), and RC_LIVE_NUMBER: what reaches this line, if not its own number.

It costs a call of some ten seconds. tests/flow/live_suite.py runs it against the stand-in.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/flow"))

import messages  # noqa: E402
import sound  # noqa: E402

NEEDED = ("RC_LIVE_CLIENT_ID", "RC_LIVE_CLIENT_SECRET", "RC_LIVE_JWT_TOKEN")
BUILD = pathlib.Path(os.environ.get("RC_BUILD", TOP / "build")).resolve()
TONES = {"caller": 1000, "called": 440}  # Hz: what each of the two says
SECONDS, LIMIT = 5, 60
SKIPPED = 77  # what Meson takes for a skipped test

# Two devices of the account, as a call does not ring where it comes from.
END = ("rcsrc {how} num-calls=1 idle=none ! wavenc ! filesink location={folder}/{name}.wav "
       "audiotestsrc is-live=true freq={hertz} ! audio/x-raw,rate=16000 ! rcsink")


def environment(**changes):
    names = {name[len("RC_LIVE_"):]: value for name, value in os.environ.items()
             if name.startswith("RC_LIVE_")}
    return dict(os.environ, GST_PLUGIN_PATH=str(BUILD / "plugins"),
                **{"RINGCENTRAL_" + name: value for name, value in names.items()}, **changes)


class LiveCall(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def number(self):
        """Of the line; the account is good."""
        check = subprocess.run([BUILD / "scripts/rc-check-account"], env=environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
        print("\n" + check.stdout)
        self.assertEqual(0, check.returncode)
        found = os.environ.get("RC_LIVE_NUMBER") or re.search(r"digital line (\+\d+)", check.stdout)
        self.assertTrue(found, "the line has no number of its own: set RC_LIVE_NUMBER")
        return found if isinstance(found, str) else found[1]

    def launch(self, name, how):
        line = END.format(name=name, how=how, folder=self.folder, hertz=TONES[name])
        with open(self.folder / f"{name}.log", "wb") as output:
            process = subprocess.Popen(
                ["gst-launch-1.0", "-m", "-e", *line.split()], stdin=subprocess.DEVNULL,
                env=environment(XDG_STATE_HOME=str(self.folder / f"{name}.state")),
                stdout=output, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def text(self):
        return "".join((log.read_text(errors="replace") for log in self.folder.glob("*.log")))

    def wait(self, process, condition, what):
        deadline = time.monotonic() + LIMIT
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"no {what}:\n{self.text()[-4000:]}")
            self.assertIsNone(process.poll(), f"no {what}:\n{self.text()[-4000:]}")
            time.sleep(0.05)

    def talk(self):
        """Seconds since both ends are connected."""
        since = {}
        for call in messages.calls(self.text()):
            if call["state"] == "connected":
                since.setdefault(call["call-id"], call["at"] / 1e6)
        return time.time() - max(since.values()) if len(since) == 2 else 0

    def test_calls_itself(self):
        number = self.number()
        called = self.launch("called", "")
        self.wait(called, lambda: "state=(string)registered" in self.text(), "registration")
        caller = self.launch("caller", f"dial={number}")
        self.wait(caller, lambda: self.talk() > SECONDS, f"{SECONDS} s of talk")
        caller.send_signal(signal.SIGINT)  # hangs up, and with that the other ends, too
        for process in (caller, called):
            self.assertEqual(0, process.wait(20), self.text()[-4000:])
        for name, other in (("caller", "called"), ("called", "caller")):
            path = self.folder / f"{name}.wav"
            heard = sound.pitch(path)
            print(f"  {name}: {heard:.1f} Hz in {sound.seconds(path):.1f} s, said {TONES[other]}")
            self.assertAlmostEqual(TONES[other], heard, delta=TONES[other] * 0.005)
            self.assertGreater(sound.seconds(path), SECONDS - 1)


if __name__ == "__main__":
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"skipped: there is no account to call with ({', '.join(missing)} not set)")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
