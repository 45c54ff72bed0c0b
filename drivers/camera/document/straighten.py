"""From a sheet in perspective to a flat page of stated size (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.document.quad import Corners
from drivers.camera.port import Pixels

MM_PER_INCH: Final = 25.4


class Shape(StrEnum):
    """What the resident was asked to lay down."""

    a4 = "a4"
    """ISO 216 A4."""
    card = "card"
    """ISO 7810 ID-1: identity and bank cards, 回乡证 and 台胞证."""
    small_page = "small_page"
    """ISO 7810 ID-2 or ID-3: older cards, the data page of a passport."""


@dataclass(frozen=True, slots=True)
class Format:
    """The long and short side in millimetres, and the resolution of the straightened page in dots per inch."""

    long_mm: float
    short_mm: float
    dpi: int

    @property
    def ratio(self) -> float:
        """Long side by short side."""
        return self.long_mm / self.short_mm

    def dots(self, *, lying: bool) -> tuple[int, int]:
        """Width and height in pixels."""
        long, short = (round(mm / MM_PER_INCH * self.dpi) for mm in (self.long_mm, self.short_mm))
        return (long, short) if lying else (short, long)


FORMATS: Final = MappingProxyType(
    {
        Shape.a4: Format(297.0, 210.0, 150),
        Shape.card: Format(85.6, 53.98, 300),
        Shape.small_page: Format(125.0, 88.0, 300),
    }
)
RATIO_OFF_MAX: Final = 1.22
"""How much the sides may differ from the asked ratio; a lean of the camera alone makes up to a tenth."""

FINE_MIN: Final = 0.5
"""A sheet is not enlarged by more than the inverse of this: what the camera did not see cannot be straightened."""


def ratio(corners: Corners) -> float:
    """Long side by short side, as it looks."""
    across, down = _sides(corners)
    return max(across, down) / max(1.0, min(across, down))


def fits(corners: Corners, shape: Shape) -> bool:
    """Whether the sheet can be of this shape."""
    off = ratio(corners) / FORMATS[shape].ratio
    return 1 / RATIO_OFF_MAX <= off <= RATIO_OFF_MAX


def fine_enough(corners: Corners, shape: Shape) -> bool:
    """Whether the camera saw enough pixels for the stated resolution."""
    return max(_sides(corners)) >= FINE_MIN * FORMATS[shape].dots(lying=True)[0]


def card_or_page(corners: Corners) -> Shape:
    """Which of the two sizes of travel documents the sheet is nearer to."""
    between = (FORMATS[Shape.card].ratio + FORMATS[Shape.small_page].ratio) / 2
    return Shape.card if ratio(corners) > between else Shape.small_page


def straightened(picture: Pixels, corners: Corners, shape: Shape) -> Pixels:
    """The sheet flat, upright or lying as it lies in the picture, at the resolution of its format."""
    across, down = _sides(corners)
    width, height = FORMATS[shape].dots(lying=across > down)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    view = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    interpolation = cv2.INTER_AREA if across > width * 1.5 else cv2.INTER_CUBIC
    flat = cv2.warpPerspective(picture, view, (width, height), flags=interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, dtype=np.uint8)


def _sides(corners: Corners) -> tuple[float, float]:
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2
