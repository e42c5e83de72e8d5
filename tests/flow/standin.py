# SPDX-License-Identifier: LGPL-2.1-or-later
"""What flow tests share: a stand-in RingCentral in a process of its own, and GStreamer processes
that use its account. Everything lives in one temporary folder and ends with the test.

The build folder comes from the environment variable RC_BUILD (meson sets it); RC_STANDIN names the
rc-standin of another one.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BUILD = pathlib.Path(os.environ.get("RC_BUILD", "build")).resolve()
PROGRAM = pathlib.Path(os.environ.get("RC_STANDIN", BUILD / "tests/standin/rc-standin")).resolve()
TOP = pathlib.Path(__file__).resolve().parents[2]
TONES = TOP / "tests" / "tools" / "tones.py"


class Standin:
    """`with Standin() as standin:` - rc-standin, its account 101 and its control API."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rc-flow-"))
        self.children = []
        self.process = subprocess.Popen(
            [PROGRAM, "--until-stdin-closes", *self.arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.facts = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def path(self, name):
        return self.folder / name

    # --- the client's side ---

    def environment(self, extension="101", **changes):
        account = next(a for a in self.facts["accounts"] if a["extension"] == extension)
        environment = dict(
            os.environ,
            GST_PLUGIN_PATH=str(BUILD / "plugins"),
            GST_REGISTRY=str(BUILD / "flow-registry.bin"),
            XDG_STATE_HOME=str(self.folder / "state"),
            RINGCENTRAL_SERVER_URL=self.facts["rest"],
            RINGCENTRAL_CA_FILE=self.facts["ca"],
            RINGCENTRAL_CLIENT_ID=account["client_id"],
            RINGCENTRAL_CLIENT_SECRET=account["client_secret"],
            RINGCENTRAL_JWT_TOKEN=account["jwt"])
        environment.update(changes)
        return environment

    def spawn(self, command, log="process.log", **changes):
        """A process with the account in its environment; it ends with the stand-in."""
        with open(self.path(log), "wb") as output:
            child = subprocess.Popen(command, env=self.environment(**changes), cwd=self.folder,
                                     stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT)
        self.children.append(child)
        return child

    def launch(self, line, log="gst.log", **changes):
        """gst-launch-1.0 -m -e with a line as a user types it."""
        return self.spawn(["gst-launch-1.0", "-m", "-e", *line.split()], log, **changes)

    def text(self, log="gst.log"):
        return self.path(log).read_text(errors="replace")

    def wait_text(self, text, log="gst.log", seconds=15):
        wait_for(lambda: text in self.text(log), seconds, f"{text!r} in:\n{self.tail(log)}")

    def tail(self, log="gst.log"):
        path = self.path(log)
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    # --- the server's side ---

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            self.facts["control"] + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.facts["control_token"]})
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 408:  # the wait is over; the body tells the state as it is
                raise
            text = error.read()
        return json.loads(text) if text else None

    def registered(self, extension="101", seconds=15):
        found = self.control(
            "GET", f"/registrations?wait={extension}&timeout_ms={int(seconds * 1000)}")
        return any(r["extension"] == extension for r in found["registrations"])

    def unregistered(self, extension="101", seconds=5):
        """An un-REGISTER was seen, not just an expired registration."""
        found = self.control(
            "GET", f"/registrations?wait_gone={extension}&timeout_ms={int(seconds * 1000)}")
        return found["unregistered"][extension] > 0

    def call(self, to="101", **spec):
        return self.control("POST", "/calls", {"to": to, **spec})["id"]

    def wait_call(self, call, state, seconds=15):
        found = self.control(
            "GET", f"/calls/{call}?wait_state={state}&timeout_ms={int(seconds * 1000)}")
        assert found["state"] in (state, "ended"), f"call is {found['state']}, not {state}"
        return found

    def packets_sent(self, call):
        return self.control("GET", f"/calls/{call}")["media"]["packets_sent"]

    def sent_more(self, call, packets):
        """Until the far end of the call has sent so many more, of 20 ms each."""
        wanted = self.packets_sent(call) + packets
        wait_for(lambda: self.packets_sent(call) >= wanted, packets / 50 + 20,
                 "packets of the far end")

    def hang_up(self, call):
        self.control("DELETE", f"/calls/{call}")

    def violations(self):
        return self.control("GET", "/violations")["violations"]


def tones(*frequencies, ms=500, repeat=True):
    return {"play": {"type": "tones", "tones": [[f, ms] for f in frequencies], "repeat": repeat}}


def interrupt(process):
    process.send_signal(signal.SIGINT)


def wait_for(condition, seconds, what):
    """Polls: the things waited for here have no event to wait on."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
