# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attacks of hostile.py by bytes that are wrong: frames, messages, JSON. Each takes the rig and the
running call, checks what the line does about it, and returns how many there were and the outcome in
words."""

import contextlib
import http.server
import json
import random
import threading

from interposer import frame

LISTEN = "rcsrc num-calls=1 idle=none ! fakesink"

# --- WebSocket: each ends the connection, and the call moves to the next one ---

BAD_FRAMES = {
    "unknown opcode": bytes([0x83, 0]),
    "reserved bit": bytes([0xC1, 1, 65]),
    "masked": bytes([0x81, 0x80, 0x8A, 0, 0x8A, 0]),  # by what would be two pongs
    "ping in fragments": bytes([0x09, 0]),
    "ping of 126 bytes": bytes([0x89, 126, 0, 126]) + bytes(126),
    "continuation of nothing": bytes([0x80, 0]),
    "message within a message": bytes([0x01, 1, 65, 0x81, 1, 65]),
    "length in two bytes for five": bytes([0x81, 126, 0, 5]) + b"hello",
    "length over 2^63": bytes([0x82, 127]) + b"\xff" * 8,
    "text that is no UTF-8": frame(b"\xff\xfe"),
    "close of one byte": frame(b"x", 8),
    "no frames at all": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


def malformed_frames(rig, call):
    for data in BAD_FRAMES.values():
        flows = rig.wire.flows()
        rig.wire.send_bytes(data)
        rig.wire.wait_repaired(flows)
    return len(BAD_FRAMES), "each: connection ended, call repaired"


def _flood(rig, first, more, total):
    """Sends until the client hangs up; returns how many bytes that took."""
    flows, sent = rig.wire.flows(), 0
    rig.wire.send_bytes(first)
    while sent < total and rig.wire.flows() == flows and rig.wire.send_and_drain(more):
        sent += len(more)
    rig.wire.wait_repaired(flows)
    assert sent < total, "the client took it all"
    return f"ended after less than {(sent + len(more)) / 1e6:.0f} MB, call repaired"


def fragments_of_50_kB(rig, call):
    piece = bytes(50_000)
    outcome = _flood(rig, frame(piece, 1, False), frame(piece, 0, False) * 80, 200_000_000)
    return "200 MB", outcome


def fragments_without_bytes(rig, call):
    outcome = _flood(rig, frame(b"", 1, False), frame(b"", 0, False) * 500_000, 20_000_000)
    return "20 MB", outcome


def frame_that_claims_1_GB(rig, call):
    claim = bytes([0x82, 127]) + (1 << 30).to_bytes(8, "big")
    return 1, _flood(rig, claim, bytes(4_000_000), 1 << 30)


# --- SIP: nothing of it is the running call's business ---


def malformed_messages(rig, call):
    count = 20_000 if rig.long else 2_000
    rng, flows = random.Random(5), rig.wire.flows()
    for _ in range(count // 100):
        batch = (_spoil(call.forger, rng) for _ in range(100))
        rig.wire.send_bytes(b"".join(frame(text.encode("latin-1"), 2) for text in batch))
        rig.check_line(call.forger)  # who does not read 1 MiB of answers is cut off
    assert rig.wire.flows() == flows, "it cost a connection"
    return count, "refused or dropped"


def _spoil(forger, rng):
    """A message with faults that never begins a call."""
    method = rng.choice(["OPTIONS", "MESSAGE", "INFO", "UPDATE", "REFER", "BYE", "NOTIFY", "PRACK"])
    text = forger.outside(method, ("Content-Type", "text/plain"), body="x" * rng.randrange(2000))
    if rng.random() < 0.2:
        text = "SIP/2.0 200 OK\r\n" + text.split("\r\n", 1)[1]
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(text))
        text = rng.choice([
            lambda: text[:place],
            lambda: text[:place] + text[place + rng.randrange(40):],
            lambda: text[:place] + rng.choice(["\r\n", "\0", "\xff", ";", "%", "<", '"', "9" * 400])
            + text[place:],
            lambda: text.replace("\r\n", "\r\n" + text[place:place + 60] + "\r\n", 1)])() or "x"
    return text


# --- REST ---


class DeepJson(http.server.BaseHTTPRequestHandler):
    """A token that is good, or deep; everything else is deep."""

    token = None

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        deep = "[" * 100_000 + "]" * 100_000
        good = json.dumps({"access_token": "S3CR3T", "token_type": "bearer", "expires_in": 3600})
        body = good if self.token == "good" and "token" in self.path else f'{{"a":{deep}}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def _server(token):
    handler = type("Handler", (DeepJson,), {"token": token})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def JSON_100_000_deep(rig, call):
    """As the token, and as the answer of sip-provision, to a second phone of the process."""
    for token in ("deep", "good"):
        with _server(token) as url:
            rig.player.tell(f"setenv RINGCENTRAL_SERVER_URL {url}")
            rig.player.play("two", LISTEN)
            rig.player.wait("warning two", 10, "is not JSON of a sensible size")
            rig.player.stop("two")
    rig.player.tell(f"setenv RINGCENTRAL_SERVER_URL {rig.standin.facts['rest']}")
    return 2, "told, tried again later"


ALL = (malformed_frames, fragments_of_50_kB, fragments_without_bytes, frame_that_claims_1_GB,
       malformed_messages, JSON_100_000_deep)
