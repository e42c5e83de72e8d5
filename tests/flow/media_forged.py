#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody on the path who has no key: forged and replayed packets from the far end's own address
and from elsewhere. The call stays, its tone has no hole over 0.1 s and nothing else is heard.

  media_forged.py [--long]     4 000 packets of each kind, 40 000 with --long or RC_LONG=1
"""

import os
import random
import struct
import sys
import unittest

import goodcall
import namespace
import sound
import wire
from player import Player
from standin import Standin, tones

LONG = "--long" in sys.argv or bool(os.environ.get("RC_LONG"))
COUNT, PER_SECOND = (40_000 if LONG else 4_000), 4_000
HOLE = 0.100  # s
MORE_KIB, MORE_THREADS = 8192, 2
RECORD = "rcsrc num-calls=1 idle=none ! wavenc ! filesink location=one.wav"

rng = random.Random(4)  # what is sent can be sent again


def dtls():
    """A record of DTLS 1.2, of each content type, of any epoch."""
    body = rng.randbytes(rng.randrange(1, 200))
    return struct.pack("!BHHHIH", rng.randrange(20, 64), 0xfefd, rng.randrange(2), 0,
                       rng.randrange(1 << 32), len(body)) + body


def client_hello():
    """The beginning of another handshake."""
    body = struct.pack("!HIQ", 0xfefd, 0, rng.getrandbits(64)) + rng.randbytes(60)
    handshake = struct.pack("!BBHHBHBH", 1, 0, len(body), 0, 0, 0, 0, len(body)) + body
    return struct.pack("!BHHHIH", 22, 0xfefd, 0, 0, rng.randrange(1 << 32), len(handshake)) + handshake


def stun():
    """A binding request with another's credentials."""
    user = rng.randbytes(9).hex().encode()
    attributes = struct.pack("!HH", 6, len(user)) + user + b"\0" * (-len(user) % 4)
    attributes += struct.pack("!HH", 8, 20) + rng.randbytes(20)
    return struct.pack("!HHI", 1, len(attributes), 0x2112A442) + rng.randbytes(12) + attributes


def noise():
    return rng.randbytes(rng.randrange(0, 300))


class Forged(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())
        self.player = self.enterContext(Player(self.standin))
        self.player.play("one", RECORD)
        self.assertTrue(self.standin.registered(), self.player.drain())
        self.call = self.standin.call(media=tones(goodcall.FREQUENCY, ms=600000))
        self.player.wait("sound one")
        ours = wire.ports_of(self.player.process.pid)
        self.peer, port, _ = wire.capture(ours, 1)[0]
        self.ports = {port}
        self.forger = wire.Forger(port)
        self.addCleanup(self.forger.close)

    def survives(self, name, attack):
        self.standin.sent_more(self.call, 100)
        threads, _, kib = self.player.usage()
        attack()
        self.standin.sent_more(self.call, 100)
        threads_after, _, kib_after = self.player.usage()
        self.standin.hang_up(self.call)
        self.player.wait("eos one")
        self.player.stop("one")
        self.assertEqual([], self.player.told("warning"))
        hole = sound.longest_quiet(self.standin.path("one.wav"), skip=0.5)
        print(f"\n  {name}: longest hole {1000 * hole:.0f} ms, threads {threads} -> "
              f"{threads_after}, KiB {kib} -> {kib_after}")
        goodcall.check_tone(self, self.standin.path("one.wav"))
        self.assertLessEqual(hole, HOLE)
        self.assertLessEqual(threads_after, threads + MORE_THREADS)
        self.assertLess(kib_after, kib + MORE_KIB)

    def flood(self, make):
        for source in (self.peer, 40000):
            self.forger.flood(source, (make() for _ in range(COUNT // 2)), PER_SECOND)

    def test_noise(self):
        self.survives("noise", lambda: self.flood(noise))

    def test_dtls_records_that_no_key_has_made(self):
        self.survives("DTLS records", lambda: self.flood(dtls))

    def test_handshakes_begun_by_somebody_else(self):
        self.survives("ClientHellos", lambda: self.flood(client_hello))

    def test_stun_with_the_credentials_of_somebody_else(self):
        self.survives("STUN", lambda: self.flood(stun))

    def test_srtp_that_was_recorded(self):
        def replay():
            recorded = [payload for _, _, payload in wire.capture(self.ports, 100)]
            self.flood(lambda: rng.choice(recorded))
        self.survives("replayed SRTP", replay)

    def test_srtp_that_was_changed(self):
        def forge():
            recorded = [payload for _, _, payload in wire.capture(self.ports, 50)]
            def changed():
                packet = bytearray(rng.choice(recorded))
                packet[2:4] = rng.randbytes(2)
                return bytes(packet)
            self.flood(changed)
        self.survives("forged SRTP", forge)

    def test_packets_of_64_kib(self):
        self.survives("64 KiB", lambda: self.forger.flood(
            self.peer, (bytes([0x80, 111]) + rng.randbytes(65_000) for _ in range(200)), 200))


if __name__ == "__main__":
    namespace.enter()
    unittest.main(argv=[sys.argv[0]], verbosity=2)
