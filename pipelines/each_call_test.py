#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs that attach a pipeline to each call, as they stand here: several calls at once."""

import unittest

import readme
import sound
from standin import BUILD, TOP, Standin, interrupt, tones, wait_for

PIPELINES = TOP / "pipelines"
CALLS = 8
SECONDS = 3
FREQUENCIES = [350 + 310 * n for n in range(CALLS)]  # none a harmonic of another
FOREIGN_DB = 30.0  # any other call's tone at least so far below the own
LOG = "program.log"


def caller(number):
    return f"1202555017{number}"


class EachCallTest(unittest.TestCase):
    def setUp(self):
        self.standin = self.enterContext(Standin())

    def start(self, *command):
        process = self.standin.spawn([*map(str, command)], LOG)
        self.assertTrue(self.standin.registered(), self.standin.tail(LOG))
        return process

    def call(self, number):
        """Somebody calls, and is to be heard by a tone of his own."""
        return self.standin.call(**{"from": f"+{caller(number)}"},
                                 media=tones(FREQUENCIES[number], ms=60000))

    def hear_out(self, calls):
        """All are answered, last so long at the same time, and are hung up."""
        for call in calls:
            self.assertEqual("answered", self.standin.wait_call(call, "answered")["state"],
                             self.standin.tail(LOG))
        self.standin.sent_more(calls[-1], SECONDS * 50)
        for call in calls:
            self.assertEqual("answered", self.state(call), self.standin.tail(LOG))
            self.standin.hang_up(call)

    def state(self, call):
        return self.standin.control("GET", f"/calls/{call}")["state"]

    def wait_recordings(self, count, pattern):
        """The finished ones, which the program has told about."""
        wait_for(lambda: self.standin.text(LOG).count(" ended with eos\n") >= count, 10,
                 f"{count} recordings:\n{self.standin.tail(LOG)}")
        return sorted(self.standin.folder.glob(pattern))

    def assert_own_tone(self, path, number):
        own, distance = sound.loudest(path, FREQUENCIES)
        print(f"\n  {path.relative_to(self.standin.folder)}: {own} Hz, others {distance:.1f} dB down")
        self.assertEqual(FREQUENCIES[number], own, path)
        self.assertGreaterEqual(distance, FOREIGN_DB, path)

    def assert_recorded(self, numbers):
        """One recording in the folder of each of these callers, of his tone alone."""
        found = self.wait_recordings(len(numbers), "1*/c-*.wav")
        self.assertEqual([caller(n) for n in numbers], [path.parent.name for path in found])
        for number, path in zip(numbers, found):
            self.assert_own_tone(path, number)

    def end(self, process):
        interrupt(process)
        self.assertEqual(0, process.wait(10), self.standin.tail(LOG))
        self.assertTrue(self.standin.unregistered())
        self.assertEqual([], self.standin.violations())


class Python(EachCallTest):
    """As the README has it: the only Python in it, which is the file without its first lines."""

    FILE = "each-call.py"

    def setUp(self):
        super().setUp()
        (self.program,) = readme.blocks(TOP / "README.md", "python")
        self.standin.path("program.py").write_text(self.program)

    def start(self, *_):
        return super().start("/usr/bin/python3", "program.py")

    def test_it_is_the_file(self):
        head, *rest = (PIPELINES / self.FILE).read_text().partition('"""')
        self.assertEqual(self.program, "".join(rest))
        self.assertEqual("#!/usr/bin/python3\n# SPDX-License-Identifier: LGPL-2.1-or-later\n", head)

    def test_eight_calls_at_once(self):
        process = self.start()
        self.hear_out([self.call(n) for n in range(CALLS)])
        self.assert_recorded(range(CALLS))
        self.assertNotIn("Traceback", self.standin.text(LOG))
        self.end(process)

    def seven_are_good(self, complaint):
        """Of eight calls at once the code for the fourth throws; then it is the only one to ring."""
        calls = [self.call(n) for n in range(CALLS)]
        self.hear_out(calls[:3] + calls[4:])
        self.assertEqual("ringing", self.state(calls[3]))
        self.standin.wait_text(complaint, LOG)
        self.assert_recorded([n for n in range(CALLS) if n != 3])
        self.standin.hang_up(calls[3])

    def test_a_handler_that_throws_costs_its_own_call_only(self):
        self.standin.path("program.py").write_text(self.program.replace(
            "    GLib.idle_add",
            f'    assert call.get_string("from") != "+{caller(3)}"\n    GLib.idle_add'))
        process = self.start()
        self.seven_are_good("AssertionError")
        self.end(process)

    def test_work_that_throws_costs_its_own_call_only(self):
        in_the_way = self.standin.path(caller(3))  # where the program, as it is, makes a folder
        in_the_way.touch()
        process = self.start()
        self.seven_are_good("FileExistsError")
        in_the_way.unlink()
        self.hear_out([self.call(3)])
        self.assert_recorded(range(CALLS))
        self.end(process)

    def test_ctrl_c_hangs_up_and_finishes_the_recordings(self):
        process = self.start()
        calls = [self.call(n) for n in range(2)]
        for call in calls:
            self.standin.wait_call(call, "answered")
        self.standin.sent_more(calls[1], SECONDS * 50)
        self.end(process)
        self.assertEqual(["ended"] * 2, [self.state(call) for call in calls])
        self.assertEqual(2, self.standin.text(LOG).count(" is hung up\n"), self.standin.tail(LOG))
        self.assert_recorded(range(2))

    def test_at_most_sixty_lines(self):
        self.assertLessEqual(len(self.program.splitlines()), 60)


class CallBin(EachCallTest):
    FILE = "record-every-call.sh"

    def test_two_calls_at_once(self):
        folder = self.standin.path("calls")
        folder.mkdir()
        process = self.start(PIPELINES / self.FILE, "calls")
        self.hear_out([self.call(n) for n in range(2)])
        self.end(process)
        found = sorted(folder.iterdir(), key=lambda path: path.name.split("_")[1])
        self.assertEqual([f"+{caller(n)}" for n in range(2)], [p.name.split("_")[1] for p in found])
        for number, path in enumerate(found):
            self.assert_own_tone(path, number)


class Cpp(EachCallTest):
    FILE = "each-call.cpp"

    def test_two_calls_and_one_too_many(self):
        process = self.start(BUILD / "pipelines" / "each-call", 2)
        calls = [self.call(n) for n in range(2)]
        for call in calls:
            self.standin.wait_call(call, "answered")
        self.standin.wait_call(self.call(2), "ended")
        self.standin.wait_text("a caller was sent away", LOG)
        self.hear_out(calls)
        found = self.wait_recordings(2, "c-*.wav")
        heard = {sound.loudest(path, FREQUENCIES)[0] for path in found}
        self.assertEqual(set(FREQUENCIES[:2]), heard)
        process.terminate()


class JavaScript(EachCallTest):
    FILE = "each-call.js"

    def test_two_calls(self):
        process = self.start("gjs", PIPELINES / self.FILE)
        self.hear_out([self.call(n) for n in range(2)])
        found = self.wait_recordings(2, "c-*.wav")
        heard = {sound.loudest(path, FREQUENCIES)[0] for path in found}
        self.assertEqual(set(FREQUENCIES[:2]), heard)
        self.end(process)


if __name__ == "__main__":
    unittest.main(verbosity=2)
