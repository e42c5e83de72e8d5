#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a line that cannot be had says on the bus: one message that tells what to do. The process
lives, the next call is good, and no secret is in any message or log.
"""

import contextlib
import socket
import threading
import unittest
import urllib.parse

import goodcall
from player import Player
from standin import Standin

LISTEN = "rcsrc num-calls=1 idle=none ! wavenc ! filesink location={}"


class LoginErrors(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    @contextlib.contextmanager
    def player(self, **changes):
        """Every log of ours is on; neither it nor the bus may hold a secret."""
        with Player(self.standin, GST_DEBUG="rc*:7", **changes) as player:
            yield player
            player.drain()
        for text in (*player.events, self.standin.text("player.log")):
            self.assertNotIn("S3CR3T", text)
        self.assertEqual([], self.standin.violations())

    def assert_one(self, player, kind, *words):
        """One message of that kind, and every word is in it."""
        text = player.wait(f"{kind} one")
        for word in words:
            self.assertIn(word, text)
        return text

    def assert_next_call_is_good(self, player):
        player.play("next", LISTEN.format("next.wav"))
        goodcall.check(self, self.standin, player, "next")

    # --- what cannot work until somebody mends it: ERROR ---

    def test_wrong_client_secret(self):
        with self.player(RINGCENTRAL_CLIENT_SECRET="S3CR3T-wrong") as player:
            player.play("one", LISTEN.format("one.wav"))
            self.assert_one(player, "error", "OAU-123", "client secret", "developer console")
            player.stop("one")
            self.assertEqual(1, len(player.told("error one")), player.events)
            right = self.standin.environment()["RINGCENTRAL_CLIENT_SECRET"]
            player.tell(f"setenv RINGCENTRAL_CLIENT_SECRET {right}")
            self.assert_next_call_is_good(player)

    def test_expired_jwt(self):
        with self.player(RINGCENTRAL_JWT_TOKEN="S3CR3T-expired") as player:
            player.play("one", LISTEN.format("one.wav"))
            self.assert_one(player, "error", "OAU-140", "JWT", "expired", "make a new one")
            player.stop("one")
            self.assertEqual(1, len(player.told("error one")), player.events)
            right = self.standin.environment()["RINGCENTRAL_JWT_TOKEN"]
            player.tell(f"setenv RINGCENTRAL_JWT_TOKEN {right}")
            self.assert_next_call_is_good(player)

    def test_permission_missing(self):
        self.standin.control("POST", "/faults", {"cmn401": 1})
        with self.player() as player:
            player.play("one", LISTEN.format("one.wav"))
            self.assert_one(player, "error", "CMN-401", "VoipCalling", "add it")
            player.stop("one")
            self.assertEqual(1, len(player.told("error one")), player.events)
            self.standin.control("POST", "/faults", {"cmn401": 0})
            self.assert_next_call_is_good(player)

    def test_gst_launch_ends_with_the_message(self):
        pipeline = self.standin.launch(LISTEN.format("one.wav"),
                                       RINGCENTRAL_CLIENT_SECRET="S3CR3T-wrong")
        self.assertNotEqual(0, pipeline.wait(15))
        self.assertIn("client secret is wrong", self.standin.text())
        self.assertNotIn("S3CR3T", self.standin.text())

    # --- what may pass: WARNING, and the line comes by itself ---

    def test_too_many_contacts(self):
        self.standin.control("POST", "/faults", {"too_many_contacts": 1})
        with self.player() as player:
            player.play("one", LISTEN.format("one.wav"))
            self.assert_one(player, "warning", "603", "close other phones", "wait")
            self.standin.control("POST", "/faults", {"too_many_contacts": 0})
            self.assertTrue(self.standin.registered(seconds=45), player.drain())
            goodcall.check(self, self.standin, player, "one")
            self.assertEqual(1, len(player.told("warning")), player.events)
            self.assertEqual([], player.told("error"))

    def test_server_not_there(self):
        with Forwarder(self.standin.facts["rest"]) as server:
            with self.player(RINGCENTRAL_SERVER_URL=server.url) as player:
                player.play("one", LISTEN.format("one.wav"))
                self.assert_one(player, "warning", "Cannot reach", "check the network")
                server.start()
                self.assertTrue(self.standin.registered(seconds=30), player.drain())
                goodcall.check(self, self.standin, player, "one")
                self.assertEqual(1, len(player.told("warning")), player.events)
                self.assertEqual([], player.told("error"))


class Forwarder:
    """A server's address where nobody listens until start()."""

    def __init__(self, rest):
        there = urllib.parse.urlsplit(rest)
        self._target = (there.hostname, there.port)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._address = self._socket.getsockname()
        self._socket.close()  # the port is free, and the kernel gives others away first
        self._socket = None
        self.url = there._replace(netloc="127.0.0.1:%d" % self._address[1]).geturl()
        self._threads, self._open = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in ([self._socket] if self._socket else []) + self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()

    def start(self):
        self._socket = socket.create_server(self._address, backlog=16)
        self._run(self._accept)

    def _run(self, work, *arguments):
        self._threads.append(threading.Thread(target=work, args=arguments))
        self._threads[-1].start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                server = socket.create_connection(self._target)
                self._open += [client, server]
                self._run(self._copy, client, server)
                self._run(self._copy, server, client)

    def _copy(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    unittest.main(verbosity=2)
