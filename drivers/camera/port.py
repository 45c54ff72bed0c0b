"""What the application may ask of a camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from drivers.health import Health

Pixels = npt.NDArray[np.uint8]
"""Height × width × 3, blue-green-red, 0–255."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture and when it was taken (seconds of the monotonic clock)."""

    pixels: Pixels
    at: float


class Camera(Protocol):
    """A source of frames; a grab that fails answers with the health to show."""

    def open(self) -> None:
        """Takes the device; a camera that cannot be reached says so in its health, not by raising."""

    def grab(self, timeout_s: float) -> Frame | Health:
        """The newest frame not handed out before, or why there is none within the time."""

    def health(self) -> Health:
        """How it fares, from what was last seen of it."""

    def close(self) -> None:
        """Lets the device go; closing twice is allowed."""
