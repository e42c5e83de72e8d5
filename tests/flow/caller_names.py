#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Callers' names with everything in them that a terminal or a format string would take amiss: the bus
has them clean, and the line lives.
"""

import unittest

import messages
from standin import Standin, wait_for

# What the caller is called, and what is left of it.
NAMES = [
    ("Zoë O'Neil", "Zoë O'Neil"),
    ("山田 太郎", "山田 太郎"),
    ("100% %H %s%n %00", "100% %H %s%n %00"),
    ('a "b" \\ c', 'a "b" \\ c'),
    ("<b>&amp;</b>", "<b>&amp;</b>"),
    ("a\x1b[2Jb", "a[2Jb"),
    ("a\u202eb\u2066c\u2069d", "abcd"),
    ("a\x85b\u2028c", "abc"),
    ("a\x08b\x07c\x7f", "abc"),
    ("x" * 300, "x" * 256),
]


class CallerNames(unittest.TestCase):
    def ringing(self):
        """The names of the calls that have rung so far."""
        return [call["from-name"] for call in messages.calls(self.standin.text())
                if call["state"] == "ringing"]

    def test_come_out_clean(self):
        self.standin = self.enterContext(Standin())
        self.standin.launch("rcsignal answer=ring rcsrc ! fakesink")
        self.assertTrue(self.standin.registered())
        for count, (name, shown) in enumerate(NAMES, 1):
            call = self.standin.call(name=name)
            wait_for(lambda: len(self.ringing()) >= count, 10, f"{name!r} rings")
            self.assertEqual(shown, self.ringing()[-1])
            self.standin.hang_up(call)
        log = self.standin.text()
        for complaint in ("WARNING", "CRITICAL", "\x1b[2J", "\u202e"):
            self.assertNotIn(complaint, log)
        self.assertEqual([], self.standin.violations())


if __name__ == "__main__":
    unittest.main(verbosity=2)
