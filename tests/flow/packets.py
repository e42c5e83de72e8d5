# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stand-in's log of the RTP packets that it sent."""

from dataclasses import dataclass

import numpy as np

CLOCKS = {"opus": 48000, "pcmu": 8000}  # of the RTP timestamps, Hz


@dataclass
class Packets:
    """What the far end sent: arrays, one entry a packet; times in us."""

    sent: np.ndarray
    due: np.ndarray  # when it would have been sent by a sender as even as its RTP timestamps

    @classmethod
    def read(cls, path, codec):
        columns = np.loadtxt(path, dtype=np.int64, usecols=(0, 2), ndmin=2)
        sent, stamps = columns[:, 0], columns[:, 1]
        media = (stamps - stamps[0]) * 1_000_000 // CLOCKS[codec]
        return cls(sent, media + (sent - media).min())

    @property
    def unevenness(self):
        """The most that a packet was late: a far end that did not get its share of the machine."""
        return int((self.sent - self.due).max())

    def all_there(self, begin, block, deadline):
        """Had every packet that a block at `begin` can be made of left by the deadline?"""
        wanted = (self.due > begin - 2 * block) & (self.due < begin + 2 * block)
        return wanted.sum() >= 3 and bool((self.sent[wanted] < deadline).all())
