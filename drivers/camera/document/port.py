"""What the application may ask of a camera over a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.camera.document.mrz.codec import TravelDocument
from drivers.camera.document.straighten import Shape
from drivers.camera.port import Pixels
from drivers.health import Health


class Reason(StrEnum):
    """Why a picture was not taken; each has a sentence for the resident that says what to do."""

    no_page = "no_page"
    two_pages = "two_pages"
    cut_off = "cut_off"
    hand = "hand"
    dark = "dark"
    glare = "glare"
    blurred = "blurred"
    blank = "blank"
    unclear = "unclear"
    """A sheet whose sides cannot be seen well enough to straighten it."""
    wrong_shape = "wrong_shape"
    too_small = "too_small"
    """A sheet with so few pixels that the stated resolution would be made up."""
    no_zone = "no_zone"
    """No machine-readable zone on the document."""
    bad_zone = "bad_zone"
    """A zone that contradicts itself: a check digit, a date or a number is wrong."""
    no_code = "no_code"


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One straightened page. Whoever keeps it keeps it sealed; nothing here writes it anywhere."""

    pixels: Pixels
    shape: Shape
    dpi: int


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """The table as it is now, made smaller for a screen; `corners` of the largest sheet, empty where none is seen."""

    pixels: Pixels
    corners: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PermitRead:
    """A travel document and how like the font its characters were (0–1, the mean and the least)."""

    document: TravelDocument
    likeness: float
    weakest: float


@dataclass(frozen=True, slots=True)
class CodesRead:
    """The texts of the QR codes on the table, from the top of the picture to its foot."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The camera is well, the picture is not: why, and the health that carries the sentences.

    `detail` names the field of a zone that is wrong, never what it says.
    """

    reason: Reason
    health: Health
    detail: str = ""


class DocumentCamera(Protocol):
    """A camera over a table; a call that fails for the camera's own sake answers with the health to show."""

    def open(self) -> None:
        """Takes the device; a camera that cannot be reached says so in its health, not by raising."""

    def glimpse(self, timeout_s: float) -> Glimpse | Health:
        """The table for whoever lays something down; nothing is judged yet."""

    def page(self, shape: Shape, timeout_s: float) -> Page | Refused | Health:
        """The sheet on the table, straightened."""

    def permit(self, timeout_s: float) -> PermitRead | Refused | Health:
        """The machine-readable zone of the document on the table."""

    def codes(self, timeout_s: float) -> CodesRead | Refused | Health:
        """The QR codes on the table."""

    def health(self) -> Health:
        """How it fares, from what was last seen of it."""

    def close(self) -> None:
        """Lets the device go; closing twice is allowed."""
