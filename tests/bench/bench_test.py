#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench still runs: a call or two for a moment each, and figures that can be."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUN = pathlib.Path(__file__).with_name("run.py")


class Bench(unittest.TestCase):
    def run_part(self, *arguments):
        with tempfile.TemporaryDirectory(prefix="rc-bench-") as folder:
            path = pathlib.Path(folder) / "all.json"
            subprocess.run([sys.executable, RUN, *arguments, "--seconds", "1", "--settle", "1",
                            "--json", path],
                           check=True, timeout=120)
            return json.loads(path.read_text())

    def test_cost_of_each_client(self):
        rows = self.run_part("cost", "--calls", "1", "--codecs", "opus", "--modes", "receive",
                             "--rounds", "1")["cost"]
        self.assertEqual(["ours", "bare", "floor", "bare"], [row["client"] for row in rows])
        for row in rows:
            self.assertGreater(row["cpu_ms_per_call_second"], 0.1, row)
            self.assertLess(row["cpu_ms_per_call_second"], 500, row)
            self.assertGreater(row["heard"], 0.9, row)
        threads = {row["client"]: row["threads"] for row in rows}
        self.assertGreater(threads["ours"], threads["floor"])

    def test_holes_of_two_calls(self):
        found = self.run_part("holes", "--holes-calls", "2", "--holes-seconds", "2",
                              "--growth-codec", "pcmu")["holes"]
        self.assertGreater(found["blocks"], 2 * 2 * 45)
        self.assertGreater(found["packets_of_ours"], 2 * 2 * 45)

    def test_sip(self):
        for name, rate in self.run_part("sip")["sip"].items():
            self.assertGreater(rate, 100, name)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
