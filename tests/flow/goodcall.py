# SPDX-License-Identifier: LGPL-2.1-or-later
"""The next call after a failure: rings, is answered, and its tone is in the file."""

import sound
from standin import tones

FREQUENCY, SECONDS = 1000, 2


def check(test, standin, player, name):
    """The player's pipeline `name` records one call to NAME.wav; it must carry our tone."""
    test.assertTrue(standin.registered(), player.drain())
    call = standin.call(hangup_after_ms=SECONDS * 1000, media=tones(FREQUENCY, ms=60000))
    found = standin.wait_call(call, "ended", SECONDS + 15)
    test.assertIn("200", [event["name"] for event in found["events"]], player.drain())
    player.wait(f"eos {name}")
    player.stop(name)
    check_tone(test, standin.path(f"{name}.wav"))


def check_tone(test, path, frequency=FREQUENCY, seconds=1.0):
    """The last second or so of the recording is this tone and nothing else."""
    pcm, rate = sound.samples(path)
    test.assertGreater(len(pcm), seconds * rate, f"{path} is short")
    spectrum = sound.powers(pcm[-round(seconds * rate):][: -rate // 10], rate)
    near = sound.power_near(spectrum, frequency)
    test.assertGreater(near, 0.9 * spectrum[1].sum(), f"no clean tone in {path}")
    test.assertGreater(abs(pcm).max(), 0.05, f"{path} is faint")
