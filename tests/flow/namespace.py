# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of its own that has only lo, where a test may drop packets (nft).

`enter()` comes first in a program: outside it runs the program anew inside and does not return.
"""

import os
import subprocess
import sys

_INSIDE = "RC_FLOW_NAMESPACE"


def enter():
    if os.environ.get(_INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    os.execvpe("unshare", ["unshare", "--net", *as_root, sys.executable, *sys.argv],
               {**os.environ, _INSIDE: "1"})


def _nft(*commands):
    for command in commands:
        subprocess.run(["nft", *command.split()], check=True)


class Outage:
    """`with Outage():` - no UDP packet gets through; TCP, and with it SIP, does."""

    def __enter__(self):
        _nft("add table ip outage",
             "add chain ip outage input { type filter hook input priority 0 ; }",
             "add rule ip outage input udp dport 1-65535 drop")

    def __exit__(self, *_):
        _nft("delete table ip outage")
