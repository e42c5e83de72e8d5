#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints "passed failed skipped" of the last `meson test`, each case of GoogleTest counted by itself.

usage: count_tests.py <Meson build folder>
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {"OK", "EXPECTEDFAIL"}


def outcomes_of_cases(junit):
    """Of the tests whose GoogleTest wrote its XML; only its cases have a status."""
    for case in ElementTree.parse(junit).iter("testcase"):
        if case.get("status") is None:
            continue
        if case.find("failure") is not None or case.find("error") is not None:
            yield "failed"
        elif case.get("status") == "notrun" or case.find("skipped") is not None:
            yield "skipped"
        else:
            yield "passed"


def names_of_other_tests(junit):
    """Of the rest, also of a GoogleTest that crashed or took too long."""
    for case in ElementTree.parse(junit).iter("testcase"):
        if case.get("status") is None:
            yield case.get("name")


def outcomes_of_other_tests(junit, log):
    """From Meson's own log: its JUnit file does not mark a test that took too long (Meson 1.0.1)."""
    others = set(names_of_other_tests(junit))
    for line in log.read_text().splitlines():
        test = json.loads(line)
        if test["name"].split("/")[-1].split(":")[-1].strip() not in others:
            continue
        if test["result"] == "SKIP":
            yield "skipped"
        else:
            yield "passed" if test["result"] in GOOD else "failed"


def main(build):
    logs = pathlib.Path(build) / "meson-logs"
    junit = logs / "testlog.junit.xml"
    outcomes = list(outcomes_of_cases(junit))
    outcomes += outcomes_of_other_tests(junit, logs / "testlog.json")
    print(*(outcomes.count(name) for name in ("passed", "failed", "skipped")))


if __name__ == "__main__":
    main(sys.argv[1])
