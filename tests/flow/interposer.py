# SPDX-License-Identifier: LGPL-2.1-or-later
"""A man in the middle of the SIP connection: between a client and rc-standin, frame by frame.

  with Standin() as standin, Interposer(standin) as wire:
      standin.launch("rcsrc ! fakesink")      # its sip-provision names the interposer as proxy
      wire.cut("rst")                         # the socket breaks now
      wire.arm(5, "fin")                      # ... at the fifth SIP message from now on
      wire.send(text)                         # one SIP message more, to the client
      wire.send_bytes(bytes)                  # any bytes on its TLS connection

The client trusts the interposer's own certificate through RINGCENTRAL_CA_FILE. It runs in a thread
of its own; all methods may be called from the test's thread.
"""

import asyncio
import dataclasses
import logging
import socket
import ssl
import struct
import subprocess
import threading
import time

from standin import wait_for

logging.getLogger("asyncio").setLevel(logging.ERROR)  # its word for a client that hung up

CLIENT, SERVER = "client", "server"
WAYS = ("rst", "fin", "silent")  # of breaking a connection; silent: nothing passes any more


@dataclasses.dataclass(frozen=True)
class Message:
    """A SIP message that came by."""
    us: int  # CLOCK_MONOTONIC
    flow: int  # which connection of the client, from 1 on
    sender: str  # CLIENT or SERVER
    text: str

    @property
    def start(self):
        return self.text.split("\r\n", 1)[0]

    def header(self, name):
        for line in self.text.split("\r\n\r\n", 1)[0].split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return ""


class Interposer:
    """See the module. `log` holds all messages in order."""

    def __init__(self, standin):
        self.standin = standin
        self.log = []
        self.rule = None  # called with each Message, on the loop's thread; False: not passed on
        self.rewrite = None  # called with each Message: the text that is passed on in its place
        self._flows = []
        self._armed = None  # [messages to go, way, whether the last is passed on]
        self._accepting = True

    # --- life ---

    def __enter__(self):
        ca, key = self.standin.path("interposer.pem"), self.standin.path("interposer.key")
        make_certificate(ca, key)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(ca, key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0,
                                                      ssl=self._context))
        port = self._server.sockets[0].getsockname()[1]
        self.standin.control("POST", "/proxies", {"outbound": f"127.0.0.1:{port}"})
        self.standin.facts["ca"] = str(ca)
        return self

    def __exit__(self, *_):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self):
        self._server.close()
        for flow in self._flows:
            flow.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.wait(tasks, timeout=5) if tasks else None

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    def _do(self, function):
        """Runs it on the loop's thread, and waits for that; a rule is there already."""
        if threading.current_thread() is self._thread:
            return function()
        async def call():
            return function()
        return self._run(call())

    # --- what a test does ---

    def cut(self, way):
        """Breaks the client's connection, if there is one."""
        self._do(lambda: self._cut(way))

    def arm(self, count, way, passed_on=True):
        """Breaks the connection at the count-th SIP message from now on, in either direction;
        that message itself is still passed on or not."""
        assert way in WAYS
        self._do(lambda: setattr(self, "_armed", [count, way, passed_on]))

    def fired(self):
        """Whether what was armed has happened."""
        return self._armed is None

    def disarm(self):
        self._do(lambda: setattr(self, "_armed", None))

    def accept(self, on):
        """Whether new connections get through; refused ones are reset."""
        self._do(lambda: setattr(self, "_accepting", on))

    def send(self, text):
        """One SIP message to the client, in a text frame."""
        self.send_bytes(frame(text.encode()))

    def send_bytes(self, data):
        self._do(lambda: self._flows[-1].to_client(data))

    def send_and_drain(self, data, seconds=60):
        """As send_bytes(), for much: comes back when the client has taken it or has hung up;
        returns whether the connection still stands."""
        async def drain():
            return await self._flows[-1].push(data)
        return asyncio.run_coroutine_threadsafe(drain(), self._loop).result(seconds)

    def flows(self):
        """How many connections the client has made so far."""
        return len(self._flows)

    def connected(self):
        return bool(self._flows) and self._flows[-1].open

    def seen(self, sender, start, since=0):
        """Messages whose first line starts so, from index `since` of the log on."""
        return [m for m in self.log[since:] if m.sender == sender and m.start.startswith(start)]

    def wait_seen(self, sender, start, since=0, seconds=15):
        wait_for(lambda: self.seen(sender, start, since), seconds,
                 f"{start!r} from {sender}; seen: {[m.start for m in self.log[since:]]}")
        return self.seen(sender, start, since)[0]

    def wait_repaired(self, flows, seconds=30):
        """An answered call has moved to a connection after the first `flows`: the ACK of the
        client's re-INVITE has come by."""
        def repaired():
            now = self.flows()
            return now > flows and any(
                m.flow == now and m.sender == CLIENT and m.start.startswith("ACK")
                for m in self.log)
        wait_for(repaired, seconds, "a repaired call")

    # --- the loop's thread ---

    async def _serve(self, reader, writer):
        if not self._accepting:
            reset(writer)
            return
        host, _, port = self.standin.facts["wss"].rpartition("/")[2].rpartition(":")
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        up_reader, up_writer = await asyncio.open_connection(host, int(port), ssl=trusting)
        flow = Flow(self, len(self._flows) + 1, writer, up_writer)
        self._flows.append(flow)
        await asyncio.gather(flow.pump(CLIENT, reader, up_writer),
                             flow.pump(SERVER, up_reader, writer))

    def _cut(self, way):
        if self._flows:
            self._flows[-1].cut(way)

    def take(self, flow, message):
        """What becomes of a message: True, it is passed on."""
        self.log.append(message)
        if self._armed is not None:
            self._armed[0] -= 1
            if self._armed[0] == 0:
                _, way, passed_on = self._armed
                self._armed = None
                self._loop.call_soon(flow.cut, way)
                return passed_on
        return self.rule is None or self.rule(message) is not False


