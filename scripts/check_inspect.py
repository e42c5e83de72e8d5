#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what gst-inspect-1.0 says of our elements with tests/inspect/ELEMENT.txt, so that a
change of the public API is seen in a diff; and looks that each signal is documented.

usage: check_inspect.py [--update] [<Meson build folder>]      (default: build)
  --update   writes the files anew: look at `git diff tests/inspect`, and commit it with the change

What depends on the machine is left out (file name, version); locale and registry are its own. The
text ends with the documentation of the signals, which gst-inspect-1.0 does not show: the gtk-doc
blocks `GstRcSignal::call-received:` of plugins/*.cpp.
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
FOLDER = TOP / "tests" / "inspect"
PLUGIN = "plugins/libgstringcentral.so"
BLOCK = re.compile(r"^ */\*\*\n(?: +\*[^\n]*\n)+? +\*/$", re.MULTILINE)
SIGNAL_BLOCK = re.compile(r"^(GstRc\w+)::([a-z-]+):$")


class Inspector:
    """gst-inspect-1.0 that knows our plugin and no other."""

    def __init__(self, build, folder):
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
            "LC_ALL": "C.UTF-8",
            "HOME": folder,
            "GST_PLUGIN_SYSTEM_PATH_1_0": "",
            "GST_PLUGIN_PATH_1_0": str(build / "plugins"),
            "GST_REGISTRY_1_0": str(pathlib.Path(folder) / "registry.bin"),
        }
        self.plugin = build / PLUGIN

    def _run(self, what):
        return subprocess.run(["gst-inspect-1.0", what], env=self.environment, check=True,
                              capture_output=True, text=True).stdout

    def elements(self):
        return re.findall(r"^  (rc\w+): ", self._run(str(self.plugin)), re.MULTILINE)

    def text(self, element):
        shown = self._run(element)
        shown = re.sub(r"^Plugin Details:\n(?:  .*\n)+\n", "", shown, flags=re.MULTILINE)
        return "\n".join(line.rstrip() for line in shown.splitlines()).strip() + "\n"


def documented_signals():
    """{type: {signal: text}} of the gtk-doc blocks in plugins/."""
    found = {}
    for path in sorted((TOP / "plugins").glob("*.cpp")):
        for block in BLOCK.findall(path.read_text()):
            lines = [re.sub(r"^ +\* ?", "", line) for line in block.splitlines()[1:-1]]
            head = SIGNAL_BLOCK.match(lines[0])
            if head:
                found.setdefault(head[1], {})[head[2]] = "\n".join(lines[1:])
    return found


def signals_of(text):
    """The signals and actions that a text of gst-inspect-1.0 lists."""
    start = min((text.index(h) for h in ("Element Signals:", "Element Actions:") if h in text),
                default=len(text))
    return re.findall(r'^  "([a-z-]+)" :', text[start:], re.MULTILINE)


def describe(text, documented):
    """The text with the signals' documentation, and what is wrong with that."""
    own_type = re.findall(r"\+----(\w+)$", text, re.MULTILINE)[-1]
    notes = documented.get(own_type, {})
    signals = signals_of(text)
    faults = [f"signal {s}: no block `{own_type}::{s}:` in plugins/*.cpp"
              for s in signals if s not in notes]
    faults += [f"signal {s}: documented in plugins/*.cpp, but not there"
               for s in notes if s not in signals]
    if signals:
        text += "\nSignal Documentation:\n"
        for signal in sorted(set(signals) & set(notes)):
            text += f'  "{signal}"\n' + re.sub(r"^(?=.)", "    ", notes[signal], flags=re.MULTILINE)
            text += "\n"
    return text, faults


def compare(element, text):
    path = FOLDER / f"{element}.txt"
    kept = path.read_text() if path.exists() else ""
    diff = difflib.unified_diff(kept.splitlines(), text.splitlines(),
                                f"tests/inspect/{path.name}", "gst-inspect-1.0 now", lineterm="")
    return list(diff)


def leftovers(elements):
    return [f"tests/inspect/{path.name}: there is no such element"
            for path in sorted(FOLDER.glob("*.txt")) if path.stem not in elements]


def check(build, update):
    documented = documented_signals()
    faults = []
    with tempfile.TemporaryDirectory(prefix="rc-inspect-") as folder:
        inspector = Inspector(build, folder)
        elements = inspector.elements()
        faults += leftovers(elements)
        for element in elements:
            text, wrong = describe(inspector.text(element), documented)
            faults += wrong
            if update:
                (FOLDER / f"{element}.txt").write_text(text)
            else:
                faults += compare(element, text)
    return elements, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("build", nargs="?", default="build", type=pathlib.Path)
    arguments = parser.parse_args()
    elements, faults = check(arguments.build.resolve(), arguments.update)
    if not elements:
        faults.append("the plugin has no element")
    if not faults:
        print(f"inspect: {len(elements)} elements are as tests/inspect says")
        return 0
    print("\n".join(faults))
    if not arguments.update:
        print("\nIf the public API shall change so: scripts/check_inspect.py --update, and commit it.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
