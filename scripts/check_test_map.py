#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks tests/MAP.md: every point that people get wrong has a test, and every test named there exists.

A test is `Suite.Name` (GoogleTest, in a source that a meson.build lists), `flow/<name>` (in the list
of tests/flow/meson.build) or `interop: <name of a case>`.

usage: check_test_map.py [--self-test] [<project folder>]
"""
import pathlib
import re
import sys
import tempfile

# Heading in MAP.md: how many rows it has, numbered from 1.
SECTIONS = {"Simpler on a reliable transport": 3, "Often wrong": 18, "Checklist of the wire protocol": 15}

ROW = re.compile(r"^\| *(\d+) *\|(.*)\|$")
NAME = re.compile(r"`([^`]+)`")
GTEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
QUOTED = re.compile(r"'([^']+)'")
CASE = re.compile(r"\bname: '((?:[^'\\]|\\.)*)'")


def quoted_names(path):
    """What stands between quotes in a meson.build, but not in its comments."""
    text = path.read_text() if path.is_file() else ""
    return {name for line in text.splitlines() for name in QUOTED.findall(line.split("#")[0])}


def existing_tests(top):
    tests = set()
    for path in sorted((top / "tests").rglob("*.cpp")):
        if path.name in quoted_names(path.parent / "meson.build"):
            tests |= {f"{suite}.{name}" for suite, name in GTEST.findall(path.read_text())}
    for name in quoted_names(top / "tests/flow/meson.build"):
        if (top / f"tests/flow/{name}.py").is_file():
            tests.add(f"flow/{name}")
    for path in sorted((top / "tests/interop/cases").glob("*.mjs")):
        tests |= {f"interop: {name}" for name in CASE.findall(path.read_text())}
    return tests


def read_rows(text):
    """Yields (heading, number, last cell) of every numbered row."""
    heading = None
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif row := ROW.match(line):
            yield heading, int(row.group(1)), row.group(2).rpartition("|")[2]


def check_row(where, cell, tests):
    names = NAME.findall(cell)
    if not names:
        yield f"{where}: no test"
    for name in names:
        if name not in tests:
            yield f"{where}: there is no test {name}"


def check_tree(top):
    path = top / "tests/MAP.md"
    if not path.is_file():
        return ["tests/MAP.md is missing"]
    tests, seen, faults = existing_tests(top), [], []
    for heading, number, cell in read_rows(path.read_text()):
        seen.append((heading, number))
        faults += check_row(f"{heading} {number}", cell, tests)
    wanted = [(heading, i + 1) for heading, count in SECTIONS.items() for i in range(count)]
    faults += [f"{h} {n}: no row" for h, n in wanted if (h, n) not in seen]
    faults += [f"{h} {n}: no such point" for h, n in seen if (h, n) not in wanted]
    faults += [f"{h} {n}: more than one row" for h, n in wanted if seen.count((h, n)) > 1]
    return faults


def good_map():
    lines = []
    for heading, count in SECTIONS.items():
        lines += [f"## {heading}", "| | point | tests |", "|-|-|-|"]
        lines += [f"| {i + 1} | `no test` here | `A.One`, `flow/call` |" for i in range(count)]
    return "\n".join(lines) + "\n"


# What is changed in a map and project in order: (file, from, to, the fault that this is).
SELF_TEST = [
    ("tests/MAP.md", "", "", None),
    ("tests/MAP.md", "`A.One`, `flow/call`", "`B.P`, `interop: they call`", None),
    ("tests/MAP.md", "| 1 | `no test` here | `A.One`, `flow/call` |\n", "", "1: no row"),
    ("tests/MAP.md", "| `A.One`, `flow/call` |", "| |", "1: no test"),
    ("tests/MAP.md", "| `A.One`, `flow/call` |", "| none yet |", "1: no test"),
    ("tests/MAP.md", "`A.One`", "`A.Two`", "1: there is no test A.Two"),
    ("tests/MAP.md", "`A.One`", "`C.Unlisted`", "1: there is no test C.Unlisted"),
    ("tests/MAP.md", "`flow/call`", "`flow/unlisted`", "1: there is no test flow/unlisted"),
    ("tests/MAP.md", "`flow/call`", "`interop: they`", "1: there is no test interop: they"),
    ("tests/MAP.md", "| 2 |", "| 1 |", "1: more than one row"),
    ("tests/MAP.md", "| 2 |", "| 99 |", "99: no such point"),
    ("tests/unit/a_test.cpp", "TEST(A, One)", "// TEST(A, One)", "there is no test A.One"),
    ("tests/unit/meson.build", "'a_test.cpp'", "", "there is no test A.One"),
    ("tests/unit/meson.build", "files", "# files", "there is no test A.One"),
    ("tests/flow/meson.build", "'call'", "", "there is no test flow/call"),
]  # fmt: skip

PROJECT = {
    "tests/unit/meson.build": "# one's own\nfiles('a_test.cpp')",
    "tests/unit/a_test.cpp": "TEST(A, One) {}\nTEST_P(B, P) {}\n",
    "tests/unit/unlisted_test.cpp": "TEST(C, Unlisted) {}\n",
    "tests/flow/meson.build": "tests = ['call']",
    "tests/flow/call.py": "",
    "tests/flow/unlisted.py": "",
    "tests/interop/cases/a.mjs": "{ name: 'they call', run: call }",
}


def check_changed(name, before, after):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for path, text in {**PROJECT, "tests/MAP.md": good_map()}.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            changed = text.replace(before, after, 1) if path == name and before else text
            (top / path).write_text(changed)
        return check_tree(top)


def self_test():
    wrong = []
    for name, before, after, expected in SELF_TEST:
        found = check_changed(name, before, after)
        if bool(found) != bool(expected) or (expected and not any(expected in f for f in found)):
            wrong.append(f"{before!r} -> {after!r}: {expected} expected, found {found[:3]}")
    return wrong


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        faults = self_test()
    else:
        faults = check_tree(pathlib.Path(arguments[0] if arguments else "."))
    print("\n".join(faults) if faults else "test map: in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