class Flow:
    """One connection of the client and ours to the stand-in for it."""

    def __init__(self, owner, number, client, server):
        self.owner, self.number = owner, number
        self.client, self.server = client, server
        self.silent = False
        self.open = True

    async def pump(self, sender, reader, writer):
        try:
            writer.write(await reader.readuntil(b"\r\n\r\n"))  # the HTTP upgrade
            while True:
                raw, opcode, payload = await read_frame(reader)
                if self.silent:
                    continue
                if opcode in (1, 2) and payload.strip():
                    text = payload.decode(errors="replace")
                    message = Message(time.monotonic_ns() // 1000, self.number, sender, text)
                    if not self.owner.take(self, message):
                        continue
                    if self.owner.rewrite is not None:
                        text = self.owner.rewrite(message)
                        raw = frame(text.encode(), opcode, masked=sender == CLIENT)
                writer.write(raw)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, ssl.SSLError):
            if not self.silent:
                self.abort()

    def to_client(self, data):
        self.client.write(data)

    async def push(self, data):
        try:
            for start in range(0, len(data), 1 << 16):
                if not self.open or self.client.is_closing():
                    return False
                self.client.write(data[start:start + (1 << 16)])
                await self.client.drain()
        except (OSError, ssl.SSLError):
            return False
        return self.open

    def cut(self, way):
        if way == "silent":
            self.silent = True
        elif way == "rst":
            reset(self.client)
            self.abort()
        else:
            self.abort()

    def abort(self):
        self.open = False
        for writer in (self.client, self.server):
            writer.transport.abort()


def reset(writer):
    """Ends the TCP connection with RST: what was not yet read is lost."""
    tcp = writer.get_extra_info("socket")
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def frame(payload, opcode=1, fin=True, masked=False):
    """An RFC 6455 frame as servers send it, or masked, as clients do: by zeros."""
    first, mask = (0x80 if fin else 0) | opcode, 0x80 if masked else 0
    payload = bytes(4 if masked else 0) + payload
    size = len(payload) - (4 if masked else 0)
    if size < 126:
        return bytes((first, mask | size)) + payload
    if size < 1 << 16:
        return struct.pack(">BBH", first, mask | 126, size) + payload
    return struct.pack(">BBQ", first, mask | 127, size) + payload


async def read_frame(reader):
    """(the frame's bytes, opcode, payload without mask)"""
    raw = head = await reader.readexactly(2)
    size = head[1] & 0x7F
    if size > 125:
        more = await reader.readexactly(2 if size == 126 else 8)
        raw += more
        size = int.from_bytes(more, "big")
    mask = await reader.readexactly(4) if head[1] & 0x80 else bytes(4)
    body = await reader.readexactly(size)
    raw += (mask if head[1] & 0x80 else b"") + body
    pad = mask * (size // 4 + 1)
    clear = (int.from_bytes(body, "big") ^ int.from_bytes(pad[:size], "big")).to_bytes(size, "big")
    return raw, head[0] & 0x0F, clear


def make_certificate(path, key):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=interposer", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
