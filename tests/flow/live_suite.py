#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/live works: the stand-in in the place of a real account; and it says when it is skipped."""

import os
import subprocess
import sys
import unittest

from standin import BUILD, TOP, Standin

SUITE = TOP / "tests/live/live_call.py"


class LiveSuite(unittest.TestCase):
    def run_suite(self, environment):
        run = subprocess.run([sys.executable, SUITE], env=dict(environment, RC_BUILD=str(BUILD)),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=150)
        return run.returncode, run.stdout

    def live(self, standin, **changes):
        environment = standin.environment(**changes)
        for name in ("SERVER_URL", "CA_FILE", "CLIENT_ID", "CLIENT_SECRET", "JWT_TOKEN"):
            environment["RC_LIVE_" + name] = environment.pop("RINGCENTRAL_" + name)
        return environment

    def test_calls_itself(self):
        with Standin() as standin:
            status, text = self.run_suite(self.live(standin))
            print(text)
            self.assertEqual(0, status, text)
            self.assertRegex(text, r"called: (999|1000)\.\d Hz in")
            self.assertEqual([], standin.violations())
            self.assertTrue(standin.unregistered())

    def test_fails_with_a_bad_account(self):
        with Standin() as standin:
            status, text = self.run_suite(
                self.live(standin, RINGCENTRAL_CLIENT_SECRET="S3CR3T-wrong"))
        self.assertEqual(1, status, text)
        self.assertIn("MISSING  login", text)
        self.assertNotIn("S3CR3T", text)

    def test_is_skipped_without_an_account(self):
        bare = {name: value for name, value in os.environ.items() if not name.startswith("RC_LIVE")}
        status, text = self.run_suite(bare)
        self.assertEqual(77, status)
        self.assertIn("skipped: there is no account", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
