# SPDX-License-Identifier: LGPL-2.1-or-later
"""UDP on lo as somebody in between sees and forges it; needs root in a network of its own."""

import os
import pathlib
import re
import socket
import struct
import time

_HEADERS = 14 + 20 + 8  # Ethernet, IPv4 without options, UDP


def ports_of(pid):
    """The UDP ports of a process."""
    inodes = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(entry))
        if found:
            inodes.add(found[1])
    lines = pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return {int(row[1].split(":")[1], 16) for row in rows if row[9] in inodes}


def capture(ports, count, seconds=10):
    """(source port, port, payload) of the next packets of SRTP to one of the ports."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as sniffer:
        sniffer.bind(("lo", 0))
        sniffer.settimeout(seconds)
        seen = []
        while len(seen) < count:
            frame, address = sniffer.recvfrom(65536)
            if frame[23] != socket.IPPROTO_UDP or address[2] == socket.PACKET_OUTGOING:
                continue
            source, port = struct.unpack("!HH", frame[34:38])
            payload = frame[_HEADERS:]
            if port in ports and len(payload) > 12 and payload[0] & 0xc0 == 0x80:
                seen.append((source, port, payload))
        return seen


class Forger:
    """Sends UDP from any port of 127.0.0.1."""

    def __init__(self, port):
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        self._socket.connect(("127.0.0.1", 0))

    def close(self):
        self._socket.close()

    def send(self, source, payload):
        """The checksum stays 0: none (RFC 768)."""
        header = struct.pack("!HHHH", source, self._port, 8 + len(payload), 0)
        self._socket.send(header + payload)

    def flood(self, source, payloads, per_second):
        """At an even pace, as the loop would else take the machine from the call."""
        begin = time.monotonic()
        for number, payload in enumerate(payloads):
            self.send(source, payload)
            ahead = number / per_second - (time.monotonic() - begin)
            if ahead > 0.01:
                time.sleep(ahead)
