"""What the terminal wants of loudspeaker and microphone: that a sound goes out, measured, and a short note comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from drivers.health import Health

NOTE_RATE_HZ: Final = 16_000
NOTE_S_MAX: Final = 60.0
SOUND_S_MAX: Final = 120.0
SILENCE_DBFS: Final = -120.0
"""What is written for no sound at all; 16 bits end at -96."""


@dataclass(frozen=True)
class Sound:
    """One channel of signed 16-bit samples, little-endian."""

    samples: bytes = field(repr=False)
    rate_hz: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / 2 / self.rate_hz


@dataclass(frozen=True)
class Level:
    """How loud samples are, in decibels below the loudest that 16 bits can say."""

    rms_dbfs: float
    peak_dbfs: float


@dataclass(frozen=True)
class SoundedOut:
    """The device took and played every sample; `heard` whether the microphone heard it (None: it was not listened for).

    Without `heard` nothing is known of what lies behind the device: a loudspeaker unplugged from its amplifier takes
    samples like any other.
    """

    level: Level
    heard: bool | None


@dataclass(frozen=True)
class NotSounded:
    """The sound did not go out, or not all of it."""

    health: Health


PlayResult = SoundedOut | NotSounded


@dataclass(frozen=True)
class Note:
    """A voice note: a WAV file of one channel, 16 bits, 16 kHz."""

    wav: bytes = field(repr=False)
    seconds: float
    level: Level


Hears = Callable[[bytes, float], bool]
"""Is told the newest samples and how many seconds there are; false: that is enough, what there is becomes the note."""


def hears_all(samples: bytes, seconds: float) -> bool:
    """Listens to the end."""
    del samples, seconds
    return True


class Audio(Protocol):
    """Loudspeaker and microphone. Every call ends within its deadline; a call out of order raises WrongState."""

    def open(self) -> None:
        """Take the device; raises LinkRefused where it cannot be used at all."""

    def play(self, sound: Sound) -> PlayResult:
        """Play to the end, and say whether it went out."""

    def record(self, seconds: float, hears: Hears = hears_all) -> Note | Health:
        """Record so long, at most NOTE_S_MAX, or until `hears` has enough; the health where nothing came in."""

    def stop(self) -> None:
        """From any thread: end what is being played or recorded now; harmless when nothing is."""

    def health(self) -> Health:
        """Ask the loudspeaker's device now, without a sound."""

    def close(self) -> None:
        """Give the device back; harmless when repeated."""
