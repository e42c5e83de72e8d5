# SPDX-License-Identifier: LGPL-2.1-or-later
"""flow-player (player.cpp) with an account of the stand-in: several pipelines in one process."""

import pathlib
import queue
import subprocess
import threading
import time

from standin import BUILD


class Player:
    """`with Player(standin) as player:` - commands as methods, events by waiting for them."""

    def __init__(self, standin, **changes):
        self.standin = standin
        self.environment = standin.environment(**changes)
        self.events = []  # all so far
        self._new = queue.Queue()

    def __enter__(self):
        self._log = open(self.standin.path("player.log"), "wb")
        self.process = subprocess.Popen(
            [BUILD / "tests/flow/flow-player"], env=self.environment, cwd=self.standin.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self.standin.children.append(self.process)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, error, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self._reader.join()
            self.process.stdout.close()
            self._log.close()
        if error is None and self.process.returncode != 0:  # a crash at the end, or a sanitizer's
            raise AssertionError(f"flow-player ended with {self.process.returncode}:\n"
                                 + self.standin.tail("player.log"))

    def _read(self):
        for line in self.process.stdout:
            self._new.put(line.rstrip("\n"))

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def play(self, name, description):
        self.tell(f"play {name} {description}")

    def stop(self, name):
        self.tell(f"stop {name}")
        return self.wait(f"stopped {name}")

    def wait(self, start, seconds=15, holding=""):
        """The first event not yet waited for that starts so and holds the text."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self._new.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                recent = "\n".join(self.events[-30:])
                raise AssertionError(f"no {start!r} {holding!r} in {seconds} s:\n{recent}\n"
                                     + self.standin.tail("player.log")) from None
            self.events.append(event)
            if event.startswith(start) and holding in event:
                return event

    def drain(self):
        """Takes in what has come without waiting."""
        while not self._new.empty():
            self.events.append(self._new.get())
        return self.events

    def told(self, start, holding=""):
        return [e for e in self.drain() if e.startswith(start) and holding in e]

    def usage(self):
        """Threads, fds, KiB resident after malloc_trim."""
        self.tell("usage")
        return tuple(int(word) for word in self.wait("usage").split()[1:])

    def threads(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()))
