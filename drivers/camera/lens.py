"""Whether anything can be seen through the lens, and whether what is seen moves."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from drivers.camera.port import Pixels

COVERED_MEAN: Final = 14.0
COVERED_SPREAD: Final = 9.0
FROZEN_AFTER: Final = 4
"""So many repetitions of one picture are no chance: a sensor's noise makes every picture another one."""


def covered(pixels: Pixels) -> bool:
    """Whether a lens cap or a hand is before the lens: nearly black and nearly even."""
    return bool(pixels.mean() < COVERED_MEAN and pixels.std() < COVERED_SPREAD)


class Doubt:
    """A camera that is stuck shows one picture for ever, perhaps of the resident before: a picture counts only when it
    differs from the one before it. Remembered of each is its digest alone."""

    def __init__(self) -> None:
        self._last = b""
        self._repeated = 0

    def moved(self, picture: bytes) -> bool:
        """Whether this picture may be shown: another one has been seen just before it."""
        digest = blake2b(picture, digest_size=16).digest()
        before, self._last = self._last, digest
        self._repeated = self._repeated + 1 if digest == before else 0
        return before not in (b"", digest)

    @property
    def frozen(self) -> bool:
        """Whether the same picture came too often."""
        return self._repeated >= FROZEN_AFTER
