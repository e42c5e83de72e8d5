# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long a call takes to begin: the table of tests/flow/setup_times.py."""

import re
import subprocess
import sys

from clients import TOP

ROW = re.compile(r"^  (\S.*?) +([\d.]+) +([\d.]+) +([\d.]+) +(\d+)$", re.MULTILINE)


def run(_options):
    done = subprocess.run([sys.executable, TOP / "tests" / "flow" / "setup_times.py"],
                          capture_output=True, text=True, timeout=300)
    rows = [{"step": step, "median_ms": float(median), "p90_ms": float(p90), "most_ms": float(most)}
            for step, median, p90, most, _target in ROW.findall(done.stdout)]
    assert rows, done.stdout + done.stderr
    print(f"\n{'ms, from ... to':36} median    p90   most")
    for row in rows:
        print(f"{row['step']:36} {row['median_ms']:6.1f} {row['p90_ms']:6.1f} {row['most_ms']:6.1f}")
    return rows
