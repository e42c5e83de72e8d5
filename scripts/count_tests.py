#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints "passed failed skipped" of the last `meson test`.

Each case of GoogleTest and of Python's unittest counts by itself, any other test as one. A test that
ended badly counts at least one failure, whatever it printed.

usage: count_tests.py [--self-test] [<Meson build folder>]
"""
import json
import pathlib
import re
import sys

GOOD = {"OK", "EXPECTEDFAIL"}
GTEST_END = re.compile(r"^\[=+\] \d+ tests? from .* ran\.", re.MULTILINE)
UNITTEST_END = re.compile(r"^Ran (\d+) tests? in .*\n+(?:OK|FAILED)(?: \((.*)\))?$", re.MULTILINE)


def number(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def count_gtest(output):
    end = GTEST_END.search(output)
    if not end:
        return None
    summary = output[end.start() :]
    return (
        number(r"^\[  PASSED  \] (\d+) test", summary),
        number(r"^\[  FAILED  \] (\d+) test", summary),
        number(r"^\[  SKIPPED \] (\d+) test", summary)
        + number(r"YOU HAVE (\d+) DISABLED", summary),
    )


def count_unittest(output):
    end = UNITTEST_END.search(output)
    if not end:
        return None
    ran, details = int(end.group(1)), end.group(2) or ""
    failures = number(r"(?:^|, )failures=(\d+)", details) + number(r"errors=(\d+)", details)
    failed = min(failures, ran)  # each subTest that fails is told, but its test ran once
    skipped = number(r"skipped=(\d+)", details)
    return max(ran - failed - skipped, 0), failed, skipped


def count(test):
    """(passed, failed, skipped) of one line of Meson's testlog.json."""
    if test["result"] == "SKIP":
        return 0, 0, 1
    output = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    good = test["result"] in GOOD
    counts = count_gtest(output) or count_unittest(output) or (int(good), 0, 0)
    return counts if good else (counts[0], max(counts[1], 1), counts[2])


SELF_TEST = [
    ({"result": "OK"}, (1, 0, 0)),
    ({"result": "SKIP"}, (0, 0, 1)),
    ({"result": "TIMEOUT"}, (0, 1, 0)),
    ({"result": "ERROR", "stdout": "[  PASSED  ] 3 tests."}, (0, 1, 0)),
    ({"result": "OK", "stdout": "[==========] 2 tests from 1 test suite ran. (0 ms total)\n"
      "[  PASSED  ] 1 test.\n[  SKIPPED ] 1 test, listed below:\n"}, (1, 0, 1)),
    ({"result": "FAIL", "stdout": "[==========] 9 tests from 2 test suites ran. (0 ms total)\n"
      "[  PASSED  ] 7 tests.\n[  FAILED  ] 2 tests, listed below:\n"}, (7, 2, 0)),
    ({"result": "FAIL", "stdout": "[==========] 9 tests from 2 test suites ran. (0 ms total)\n"
      "[  PASSED  ] 9 tests.\n"}, (9, 1, 0)),
    ({"result": "OK", "stderr": "Ran 6 tests in 1.5s\n\nOK (skipped=2)\n"}, (4, 0, 2)),
    ({"result": "FAIL", "stderr": "Ran 1 test in 1.5s\n\nFAILED (failures=3, errors=1)\n"},
     (0, 1, 0)),
]  # fmt: skip


def self_test():
    wrong = [(test, count(test)) for test, expected in SELF_TEST if count(test) != expected]
    print("\n".join(map(str, wrong)) if wrong else "counting: in order")
    return 1 if wrong else 0


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        return self_test()
    log = pathlib.Path(arguments[0]) / "meson-logs" / "testlog.json"
    counts = [count(json.loads(line)) for line in log.read_text().splitlines()]
    print(*(sum(column) for column in zip(*counts)) if counts else (0, 0, 0))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
