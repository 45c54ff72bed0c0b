"""A device that makes no sound: it measures what it is given and hands a given signal to whoever records.

For terminals without a loudspeaker and for trials. It says of itself that nothing can be heard.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from drivers.audio.diagnosis import AUDIO, NULL
from drivers.audio.meter import MIC_SILENT_DBFS, level_of
from drivers.audio.port import (
    NOTE_RATE_HZ,
    NOTE_S_MAX,
    SILENCE_DBFS,
    Hears,
    Level,
    Note,
    PlayResult,
    Sound,
    SoundedOut,
    hears_all,
)
from drivers.audio.wav import wav_of
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.link import LinkRefused
from drivers.trouble import WrongState

LINK: Final = "null://"


class NullAudio:
    """An Audio behind `null://`. `meter` is the level of what was played last."""

    def __init__(self, link_url: str, *, now: Callable[[], datetime] = utc_now, signal: bytes = b"") -> None:
        """`signal`: samples of 16 kHz that the microphone hears again and again; nothing where it is empty."""
        if link_url != LINK:
            raise LinkRefused("link.unreadable", f"看不懂设备链接“{link_url}”。", "空设备请写成 null://。")
        self._signal = signal[: len(signal) // 2 * 2]
        self._chart = Chart(AUDIO, now, NULL)
        self._opened = False
        self.meter = Level(SILENCE_DBFS, SILENCE_DBFS)

    def open(self) -> None:
        """See Audio.open."""
        if self._opened:
            raise WrongState("open", "open")
        self._opened = True

    def play(self, sound: Sound) -> PlayResult:
        """See Audio.play: taken and measured, never heard."""
        self._must_be_open("play")
        self.meter = level_of(sound.samples)
        return SoundedOut(self.meter, None)

    def record(self, seconds: float, hears: Hears = hears_all) -> Note | Health:
        """See Audio.record; without a clock of its own it is over at once."""
        self._must_be_open("record")
        wanted = round(min(max(seconds, 0.0), NOTE_S_MAX) * NOTE_RATE_HZ) * 2
        level = level_of(self._signal)
        if level.peak_dbfs < MIC_SILENT_DBFS:
            return self._chart.health
        samples = (self._signal * (wanted // len(self._signal) + 1))[:wanted]
        hears(samples, wanted / 2 / NOTE_RATE_HZ)
        return Note(wav_of(Sound(samples, NOTE_RATE_HZ)), wanted / 2 / NOTE_RATE_HZ, level_of(samples))

    def stop(self) -> None:
        """See Audio.stop: nothing ever lasts here."""

    def health(self) -> Health:
        """See Audio.health."""
        self._must_be_open("health")
        return self._chart.health

    def close(self) -> None:
        """See Audio.close."""
        self._opened = False

    def _must_be_open(self, call: str) -> None:
        if not self._opened:
            raise WrongState(call, "closed")
