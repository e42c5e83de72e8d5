# SPDX-License-Identifier: LGPL-2.1-or-later
"""What /proc and the clocks say about another process."""

import json
import pathlib
import subprocess
import time
from dataclasses import dataclass


def cpu_seconds(pid):
    """CPU time of a whole process, to the nanosecond: its clock by clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def machine_cpu():
    """Busy seconds of all processors so far."""
    words = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq = (int(word) for word in words[:7])
    return (user + nice + system + irq + softirq) / 100


@dataclass
class Usage:
    threads: int
    fds: int
    rss_kib: int

    @classmethod
    def of(cls, pid):
        status = dict(line.split(":", 1) for line in
                      pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
        return cls(int(status["Threads"]), len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())),
                   int(status["VmRSS"].split()[0]))


@dataclass
class Window:
    """One steady stretch of time."""

    calls: int
    cpu_ms: float  # per call and second
    usage: Usage
    blocks: float  # heard, as a part of those due
    others: float  # processors that all other processes kept busy, the far ends' included

    def row(self):
        return {"calls": self.calls, "cpu_ms_per_call_second": self.cpu_ms,
                "threads": self.usage.threads, "fds": self.usage.fds,
                "rss_kib": self.usage.rss_kib, "heard": self.blocks,
                "other_processors_busy": self.others}


class Process:
    """A program that takes commands by line and answers in JSON."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, **options)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.tell(line)
        answer = self.process.stdout.readline()
        assert answer, f"{self.process.args[0]} ended with {self.process.wait()}"
        return json.loads(answer)


def watch(process, calls, seconds):
    """Measures a process with so many calls for so long."""
    begin = time.monotonic()
    cpu, machine = cpu_seconds(process.pid), machine_cpu()
    blocks = process.ask("count")["blocks"]
    time.sleep(seconds)
    cpu = cpu_seconds(process.pid) - cpu
    machine = machine_cpu() - machine
    blocks = process.ask("count")["blocks"] - blocks
    passed = time.monotonic() - begin
    return Window(calls, cpu * 1000 / calls / passed, Usage.of(process.pid),
                  blocks / (50 * passed * calls), (machine - cpu) / passed)
