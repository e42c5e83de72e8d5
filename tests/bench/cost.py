# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a call costs: the product beside the bare pipeline and the floor, in turn."""

import statistics
import time

import clients
from measure import watch

CLIENTS = {"ours": clients.phone, "bare": clients.bare, "floor": clients.floor}


def measure(name, codec, mode, calls, options):
    with CLIENTS[name](codec, mode, calls) as client:
        time.sleep(options.settle)
        return watch(client.process, calls, options.seconds)


def plan(mode):
    """(client, mode): the bare pipeline also without any sending, to show what that costs."""
    return [("ours", mode), ("bare", mode), ("floor", mode)] + (
        [("bare", "mute")] if mode == "receive" else [])


def median_row(windows):
    """The run in the middle by CPU, with the spread of all."""
    ordered = sorted(windows, key=lambda window: window.cpu_ms)
    return {**ordered[len(ordered) // 2].row(),
            "cpu_ms_least": ordered[0].cpu_ms, "cpu_ms_most": ordered[-1].cpu_ms}


def compare(codec, mode, calls, options):
    """Rows by client. Runs alternate, so that a machine that changes changes for all."""
    windows = {entry: [] for entry in plan(mode)}
    for number in range(options.rounds):
        for name, how in windows:
            if name == "floor" and number > 0:
                continue  # it hardly varies
            windows[name, how].append(measure(name, codec, how, calls, options))
    ratios = [a.cpu_ms / b.cpu_ms
              for a, b in zip(windows["ours", mode], windows["bare", mode])]
    rows = []
    for (name, how), found in windows.items():
        rows.append({"client": name, "codec": codec, "mode": how, **median_row(found)})
    rows[0]["to_bare"] = statistics.median(ratios)
    return rows


HEAD = ("client codec  mode     calls  CPU ms/(call s)  least - most  to bare  threads/call "
        "fds/call  RSS KiB/call  heard  others busy")


def print_rows(rows):
    for row in rows:
        calls = row["calls"]
        ratio = f"{row['to_bare']:.2f}" if "to_bare" in row else ""
        print(f"{row['client']:6} {row['codec']:6} {row['mode']:8} {calls:5} "
              f"{row['cpu_ms_per_call_second']:16.2f} "
              f"{row['cpu_ms_least']:6.2f} -{row['cpu_ms_most']:6.2f} {ratio:>8} "
              f"{row['threads'] / calls:13.1f} {row['fds'] / calls:8.1f} "
              f"{row['rss_kib'] / calls:13.0f} {row['heard']:6.0%} "
              f"{row['other_processors_busy']:12.2f}", flush=True)


def run(options):
    rows = []
    print(HEAD)
    for calls in options.calls:
        for codec in options.codecs:
            for mode in options.modes:
                rows += (found := compare(codec, mode, calls, options))
                print_rows(found)
    return rows
