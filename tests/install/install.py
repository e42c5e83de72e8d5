#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""meson install: what users need and nothing else, found where pkg-config says; the README's first
line works from it, with a caller of the rc-standin that was installed.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import sound
from standin import BUILD, TOP


def first_line():
    """The first line of the README that is to be typed."""
    text = (TOP / "README.md").read_text()
    return re.search(r"^gst-launch-1\.0 .*$", text, re.MULTILINE).group()


def build_options():
    found = subprocess.run(["meson", "introspect", "--buildoptions", BUILD], check=True,
                           capture_output=True, text=True)
    return {option["name"]: option["value"] for option in json.loads(found.stdout)}


class Install(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rc-install-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.root = self.folder / "root"
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir",
                        self.root], check=True, stdout=subprocess.DEVNULL)
        options = build_options()
        self.prefix = self.root / options["prefix"].lstrip("/")
        self.libraries = self.prefix / options["libdir"]

    def test_only_what_users_need(self):
        found = {str(path.relative_to(self.prefix)) for path in self.root.rglob("*")
                 if not path.is_dir()}
        libdir = self.libraries.relative_to(self.prefix)
        self.assertEqual({f"{libdir}/gstreamer-1.0/libgstringcentral.so",
                          f"{libdir}/pkgconfig/gstringcentral.pc",
                          "bin/rc-check-account",
                          "bin/rc-standin", "share/man/man1/rc-standin.1",
                          "share/doc/gst-ringcentral/COPYING",
                          "share/doc/gst-ringcentral/README.md"}, found)

    def test_nothing_looks_for_libraries_in_the_build_folder(self):
        for path in (self.prefix / "bin/rc-check-account",
                     self.prefix / "bin/rc-standin",
                     self.libraries / "gstreamer-1.0/libgstringcentral.so"):
            text = subprocess.run(["readelf", "--dynamic", path], check=True, capture_output=True,
                                  text=True).stdout
            self.assertIn("NEEDED", text)
            self.assertNotRegex(text, "RPATH|RUNPATH", path)

    def plugins(self):
        """As pkg-config tells a program that was built against the installed plugin."""
        found = subprocess.run(
            ["pkg-config", f"--define-variable=prefix={self.prefix}", "--variable=pluginsdir",
             "gstringcentral"], check=True, capture_output=True, text=True,
            env=dict(os.environ, PKG_CONFIG_PATH=str(self.libraries / "pkgconfig")))
        return found.stdout.strip()

    def test_the_first_line_of_the_readme_records_a_call(self):
        expected = sound.sequence(8)
        tones = ",".join(f"{round(f)}:500" for f in expected)
        environment = dict(os.environ, GST_PLUGIN_PATH=self.plugins(),
                           GST_REGISTRY=str(self.folder / "registry"))
        ended = subprocess.run(
            [self.prefix / "bin/rc-standin", "--call", "101", "--tones", tones, "--hang-up", "--",
             "sh", "-c", first_line()], cwd=self.folder, env=environment, timeout=60, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(0, ended.returncode, ended.stdout + ended.stderr)
        heard = sound.hear(self.folder / "call.wav", [round(f) for f in expected], once=True,
                           skip=0.0)
        self.assertTrue(heard.ok, heard)


if __name__ == "__main__":
    unittest.main(verbosity=2)
