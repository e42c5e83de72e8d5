#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python on the line's thread: handlers that throw or sleep, promises, structures that are kept."""

import json
import sys
import unittest

from standin import TOP, Standin, wait_for

PROGRAM = TOP / "tests" / "flow" / "python_program.py"
NUMBER = "12025550100"


class PythonSignals(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def start(self, *numbers):
        process = self.standin.spawn([sys.executable, PROGRAM, *numbers], "python.log")
        self.assertTrue(self.standin.registered(), self.text())
        return process

    def text(self):
        return self.standin.text("python.log")

    def told(self, name):
        """What the program printed under that name, without the name."""
        lines = [json.loads(line) for line in self.text().splitlines() if line.startswith("[")]
        return [line[1:] for line in lines if line[0] == name]

    def assert_ends_well(self, process):
        self.assertEqual(0, process.wait(30), self.text())
        self.assertTrue(self.told("end"))
        self.assertEqual([], self.standin.violations())

    def answered_call(self, caller):
        call = self.standin.call(**{"from": caller})
        self.assertEqual("answered", self.standin.wait_call(call, "answered")["state"], self.text())
        self.standin.hang_up(call)
        wait_for(lambda: [c for c in self.told("call-ended") if c[0] == caller], 5, self.text())

    def test_handlers_that_throw_cost_nothing(self):
        process = self.start()
        self.answered_call("+12025550161")
        self.answered_call("+12025550160")
        self.answered_call("+12025550169")
        self.assert_ends_well(process)
        for name in ("call-received", "call-changed", "call-ended"):
            self.assertIn(f"ValueError: {name} throws", self.text())
        self.assertEqual({False}, {on_main for _, _, on_main in self.told("call-changed")})

    def test_a_handler_that_sleeps_is_warned_about_and_its_call_is_good(self):
        process = self.start()
        self.answered_call("+12025550162")
        self.answered_call("+12025550169")
        self.assert_ends_well(process)
        self.assertIn("a handler of the signal call-received has kept the line's thread for 100 ms",
                      self.told("warning")[0][0])

    def test_promises_and_structures(self):
        self.standin.control("POST", "/numbers", {"number": NUMBER, "behaviour": "answer"})
        process = self.start("nonsense", f"+{NUMBER}")
        self.assert_ends_well(process)
        (first, refusal), (second, error) = self.told("dial")
        self.assertIn("nonsense", refusal)
        self.assertIsNone(error)
        self.assertTrue(first.startswith("c-") and second.startswith("c-") and first != second)
        self.assertEqual([None, None], self.told("hangup")[0], self.text())
        for action in ("answer", "hangup"):
            self.assertIn("c-nobody", self.told(action)[-1][1])
        self.assertEqual([[]], self.told("promise"))
        self.assertIn("ValueError: a promise throws", self.text())
        states = [line[1] for line in self.told("registration-changed")]
        self.assertEqual(states, self.told("kept")[0][0][:len(states)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
