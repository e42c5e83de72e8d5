# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long the machine kept a process waiting that only wanted to wake up every 5 ms.

  with Stalls() as stalls:
      ...
      stalls.longest()    # s, so far

A pause in a recording that is no longer than what this witness saw is the machine's, not ours.
"""

import subprocess
import sys
import threading

STEP = 0.005  # s

WITNESS = f"""
import time
last = time.monotonic()
while True:
    time.sleep({STEP})
    now = time.monotonic()
    if now - last > 2 * {STEP}:
        print(now - last - {STEP}, flush=True)
    last = now
"""


class Stalls:
    def __enter__(self):
        self._longest = 0.0
        self._process = subprocess.Popen([sys.executable, "-c", WITNESS], stdout=subprocess.PIPE,
                                         text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def longest(self):
        return self._longest

    def _read(self):
        for line in self._process.stdout:
            self._longest = max(self._longest, float(line))
