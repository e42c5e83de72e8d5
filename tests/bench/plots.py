# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures of what run.py measured."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from growth import FIGURES, FROM  # noqa: E402

COLOURS = {"ours": "tab:blue", "bare": "tab:orange", "floor": "tab:gray", "bare, mute": "tab:red"}


def name_of(row):
    return "bare, mute" if row["mode"] == "mute" else row["client"]


def draw_cost(rows, path):
    """A group of bars for each codec, mode and number of calls."""
    groups = {}
    for row in rows:
        mode = "receive" if row["mode"] == "mute" else row["mode"]
        groups.setdefault(f"{row['codec']} {mode}\n{row['calls']} calls", []).append(row)
    figure, axes = plt.subplots(figsize=(2 + 1.1 * len(groups), 5))
    for place, found in enumerate(groups.values()):
        for row in found:
            offset = list(COLOURS).index(name_of(row)) * 0.2 - 0.3
            value = row["cpu_ms_per_call_second"]
            spread = [[value - row["cpu_ms_least"]], [row["cpu_ms_most"] - value]]
            axes.bar(place + offset, value, 0.2, yerr=spread, color=COLOURS[name_of(row)])
    for name, colour in COLOURS.items():
        axes.bar(0, 0, color=colour, label=name)
    axes.set_xticks(range(len(groups)), groups, fontsize=8)
    axes.set_ylabel("CPU ms per call and second")
    axes.legend()
    save(figure, path)


def draw_growth(growth, path):
    points = growth["points"]
    calls = np.array([point["calls"] for point in points])
    figure, grid = plt.subplots(2, 2, figsize=(10, 7))
    for axes, (key, title) in zip(grid.flat, FIGURES.items()):
        values = np.array([point[key] for point in points])
        line = np.polyfit(calls[calls >= FROM], values[calls >= FROM], 1)
        axes.plot(calls, np.polyval(line, calls), color="tab:gray")
        axes.plot(calls, values, "o", color=COLOURS["ours"])
        axes.set_title(f"{title}: {line[0]:.1f} a call")
        axes.set_xlabel(f"calls, {growth['codec']}, {growth['mode']}")
        axes.set_ylim(bottom=0)
    save(figure, path)


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw(results, folder):
    if "cost" in results:
        draw_cost(results["cost"], folder / "cost.png")
    if len(results.get("growth", {}).get("slopes", {})) > 0:
        draw_growth(results["growth"], folder / "growth.png")
