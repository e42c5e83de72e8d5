# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fresh random tone sequences for calls, and what a recording carries of them."""

import random
import sys
import wave

import numpy as np

from standin import TOP

sys.path.insert(0, str(TOP / "tests" / "tools"))
import tone_analysis  # noqa: E402
import tones as tone_files  # noqa: E402

PURITY_DB = 30.0
EDGE = 0.4  # s at either end of a call's sound
FAINT = 0.01  # RMS, of 1: whoever is quieter says nothing


def sequence(count=18):
    return tone_files.make_sequence(random.SystemRandom(), count)


def write(path, frequencies, rate=48000):
    tone_files.write_wav(str(path), tone_files.render(frequencies, rate, 0.4), rate)


def samples(path):
    """Floats of the first channel, and the rate."""
    return tone_files.read_wav(str(path), 0)


def seconds(path):
    with wave.open(str(path), "rb") as source:
        return source.getnframes() / source.getframerate()


def hear(path, expected, **rules):
    """What `path` carries of the sequence; the first second is left out, purity is demanded."""
    wanted = {"skip": 1.0, "purity_db": PURITY_DB, **rules}
    pcm, rate = samples(path)
    return tone_analysis.judge(pcm, rate, expected, tone_analysis.Rules(**wanted))


def powers(pcm, rate):
    """Power by frequency: (Hz, power) arrays."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm)))) ** 2
    return np.fft.rfftfreq(len(pcm), 1 / rate), spectrum


def power_near(spectrum, frequency, width=5.0):
    hz, power = spectrum
    return float(power[np.abs(hz - frequency) <= width].sum())


def loudest(path, frequencies):
    """The one of these that a recording carries, and how far the others are below it, in dB; its
    first second is left out."""
    pcm, rate = samples(path)
    spectrum = powers(pcm[rate:], rate)
    by_power = sorted(frequencies, key=lambda f: power_near(spectrum, f), reverse=True)
    own, next_one = (power_near(spectrum, f) for f in by_power[:2])
    return by_power[0], decibels(own / next_one)


def decibels(ratio):
    return float(10 * np.log10(max(ratio, 1e-12)))


def first_sound(path, block=0.005):
    """Seconds until a steady sound sets in: a block within 20 dB of the loudest."""
    pcm, rate = samples(path)
    size = round(block * rate)
    rms = np.sqrt(np.mean(pcm[: len(pcm) // size * size].reshape(-1, size) ** 2, axis=1))
    return float(np.argmax(rms > 0.1 * rms.max()) * block)


def longest_pause(path, skip=0.0):
    """As longest_quiet() of a call's steady tone, without first sound and last words; the far end
    may begin late, as when our 200 was lost. At least `skip` seconds are left out."""
    return longest_quiet(path, max(skip, first_sound(path) + EDGE), EDGE)


def longest_quiet(path, skip=0.0, tail=0.0, block=0.005):
    """Seconds of the longest of quiet_spans()."""
    return max((end - begin for begin, end in quiet_spans(path, skip, tail, block)), default=0.0)


def quiet_spans(path, skip=0.0, tail=0.0, block=0.005):
    """Pauses in a steady sound, [(begin, end)] in seconds: blocks 20 dB below the loudest, as the
    usual ones of a call that fell silent are silent. What is left out at the begin and at the end is
    given in seconds."""
    pcm, rate = samples(path)
    size = round(block * rate)
    pcm = pcm[round(skip * rate):len(pcm) - round(tail * rate)]
    assert len(pcm) >= size, f"{path}: nothing is left between {skip} s and {tail} s of the end"
    rms = np.sqrt(np.mean(pcm[: len(pcm) // size * size].reshape(-1, size) ** 2, axis=1))
    assert rms.max() > FAINT, f"{path}: nothing is heard"
    quiet = rms < 0.1 * rms.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int)))
    return [(float(skip + begin * block), float(skip + end * block))
            for begin, end in zip(edges[::2], edges[1::2])]


def pitch(path):
    """Hz of what is loudest in the middle half."""
    pcm, rate = samples(path)
    hz, power = powers(pcm[len(pcm) // 4: len(pcm) * 3 // 4], rate)
    return float(hz[np.argmax(power)])
