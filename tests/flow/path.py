# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way of a call's media, under a test's control: UDP of both ends passes through here.

  with Standin() as standin, Interposer(standin) as wire, Path(wire) as path:
      path.to_client.loss = 0.05          # of its RTP packets, at random
      path.to_client.delays = (0.06, 0.07)  # s, in turn, one a packet
      path.to_client.dropped              # so many RTP packets were

The SDP that passes the interposer names our ports in place of both ends' own, so that ICE finds no
other way. RTCP, STUN and DTLS are delayed, never dropped.
"""

import heapq
import itertools
import random
import re
import select
import socket
import threading
import time

CANDIDATE = re.compile(r"a=candidate:\S+ 1 UDP \d+ (127\.0\.0\.1) (\d+) typ host[^\r]*\r\n", re.I)
ANY_CANDIDATE = re.compile(r"a=candidate:[^\r]*\r\n", re.I)


class Direction:
    """What becomes of the packets that go one way, and a count of its RTP."""

    def __init__(self, seed):
        self.loss, self.delays = 0.0, (0.0,)
        self.passed = self.dropped = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))  # where who sends this way sends to
        self.target = None  # the end's own address
        self._random, self._turn = random.Random(seed), itertools.count()

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def delay_of(self, packet):
        """Seconds, None: it is lost."""
        rtp = len(packet) > 12 and packet[0] >> 6 == 2 and not 192 <= packet[1] <= 223
        if rtp and self._random.random() < self.loss:
            self.dropped += 1
            return None
        self.passed += rtp
        return self.delays[next(self._turn) % len(self.delays)] if rtp else self.delays[0]


class Path:
    """See the module. For one call at a time."""

    def __init__(self, wire):
        self.to_client, self.to_server = Direction(1), Direction(2)
        wire.rewrite = self._rewrite
        self._due, self._number = [], itertools.count()
        self._over = False

    def __enter__(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()
        self.to_client.socket.close()
        self.to_server.socket.close()

    def _rewrite(self, message):
        """The interposer's thread."""
        head, _, body = message.text.partition("\r\n\r\n")
        found = CANDIDATE.search(body)
        if not found:
            return message.text
        # Who reads this SDP sends towards its writer.
        way = self.to_client if message.sender == "client" else self.to_server
        way.target = (found[1], int(found[2]))
        line = found[0].replace(found[2] + " typ", f"{way.port} typ")
        body = ANY_CANDIDATE.sub("", body)
        body = re.sub(r"(m=audio )\d+", rf"\g<1>{way.port}", body)
        body = re.sub(r"a=rtcp:[^\r]*\r\n", "", body) + line
        head = re.sub(r"(?mi)^(Content-Length:|l:) *\d+", rf"\g<1> {len(body.encode())}", head)
        return head + "\r\n\r\n" + body

    def _run(self):
        ways = {way.socket: way for way in (self.to_client, self.to_server)}
        while not self._over:
            wait = self._due[0][0] - time.monotonic() if self._due else 0.05
            for ready in select.select(list(ways), [], [], min(max(wait, 0), 0.05))[0]:
                self._take(ways[ready])
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, way, packet = heapq.heappop(self._due)
                self._send(way, packet)

    def _take(self, way):
        packet = way.socket.recv(4096)
        delay = way.delay_of(packet)
        if delay is not None:
            heapq.heappush(self._due, (time.monotonic() + delay, next(self._number), way, packet))

    def _send(self, way, packet):
        """From the port that the other end knows as its peer's."""
        back = self.to_server if way is self.to_client else self.to_client
        if way.target is not None:
            back.socket.sendto(packet, way.target)
