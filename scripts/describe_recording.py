#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says in words and in a small picture what is in a WAV recording: describe_recording.py call.wav

Ends with 1 if there is no sound in it.
"""

import sys
import wave

import numpy

COLUMNS = 72
ROWS = 4  # above the zero line; the picture is symmetric, as sound is
BLOCKS = " ▁▂▃▄▅▆▇█"
QUIET = -60  # dBFS


def read(path):
    with wave.open(path) as wav:
        samples = numpy.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
        return samples / 32768, wav.getframerate()


def decibels(level):
    return 20 * numpy.log10(max(level, 1e-6))


def picture(samples):
    """The envelope, row by row, in eighths of a character."""
    peaks = [numpy.abs(part).max(initial=0) for part in numpy.array_split(samples, COLUMNS)]
    scale = max(max(peaks), 1e-6)
    heights = [round(8 * ROWS * peak / scale) for peak in peaks]
    for row in reversed(range(ROWS)):
        yield "".join(BLOCKS[min(max(height - 8 * row, 0), 8)] for height in heights)


def main(path):
    samples, rate = read(path)
    if not len(samples):
        print(f"{path}: no audio in it")
        return 1
    rms = decibels(numpy.sqrt(numpy.mean(samples**2)))
    peak = decibels(numpy.abs(samples).max())
    print(f"{path}: {len(samples) / rate:.2f} s, {rate} Hz, mono, 16 bit")
    print(f"level: {rms:.1f} dBFS, peak {peak:.1f} dBFS")
    for line in picture(samples):
        print("  " + line)
    print(f"  0 s{len(samples) / rate:>{COLUMNS - 5}.1f} s")
    return 0 if rms > QUIET else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
