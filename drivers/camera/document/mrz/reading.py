"""From a straightened document to the lines of its machine-readable zone (pure): each character by its likeness."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.document.mrz.glyphs import CELL, Glyphs, glyphs, unit
from drivers.camera.document.mrz.layout import SHAPES, Layout, alphabets, layout_of
from drivers.camera.document.mrz.strip import PAGE_WIDTH, Line, cells, ink_of, lines
from drivers.camera.port import Pixels

LIKENESS_MIN: Final = 0.62
"""Below this correlation a cell holds no character of the zone."""
_SHIFTS: Final = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))

_Ink = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Zone:
    """The lines as read, and the mean and least likeness of their characters to the font (0–1)."""

    lines: tuple[str, ...]
    likeness: float
    weakest: float


def zone_of(page: Pixels) -> Zone | None:
    """The zone of a straightened document, whichever way up it lies; None where there is none."""
    scale = PAGE_WIDTH / max(page.shape[:2])
    size = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    lying = page if page.shape[1] >= page.shape[0] else np.asarray(cv2.rotate(page, cv2.ROTATE_90_CLOCKWISE), np.uint8)
    sized = np.asarray(cv2.resize(lying, None, fx=scale, fy=scale, interpolation=size), dtype=np.uint8)
    ink = ink_of(sized)
    read = [_upright(turned) for turned in (ink, np.ascontiguousarray(ink[::-1, ::-1]))]
    return max((zone for zone in read if zone is not None), key=lambda zone: zone.likeness, default=None)


def _upright(ink: _Ink) -> Zone | None:
    found = lines(ink)
    best: Zone | None = None
    for layout, shape in SHAPES.items():
        fitting = [line for line in found if line.count == shape.width]
        if len(fitting) < shape.lines or layout_of(shape.lines, shape.width) is not layout:
            continue
        # The zone is the lowest print of its document; the one-line zone may have other print below.
        chosen = fitting[-shape.lines :]
        zone = _read(ink, chosen, layout)
        if zone.likeness >= LIKENESS_MIN and (best is None or len(zone.lines) > len(best.lines)):
            best = zone
    return best


def _read(ink: _Ink, chosen: list[Line], layout: Layout) -> Zone:
    said: list[str] = []
    likenesses: list[float] = []
    for line, allowed in zip(chosen, alphabets(layout), strict=True):
        row = ""
        for cell, alphabet in zip(cells(ink, line), allowed, strict=True):
            character, likeness = _character(cell, alphabet)
            row += character
            likenesses.append(likeness)
        said.append(row)
    return Zone(tuple(said), float(np.mean(likenesses)), min(likenesses))


def _character(cell: _Ink, alphabet: str) -> tuple[str, float]:
    """The likest of the characters that may stand there, and how like it is."""
    known = glyphs_of(alphabet)
    room = np.pad(cell, 1)
    width, height = CELL
    moved = np.stack([room[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width] for dx, dy in _SHIFTS])
    products = (known.vectors @ unit(moved).T).max(axis=1)
    at = int(products.argmax())
    return known.characters[at], float(products[at])


@cache
def glyphs_of(alphabet: str) -> Glyphs:
    """The glyphs of the characters of this alphabet."""
    every = glyphs()
    allowed = [at for at, character in enumerate(every.characters) if character in alphabet]
    return Glyphs(every.vectors[allowed], tuple(every.characters[at] for at in allowed))
