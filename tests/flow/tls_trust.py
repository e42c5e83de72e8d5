#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole calls with a private authority (ca-file), with the wrong one, and with none checked
(insecure), over TLS to both servers: REST and SIP have an authority each. Who does not trust one of
them gets one error that tells what to do, and that server gets no request.
"""

import asyncio
import contextlib
import ssl
import threading
import unittest
import urllib.parse

import goodcall
from interposer import make_certificate
from player import Player
from standin import Standin

LINE = "rcsignal {} rcsrc num-calls=1 idle=none ! wavenc ! filesink location={}.wav"


class TlsFront:
    """https in front of the stand-in's REST; counts the connections that sent something."""

    def __init__(self, standin):
        there = urllib.parse.urlsplit(standin.facts["rest"])
        self._target = (there.hostname, there.port)
        self.ca, key = standin.path("front.pem"), standin.path("front.key")
        make_certificate(self.ca, key)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.ca, key)
        self.requests = 0

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls))
        self.url = "https://127.0.0.1:%d" % self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _end(self):
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=5) if tasks else None

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.CancelledError):
            first = await reader.read(1 << 16)
            if not first:
                return
            self.requests += 1
            up_reader, up_writer = await asyncio.open_connection(*self._target)
            up_writer.write(first)
            await asyncio.wait([asyncio.ensure_future(self._pump(reader, up_writer)),
                                asyncio.ensure_future(self._pump(up_reader, writer))],
                               return_when=asyncio.FIRST_COMPLETED)
            up_writer.transport.abort()
        writer.transport.abort()

    async def _pump(self, reader, writer):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


class Trust(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.rest = self.enterContext(TlsFront(self.standin))
        with open(self.standin.facts["ca"]) as file:
            self.sip_ca = self.path("sip.pem", file.read())
        self.both = self.path("both.pem", self.rest.ca.read_text() +
                              self.standin.path("sip.pem").read_text())

    def path(self, name, text):
        self.standin.path(name).write_text(text)
        return str(self.standin.path(name))

    def player(self, ca_file=""):
        return self.enterContext(Player(self.standin, RINGCENTRAL_SERVER_URL=self.rest.url,
                                        RINGCENTRAL_CA_FILE=ca_file))

    def assert_good_call(self, player, settings=""):
        player.play("good", LINE.format(settings, "good"))
        goodcall.check(self, self.standin, player, "good")
        self.assertEqual([], player.told("error good"))
        self.assertEqual([], self.standin.violations())

    def assert_refused(self, player, settings=""):
        """One error, which names the setting that may be wrong; the next call is good."""
        player.play("one", LINE.format(settings, "one"))
        text = player.wait("error one")
        for word in ("127.0.0.1 is not safe", "no known authority", "ca-file",
                     "RINGCENTRAL_CA_FILE"):
            self.assertIn(word, text)
        player.stop("one")
        self.assertEqual(1, len(player.told("error one")), player.events)
        self.assertEqual([], player.told("warning"))

    def test_authorities_of_the_environment(self):
        player = self.player(self.both)
        self.assert_good_call(player)
        self.assertEqual([], player.told("warning"))

    def test_authorities_of_the_property(self):
        player = self.player(self.sip_ca)  # which the property overrules
        self.assert_good_call(player, f"ca-file={self.both}")
        self.assertEqual([], player.told("warning"))

    def test_unknown_authority_of_REST(self):
        player = self.player(self.sip_ca)
        self.assert_refused(player)
        self.assertEqual(0, self.rest.requests)
        player.tell(f"setenv RINGCENTRAL_CA_FILE {self.both}")
        self.assert_good_call(player)

    def test_unknown_authority_of_SIP(self):
        player = self.player()
        self.assert_refused(player, f"ca-file={self.rest.ca}")
        self.assertEqual([], self.standin.control("GET", "/log")["messages"])
        self.assert_good_call(player, f"ca-file={self.both}")

    def test_insecure_takes_any_and_warns_once(self):
        player = self.player()
        self.assert_good_call(player, "insecure=true")
        warnings = player.told("warning")
        self.assertEqual(1, len(warnings), warnings)
        self.assertIn("insecure=true: anybody in between can read", warnings[0])
        self.assertIn("use ca-file", warnings[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
