# SPDX-License-Identifier: LGPL-2.1-or-later
"""From few calls to many: each figure of the whole process as a line, and how straight it is."""

import numpy as np

import cost

FIGURES = {"threads": "threads", "fds": "fds", "rss_kib": "RSS KiB", "cpu_ms": "CPU ms/s"}
FROM = 10  # calls: below, what a process has only once bends the line


def slope(points, figure):
    calls, values = zip(*((p["calls"], p[figure]) for p in points))
    return float(np.polyfit(calls, values, 1)[0])


def judge(points, figure):
    """The slope from 10 calls on, and how far its lower and its upper half are from it."""
    line = [point for point in points if point["calls"] >= FROM]
    middle = len(line) // 2
    whole = slope(line, figure)
    halves = [slope(half, figure) / whole - 1
              for half in (line[:middle + 1], line[middle:]) if len(half) > 1]
    return {"per_call": whole, "off": max(map(abs, halves), default=0.0)}


def run(options):
    codec, mode = options.growth_codec, options.growth_mode
    print(f"\n{codec:5} {mode:8}   calls  threads   fds   RSS MiB  CPU ms/s  heard  others busy")
    points = []
    for calls in options.growth:
        window = cost.measure("ours", codec, mode, calls, options)
        point = {"calls": calls, "threads": window.usage.threads, "fds": window.usage.fds,
                 "rss_kib": window.usage.rss_kib, "cpu_ms": window.cpu_ms * calls,
                 "heard": window.blocks, "others_busy": window.others}
        points.append(point)
        print(f"{calls:22} {point['threads']:8} {point['fds']:5} {point['rss_kib'] / 1024:9.1f} "
              f"{point['cpu_ms']:9.0f} {window.blocks:6.0%} {window.others:12.2f}", flush=True)
    slopes = {figure: judge(points, figure) for figure in FIGURES} if len(points) > 2 else {}
    for figure, found in slopes.items():
        print(f"  {FIGURES[figure]:9} {found['per_call']:9.2f} a call, "
              f"each half of the line within {found['off']:.1%}")
    return {"codec": codec, "mode": mode, "points": points, "slopes": slopes}
