# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many calls both ways on this machine for minutes: is there a hole that is ours?

As tests/flow/media_holes.py: a block of 20 ms in the steady sound that holds silence is ours if all
packets of its time had left the far end before the block's time + latency.
"""

import pathlib
import tempfile
import time

import numpy as np

import clients  # noqa: F401  (finds tests/flow)
from measure import watch
from packets import CLOCKS, Packets
from stalls import Stalls

BLOCK, LATENCY = 20_000, 120_000  # us


def read_packets(path, codec):
    columns = np.loadtxt(path, dtype=np.int64, usecols=(0, 2))
    sent, stamps = columns[:, 0], columns[:, 1]
    media = (stamps - stamps[0]) * 1_000_000 // CLOCKS[codec]
    return Packets(sent, media + (sent - media).min())


def read_blocks(path):
    """begin, pushed (us), silent."""
    begin, pushed, gap, rms = np.loadtxt(path, dtype=np.int64).T
    return begin, pushed, (gap != 0) | (rms < 0.1 * np.median(rms[gap == 0]))


def judge(begin, pushed, silent, packets):
    """Blocks heard, silent ones among them, those that are ours, and how late the last push was."""
    inside = (begin >= packets.due[0]) & (begin + BLOCK <= packets.due[-1])
    heard = np.flatnonzero(inside & ~silent)
    body = np.arange(heard[0], heard[-1] + 1)
    holes = body[silent[body]]
    ours = [b for b in holes if packets.all_there(begin[b], BLOCK, begin[b] + LATENCY)]
    return len(body), len(holes), len(ours), int((pushed[body] - begin[body]).max()) - LATENCY


def pair(blocks, packets):
    """Which far end a pipeline heard: seats are given as they come free, and sound begins then."""
    first = [begin[np.flatnonzero(~silent)[0]] for begin, _, silent in blocks]
    due = [entry.due[0] for entry in packets]
    return zip(np.argsort(first), np.argsort(due))


def run(options):
    codec, calls = options.growth_codec, options.holes_calls
    with tempfile.TemporaryDirectory(prefix="rc-bench-") as name:
        folder = pathlib.Path(name)
        with Stalls() as stalls, clients.phone(codec, "both", calls, folder) as client:
            time.sleep(options.settle)
            window = watch(client.process, calls, options.holes_seconds)
            received = client.far_end.ask("status")["received"]
        blocks = [read_blocks(folder / f"{n}.blocks") for n in range(calls)]
        packets = [read_packets(folder / f"{n}.packets", codec) for n in range(calls)]
    rows = [judge(*blocks[b], packets[p]) for b, p in pair(blocks, packets)]
    total, silent, ours, late = (np.array(column) for column in zip(*rows))
    result = {"calls": calls, "codec": codec, "seconds": options.holes_seconds,
              "blocks": int(total.sum()), "silent": int(silent.sum()), "ours": int(ours.sum()),
              "latest_push_ms": float(late.max()) / 1000,
              "sender_unevenness_ms": max(p.unevenness for p in packets) / 1000,
              "witness_ms": stalls.longest() * 1000, "packets_of_ours": received, **window.row()}
    print(f"\n{calls} calls both ways, {codec}, {options.holes_seconds:.0f} s: "
          f"{result['blocks']} blocks, {result['silent']} silent, {result['ours']} of them ours; "
          f"pushed at most {result['latest_push_ms']:.1f} ms late, the sender's worst delay "
          f"{result['sender_unevenness_ms']:.1f} ms, a witness waited up to "
          f"{result['witness_ms']:.1f} ms; {window.cpu_ms:.2f} CPU ms/(call s), "
          f"others kept {window.others:.2f} processors busy")
    return result
