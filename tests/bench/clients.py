# SPDX-License-Identifier: LGPL-2.1-or-later
"""Those who are measured, each with so many calls from the same far ends.

  with phone("opus", "receive", calls=10) as client:
      client.process    # .pid, and `count`

A mode is `receive` (we send silence, as a phone does) or `both`; the bare pipeline has `mute`, too,
which sends nothing at all.
"""

import base64
import contextlib
import os
import pathlib
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "flow"))
from measure import Process  # noqa: E402
from standin import BUILD, Standin  # noqa: E402

SET_UP_LIMIT = 60  # s
RATES = {"opus": "48000", "pcmu": "8000"}  # of what is said by ours and bare


def program(name):
    return BUILD / "tests" / "bench" / f"bench-{name}"


class Client:
    def __init__(self, process, far_end, calls):
        self.process, self.far_end, self.calls = process, far_end, calls

    def wait(self):
        """Until every far end sends."""
        deadline = time.monotonic() + SET_UP_LIMIT
        while (flowing := self.far_end.ask("status")["flowing"]) < self.calls:
            if time.monotonic() > deadline:
                raise AssertionError(f"{flowing} of {self.calls} calls flow")
            time.sleep(0.05)
        return self


def offer(far_end, folder, number):
    return far_end.ask(f"offer {folder / f'{number}.packets'}" if folder else "offer")["sdp"]


@contextlib.contextmanager
def phone(codec, mode, calls, folder=None):
    """The product. With a folder: N.packets, what was sent, and M.blocks, what was heard."""
    with Standin() as standin, Process([program("far-end"), codec]) as far_end:
        command = [program("phone"), str(calls), mode, RATES[codec]] + ([str(folder)] if folder else [])
        with Process(command, env=standin.environment()) as process:
            assert standin.registered(seconds=SET_UP_LIMIT), "not registered"
            for number in range(calls):
                call = standin.call(media={"sdp": offer(far_end, folder, number)})
                standin.wait_call(call, "answered", SET_UP_LIMIT)
            yield Client(process, far_end, calls).wait()


@contextlib.contextmanager
def bare(codec, mode, calls):
    """webrtcbin in a pipeline of one's own."""
    environment = dict(os.environ, GST_REGISTRY=str(BUILD / "flow-registry.bin"))
    with Process([program("far-end"), codec]) as far_end, \
            Process([program("bare"), codec, mode], env=environment) as process:
        for number in range(calls):
            sdp = offer(far_end, None, number)
            process.tell("call " + base64.b64encode(sdp.encode()).decode())
        yield Client(process, far_end, calls).wait()


@contextlib.contextmanager
def floor(codec, mode, calls):
    """libsrtp, the codec and a socket in one thread: no ICE, no DTLS, no jitterbuffer."""
    with Process([program("far-end"), codec]) as far_end, \
            Process([program("floor"), codec, mode]) as process:
        for _ in range(calls):
            port = process.ask("call")["port"]
            process.tell(f"peer {far_end.ask(f'plain {port}')['port']}")
        yield Client(process, far_end, calls).wait()
