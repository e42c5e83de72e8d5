#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""scripts/install.sh --user into a home of its own: a new shell there knows rcsrc without any
variable, and --uninstall leaves the home as it was.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from install import first_line
from standin import TOP

SCRIPT = TOP / "scripts/install.sh"


class UserInstall(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="rc-home-"))
        self.addCleanup(shutil.rmtree, self.home)
        (self.home / ".local/share").mkdir(parents=True)
        shutil.copy("/etc/skel/.profile", self.home)  # Debian's: it adds ~/.local/bin to PATH

    def install(self, *arguments):
        """The compiler's cache stays where it is, or each run would compile all anew."""
        cache = os.environ.get("CCACHE_DIR", pathlib.Path.home() / ".cache/ccache")
        return subprocess.run(
            [SCRIPT, "--user", *arguments], check=False, capture_output=True, text=True,
            env=dict(os.environ, HOME=str(self.home), CCACHE_DIR=str(cache)))

    def in_new_shell(self, line):
        """Logged in anew: nothing of our environment but the home."""
        return subprocess.run(
            ["env", "-i", f"HOME={self.home}", "sh", "-l", "-c", line], cwd=self.home, check=False, capture_output=True, text=True,
            timeout=90)

    def files(self):
        return {path for path in self.home.rglob("*") if ".cache" not in path.parts}

    def test_a_new_shell_knows_it_and_uninstall_leaves_nothing(self):
        before = self.files()
        installed = self.install()
        self.assertEqual(0, installed.returncode, installed.stdout[-2000:] + installed.stderr)
        self.assertEqual(0, self.in_new_shell("gst-inspect-1.0 rcsrc").returncode)
        call = self.in_new_shell("rc-standin --call 101 --tones 440:1000 --hang-up -- "
                                 + first_line())
        self.assertEqual(0, call.returncode, call.stdout + call.stderr)
        (self.home / "call.wav").unlink()
        again = self.install()  # over itself
        self.assertEqual(0, again.returncode, again.stderr)
        removed = self.install("--uninstall")
        self.assertEqual(0, removed.returncode, removed.stderr)
        self.assertEqual(before, self.files())
        self.assertNotEqual(0, self.in_new_shell("gst-inspect-1.0 rcsrc").returncode)

    def test_nothing_to_remove_is_said_in_words(self):
        removed = self.install("--uninstall")
        self.assertEqual(1, removed.returncode)
        self.assertIn("nothing to remove", removed.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
