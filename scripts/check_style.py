#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what neither compiler nor formatter sees: licence line, length of files, bare TODOs.

usage: check_style.py [<project folder>]
"""
import pathlib
import re
import sys

LICENCE = "SPDX-License-Identifier: LGPL-2.1-or-later"
MAX_LINES = 600
FOLDERS = ("gst", "plugins", "pipelines", "scripts", "tests")
SOURCES = {".h", ".cpp", ".py", ".sh", ".mjs"}
TODO = re.compile(r"\b(TODO|FIXME|XXX)\b")


def is_source(path):
    return (path.suffix in SOURCES or path.name == "meson.build") and path.is_file()


def check_file(path):
    lines = path.read_text().splitlines()
    if not any(LICENCE in line for line in lines[:3]):
        yield "no licence line among the first three"
    if len(lines) > MAX_LINES:
        yield f"{len(lines)} lines, more than {MAX_LINES}"
    if path.name != "check_style.py" and any(TODO.search(line) for line in lines):
        yield "a bare TODO: write down what is missing where the reader needs it, or do it"


def main(top):
    sources = [
        path
        for folder in FOLDERS
        for path in sorted((top / folder).rglob("*"))
        if "node_modules" not in path.parts and is_source(path)
    ]
    faults = [f"{p.relative_to(top)}: {fault}" for p in sources for fault in check_file(p)]
    print("\n".join(faults) if faults else f"style: {len(sources)} files in order")
    return 1 if faults or not sources else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
