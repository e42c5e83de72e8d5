# SPDX-License-Identifier: LGPL-2.1-or-later
"""Judges whether PCM carries a given sequence of tones. No files, no command line: see tones.py.

Frequencies are in Hz, times in seconds, samples are floats in -1..1. A *slot* is the half second
that belongs to one tone; a *window* is the 0.2 s piece of sound that one spectrum is made of.
"""

from dataclasses import dataclass, field

import numpy as np

SLOT = 0.5  # length of one tone
WINDOW = 0.2
HOP = 0.02
PAD = 4  # zero padding: spectrum bins every 1.25 Hz, so that "within 5 Hz" is not a rounding matter
PURITY_WINDOW = 0.4

FREQUENCY_TOLERANCE = 0.002  # 0.2 %
TONE_HALF_WIDTH = 5.0  # power within this distance of the tone counts as the tone's
POWER_IN_TONE = 0.6  # a window is "on tone" from this share of its power
WINDOWS_ON_TONE = 0.7  # share of the loud windows that must be on tone
LOUD_BELOW_LEVEL = 0.1  # loud: at most 20 dB below the usual level ...
LOUD_FLOOR = 0.003  # ... and at least -50 dBFS
PURITY_DISTANCE = 60.0


@dataclass
class Rules:
    """What the caller may ask beyond the fixed rules above."""

    once: bool = False  # the sequence is played once, not in a loop
    min_tones: int = 8  # complete slots that must be read back
    max_quiet: float = 0.05  # share of 20 ms blocks between first and last sound that may be quiet
    purity_db: float | None = None  # other frequencies must be this far below the tone
    skip: float = 0.0  # left out at the start
    take: float | None = None  # judged after that; None: all


@dataclass
class Spectra:
    """Power spectra of all windows of a recording."""

    times: np.ndarray  # centre of each window
    power: np.ndarray  # [window, bin]
    rms: np.ndarray
    bin_hz: float

    @property
    def loud(self):
        level = np.percentile(self.rms, 90) if self.rms.size else 0.0
        return self.rms >= max(LOUD_BELOW_LEVEL * level, LOUD_FLOOR)


@dataclass
class Verdict:
    ok: bool = False
    reasons: list = field(default_factory=list)
    read: list = field(default_factory=list)  # the sequence as it was read back
    first_tone: int = 0  # index in the expected sequence of the first tone read
    offset: float = 0.0  # where tone 0 starts in the recording
    seconds: float = 0.0
    loud_windows: int = 0
    on_tone: float = 0.0  # share of the loud windows
    worst_error: float = 0.0  # largest relative frequency error of a tone read
    quiet: float = 0.0  # share of quiet blocks between the first and the last sound
    level_dbfs: float = -120.0
    purity_db: float | None = None  # distance of the strongest foreign frequency, worst slot


def spectra(pcm, rate):
    size, hop = round(WINDOW * rate), round(HOP * rate)
    count = max(0, (len(pcm) - size) // hop + 1)
    if count == 0:
        return Spectra(np.zeros(0), np.zeros((0, 1)), np.zeros(0), 1.0)
    frames = np.lib.stride_tricks.sliding_window_view(pcm, size)[::hop][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), PAD * size)) ** 2
    rms = np.sqrt(np.mean(frames**2, axis=1))
    times = (np.arange(count) * hop + size / 2) / rate
    return Spectra(times, power, rms, rate / (PAD * size))


def power_share(spec, frequency):
    """Share of each window's power that lies within TONE_HALF_WIDTH of `frequency`."""
    low = int(np.ceil((frequency - TONE_HALF_WIDTH) / spec.bin_hz))
    high = int(np.floor((frequency + TONE_HALF_WIDTH) / spec.bin_hz))
    return spec.power[:, low : high + 1].sum(axis=1) / np.maximum(spec.power.sum(axis=1), 1e-30)


def peak_frequency(power, bin_hz):
    """Strongest frequency of one spectrum; parabola through the logarithms of the top three bins."""
    top = int(np.clip(np.argmax(power), 1, len(power) - 2))
    left, middle, right = np.log(power[top - 1 : top + 2] + 1e-30)
    bend = left - 2 * middle + right
    return (top + (0.5 * (left - right) / bend if bend else 0.0)) * bin_hz


def slot_indices(times, offset, count, once):
    """Which tone is played at each time, -1 for none."""
    index = np.floor((times - offset) / SLOT).astype(int)
    if once:
        return np.where((index >= 0) & (index < count), index, -1)
    return index % count


def align(spec, shares, once):
    """Offset of tone 0 that puts most of the loud windows' power on the expected tones."""
    loud = spec.loud
    count = shares.shape[1]
    period = count * SLOT
    start, end = (-period, spec.times[-1]) if once else (0.0, period)
    with_none = np.hstack([shares, np.zeros((len(shares), 1))])  # column -1: no tone

    def score(offset):
        index = slot_indices(spec.times[loud], offset, count, once)
        return with_none[loud, index].sum()

    # A coarse grid finds the slot, a fine one the edge: several offsets score almost the same,
    # and the middle of the best ones is the truest.
    coarse = max(np.arange(start, end, 0.05), key=score)
    fine = np.arange(coarse - 0.06, coarse + 0.06, 0.005)
    scores = np.array([score(offset) for offset in fine])
    return float(np.mean(fine[scores >= scores.max() - 1e-9]))


