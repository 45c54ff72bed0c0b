"""Sounds of the tests' own making."""

from __future__ import annotations

import numpy as np

from drivers.audio.port import NOTE_RATE_HZ, Sound


def chime(seconds: float = 0.3, amplitude: float = 0.5, rate_hz: int = NOTE_RATE_HZ) -> Sound:
    """A tone that rises: nothing in a room is like it by chance."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = amplitude * np.sin(2 * np.pi * (600 * at + 900 * at**2))
    return Sound(np.asarray(wave * 32767, dtype="<i2").tobytes(), rate_hz)


def noise(seconds: float, seed: int = 1, amplitude: float = 0.2, rate_hz: int = NOTE_RATE_HZ) -> Sound:
    """What a room sounds like."""
    values = np.random.default_rng(seed).normal(0, amplitude, round(seconds * rate_hz))
    return Sound(np.asarray(np.clip(values, -1, 1) * 32767, dtype="<i2").tobytes(), rate_hz)
