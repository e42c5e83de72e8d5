#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages on a clean Debian 12: built, installed with what they depend on, a call taken
there by gst-launch-1.0 with nothing but loopback, purged without a trace.

Needs root, mmdebstrap, a mirror of Debian (RC_DEBIAN_MIRROR) and some minutes. RC_DEB names a folder
with the packages, if they are built already.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from install import first_line
from standin import TOP

MIRROR = os.environ.get("RC_DEBIAN_MIRROR", "http://deb.debian.org/debian")
OURS = ["gstreamer1.0-ringcentral", "ringcentral-standin"]
# A user would have these two by apt's Recommends.
BESIDE = ["gstreamer1.0-tools", "espeak-ng"]
# Else apt keeps what a package of the clean system recommends, as apt does ca-certificates.
UNLOVED = ["-o", "APT::AutoRemove::RecommendsImportant=false"]
# What every package changes by being there or having been.
BOOKS = ["/dev", "/proc", "/sys", "/run", "/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg",
         "/var/log"]
SKIPPED = 77  # for Meson
# A network with nothing but lo, and /proc; both are gone with the process.
INSIDE = """ip link set lo up && mount -t proc proc "$0/proc" &&
  exec chroot "$0" env -i HOME=/tmp/home PATH=/usr/bin:/bin sh -c "$1" """


def run(*command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, **options)


class CleanSystem(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rc-clean-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.debian = self.folder / "debian"

    def chroot(self, *command):
        """As an administrator; what apt says is shown only if it fails."""
        done = subprocess.run(
            ["chroot", self.debian, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
             "DEBIAN_FRONTEND=noninteractive", *command], check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(0, done.returncode, done.stdout[-4000:])
        return done.stdout

    def user(self, line):
        """A user's line, in the system and without a network."""
        return subprocess.run(
            ["unshare", "--net", "--mount", "sh", "-c", INSIDE, self.debian, line], check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def packages(self):
        return set(self.chroot("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n")
                   .splitlines())

    def files(self):
        leave_out = [word for book in BOOKS for word in ("-path", book, "-prune", "-o")]
        return set(self.chroot("find", "/", "-xdev", *leave_out, "-print").splitlines())

    def build(self):
        output = pathlib.Path(os.environ.get("RC_DEB", self.folder / "packages"))
        if "RC_DEB" not in os.environ:
            run(TOP / "scripts/build-deb.sh", output, stdout=subprocess.DEVNULL)
        built = sorted(output.glob("*.deb"))
        self.assertEqual(OURS, [path.name.split("_")[0] for path in built])
        return built

    def test_installed_used_and_purged_without_a_trace(self):
        built = self.build()
        run("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", self.debian, MIRROR)
        for path in built:
            shutil.copy(path, self.debian / "tmp")
        inside = [f"/tmp/{path.name}" for path in built]
        clean = self.packages()
        self.chroot("apt-get", "update", "-q")
        self.chroot("apt-get", "install", "-qy", "--no-install-recommends", *inside, *BESIDE)
        with_ours = self.files()
        self.check_work()
        self.check_trace(with_ours, inside)
        self.chroot("apt-get", "purge", "-qy", "--auto-remove", *UNLOVED, *OURS, *BESIDE)
        self.assertEqual(clean, self.packages())
        self.assertEqual([], [path for path in self.files() if "ringcentral" in path
                              or "rc-standin" in path])

    def check_work(self):
        inspect = self.user("gst-inspect-1.0 rcsrc")
        self.assertEqual(0, inspect.returncode, inspect.stderr)
        self.assertTrue((self.debian / "usr/share/man/man1/rc-standin.1.gz").exists())
        call = self.user("mkdir -p /tmp/home && cd /tmp/home && rc-standin --call 101 "
                         "--say 'Hello, this is a clean system.' --hang-up -- " + first_line())
        print(call.stdout)
        self.assertEqual(0, call.returncode, call.stdout + call.stderr)
        self.assertIn('"outcome":"completed"', call.stdout)
        recording = self.debian / "tmp/home/call.wav"
        self.assertGreater(recording.stat().st_size, 32000)  # more than a second

    def check_trace(self, with_ours, inside):
        """What our packages bring goes with them, and using them leaves nothing."""
        listed = {path for name in OURS for path in self.chroot("dpkg", "-L", name).splitlines()}
        self.chroot("dpkg", "--purge", *OURS)
        without = self.files()
        self.assertEqual(set(), without - with_ours)
        self.assertLessEqual(with_ours - without, listed)
        self.assertEqual(set(), {p for p in without & listed if not (self.debian / p[1:]).is_dir()})
        self.chroot("dpkg", "--install", *inside)
        self.check_work()
        self.chroot("dpkg", "--purge", *OURS)
        self.assertEqual(without, self.files())
        self.chroot("dpkg", "--install", *inside)  # for apt to take away


def why_not():
    if os.geteuid() != 0:
        return "only root can make a system to install into"
    if shutil.which("mmdebstrap") is None:
        return "mmdebstrap is not installed: apt install mmdebstrap"
    return None


if __name__ == "__main__":
    if why_not():
        print(f"skipped: {why_not()}")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
