"""How loud samples are, and whether one sound is in another: what "went out" is measured by."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from drivers.audio.port import SILENCE_DBFS, Level, Sound

FULL_SCALE: Final = 32768.0
MIC_SILENT_DBFS: Final = -80.0
"""A microphone that is there always rustles; below this peak it is cut off or muted."""
ALIKE_LEAST: Final = 0.2
"""Noise as long as a chime is alike by about 0.04; a room's echo costs a chime more than half of its 1.0."""


def level_of(samples: bytes) -> Level:
    """Root mean square and peak of 16-bit samples; an odd last byte is no sample."""
    values = _values(samples)
    if not len(values):
        return Level(SILENCE_DBFS, SILENCE_DBFS)
    return Level(_dbfs(math.sqrt(float(np.mean(values**2)))), _dbfs(float(np.max(np.abs(values)))))


def alikeness(recording: Sound, sound: Sound) -> float:
    """How much of a recording, where they fit best, is the sound: 0 nothing, 1 all. Both have the same rate."""
    heard, played = _values(recording.samples), _values(sound.samples)
    if len(heard) < len(played) or not len(played):
        return 0.0
    size = 1 << (len(heard) + len(played)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    places = len(heard) - len(played) + 1
    energy = np.concatenate(([0.0], np.cumsum(heard**2)))
    windows = np.sqrt(np.maximum(energy[len(played) :] - energy[:places], 0.0))
    scale = windows * math.sqrt(float(np.sum(played**2)))
    # Windows of hardly any sound would make a likeness out of rounding errors.
    worth = scale > 1e-6 * len(played)
    if not np.any(worth):
        return 0.0
    return float(min(1.0, np.max(np.abs(both[:places][worth]) / scale[worth])))


def _values(samples: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.frombuffer(samples[: len(samples) // 2 * 2], "<i2").astype(np.float64) / FULL_SCALE


def _dbfs(value: float) -> float:
    return max(SILENCE_DBFS, 20 * math.log10(value)) if value > 0 else SILENCE_DBFS