def read_slots(spec, offset, count, once):
    """(slot number, frequency) of each slot with loud windows completely inside it."""
    loud = np.flatnonzero(spec.loud)
    inside = {}
    for window in loud:
        slot = int(np.floor((spec.times[window] - offset) / SLOT))
        from_start = spec.times[window] - offset - slot * SLOT
        if WINDOW / 2 <= from_start <= SLOT - WINDOW / 2 and (not once or 0 <= slot < count):
            inside.setdefault(slot, []).append(peak_frequency(spec.power[window], spec.bin_hz))
    first, last = spec.times[loud[0]] - WINDOW / 2, spec.times[loud[-1]] + WINDOW / 2
    complete = lambda s: offset + s * SLOT >= first - HOP and offset + (s + 1) * SLOT <= last + HOP
    return [(s, float(np.median(found))) for s, found in sorted(inside.items()) if complete(s)]


def quiet_share(pcm, rate):
    """Share of quiet 20 ms blocks between the first and the last loud one."""
    block = round(HOP * rate)
    rms = np.sqrt(np.mean(pcm[: len(pcm) // block * block].reshape(-1, block) ** 2, axis=1))
    loud = np.flatnonzero(rms >= max(LOUD_BELOW_LEVEL * np.percentile(rms, 90), LOUD_FLOOR))
    if loud.size == 0:
        return 1.0
    return 1.0 - loud.size / (loud[-1] - loud[0] + 1)


def slot_purity(pcm, rate, start, frequency):
    """dB between the tone and the strongest frequency not near it or its harmonics, in one slot."""
    size = round(PURITY_WINDOW * rate)
    begin = max(0, round((start + (SLOT - PURITY_WINDOW) / 2) * rate))
    piece = pcm[begin : begin + size]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    hz = np.fft.rfftfreq(len(piece), 1 / rate)
    harmonic = np.maximum(1, np.round(hz / frequency)) * frequency
    foreign = np.abs(hz - harmonic) > PURITY_DISTANCE
    return 10 * np.log10(power[~foreign].max() / max(power[foreign].max(), 1e-30))


def check_slots(verdict, slots, expected, rules):
    """The sequence read back must be the expected one, in order, without a slot left out."""
    count = len(expected)
    verdict.read = [round(frequency, 2) for _, frequency in slots]
    verdict.first_tone = slots[0][0] % count if slots else 0
    if len(slots) < rules.min_tones:
        verdict.reasons.append(f"{len(slots)} complete tones, {rules.min_tones} asked for")
    numbers = [number for number, _ in slots]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        verdict.reasons.append("tones missing in the middle")
    errors = [abs(f - expected[n % count]) / expected[n % count] for n, f in slots]
    verdict.worst_error = float(max(errors, default=0.0))
    wrong = sum(error > FREQUENCY_TOLERANCE for error in errors)
    if wrong:
        verdict.reasons.append(f"{wrong} of {len(slots)} tones more than 0.2 % off")


def judge(pcm, rate, expected, rules):
    """Compares a recording with the sequence `expected` and says what was found."""
    pcm = np.asarray(pcm, dtype=float)[round(rules.skip * rate) :]
    if rules.take is not None:
        pcm = pcm[: round(rules.take * rate)]
    verdict = Verdict(seconds=len(pcm) / rate)
    spec = spectra(pcm, rate)
    loud = spec.loud
    verdict.loud_windows = int(loud.sum())
    if verdict.loud_windows == 0:
        verdict.reasons.append("no sound")
        return verdict
    verdict.level_dbfs = float(20 * np.log10(np.median(spec.rms[loud])))
    shares = np.stack([power_share(spec, frequency) for frequency in expected], axis=1)
    verdict.offset = align(spec, shares, rules.once)
    check_windows(verdict, spec, shares, rules)
    slots = read_slots(spec, verdict.offset, len(expected), rules.once)
    check_slots(verdict, slots, expected, rules)
    check_quiet(verdict, quiet_share(pcm, rate), rules)
    if rules.purity_db is not None:
        check_purity(verdict, pcm, rate, slots, expected, rules)
    verdict.ok = not verdict.reasons
    return verdict


def check_windows(verdict, spec, shares, rules):
    index = slot_indices(spec.times, verdict.offset, shares.shape[1], rules.once)
    share = np.where(index >= 0, shares[np.arange(len(index)), index], 0.0)
    verdict.on_tone = float(np.mean(share[spec.loud] >= POWER_IN_TONE))
    if verdict.on_tone < WINDOWS_ON_TONE:
        verdict.reasons.append(f"{verdict.on_tone:.0%} of the loud windows are on tone")


def check_quiet(verdict, quiet, rules):
    verdict.quiet = float(quiet)
    if quiet > rules.max_quiet:
        verdict.reasons.append(f"{quiet:.1%} of the sound is quiet, {rules.max_quiet:.1%} allowed")


def check_purity(verdict, pcm, rate, slots, expected, rules):
    distances = [
        slot_purity(pcm, rate, verdict.offset + n * SLOT, expected[n % len(expected)])
        for n, _ in slots
    ]
    verdict.purity_db = float(min(distances, default=0.0))
    if verdict.purity_db < rules.purity_db:
        verdict.reasons.append(f"a foreign frequency only {verdict.purity_db:.1f} dB down")
