# SPDX-License-Identifier: LGPL-2.1-or-later
"""SIP messages per second of CPU: parse, route and answer, without a socket."""

import json
import subprocess

from clients import program

NAMES = {"options": "OPTIONS and its 200", "message": "MESSAGE and its 200",
         "refused_invite": "INVITE, its 100 and its 486"}


def run(options):
    rounds = max(2, round(40 * min(options.seconds / 6, 1)))
    output = subprocess.run([program("sip"), str(rounds)], check=True, capture_output=True).stdout
    rates = json.loads(output)
    print("\nSIP messages, in and out, per second of one processor")
    for name, value in rates.items():
        print(f"  {NAMES[name]:50} {value:9.0f}")
    return rates
