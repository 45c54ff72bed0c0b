"""Finds the lines of a machine-readable zone on a straightened document and cuts them into characters (pure).

Such a zone is set at a fixed pitch, so a line is found as a comb: the pitch and place at which the gaps between
characters carry least ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.document.mrz.glyphs import CELL, centred
from drivers.camera.document.mrz.layout import SHAPES
from drivers.camera.port import Pixels

PAGE_WIDTH: Final = 1400
WIDTHS: Final = tuple(sorted({shape.width for shape in SHAPES.values()}))
WIDE_MIN: Final = 0.62
"""A line of a zone reaches over more than this part of the document's width."""
LINES_MAX: Final = 8

_Ink = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: its ink (bright), left edge, pitch, and the top and bottom of its characters, in page pixels."""

    top: int
    bottom: int
    left: float
    pitch: float
    count: int


def ink_of(page: Pixels) -> _Ink:
    """How much darker than the paper around it each dot is, 0–1."""
    gray = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else page
    paper = cv2.medianBlur(cv2.dilate(gray, np.ones((15, 15), np.uint8)), 31)
    ink = (paper.astype(np.float32) - gray.astype(np.float32)) / np.maximum(paper.astype(np.float32), 30)
    strong = float(np.percentile(ink, 99.5))
    scaled = np.asarray(np.clip(ink / max(strong, 0.12), 0, 1), dtype=np.float32)
    # The document's own edge is dark and no print; no zone comes so near to it.
    edge = page.shape[1] // 64
    scaled[:edge], scaled[-edge:], scaled[:, :edge], scaled[:, -edge:] = 0, 0, 0, 0
    return scaled


def lines(ink: _Ink) -> tuple[Line, ...]:
    """The wide lines of print from top to bottom that are set at a fixed pitch."""
    width = ink.shape[1]
    solid = (ink > 0.45).astype(np.uint8)
    joined = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((1, width // 18), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((5, width // 6), np.uint8))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(joined)
    found: list[Line] = []
    for x, y, wide, high, _ in sorted(boxes[1:count].tolist(), key=lambda box: box[1]):
        if wide < WIDE_MIN * width or not width / 110 < high < width / 14:
            continue
        top, bottom = _rows(solid, x, y, wide, high)
        comb = _comb(ink[top:bottom], x, x + wide)
        if comb is not None:
            found.append(Line(top, bottom, *comb))
    return tuple(found[:LINES_MAX])


def cells(ink: _Ink, line: Line) -> list[_Ink]:
    """Each character of the line brought to the size and place the glyphs have."""
    middle_y = (line.top + line.bottom) / 2
    scale = CELL[0] / line.pitch
    cut: list[_Ink] = []
    for at in range(line.count):
        middle_x = line.left + (at + 0.5) * line.pitch
        view = np.array(
            [[scale, 0, CELL[0] / 2 - 0.5 - middle_x * scale], [0, scale, CELL[1] / 2 - 0.5 - middle_y * scale]],
            np.float32,
        )
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        cell = np.asarray(cv2.warpAffine(ink, view, CELL, flags=interpolation), dtype=np.float32)
        cut.append(centred(cell))
    return cut


def _rows(solid: npt.NDArray[np.uint8], x: int, y: int, wide: int, high: int) -> tuple[int, int]:
    """The rows that the characters fill: their tops and feet lie a little outside of the joined box."""
    top, bottom = max(0, y - high), min(solid.shape[0], y + 2 * high)
    rows = solid[top:bottom, x : x + wide].mean(axis=1)
    inked = np.flatnonzero(rows > 0.12 * rows.max())
    # Only the run of inked rows about the middle of the box: another line may begin just below.
    middle = y + high // 2 - top
    first = last = int(inked[np.abs(inked - middle).argmin()])
    while first - 1 in inked:
        first -= 1
    while last + 1 in inked:
        last += 1
    return top + first, top + last + 1


def _comb(band: _Ink, begin: int, end: int) -> tuple[float, float, int] | None:
    """Left edge, pitch and count of the comb whose teeth fall into the gaps best; None where there is none."""
    column = np.asarray(cv2.GaussianBlur(band.mean(axis=0)[None, :], (0, 0), 1.0), dtype=np.float32).ravel()
    # The edge of the document is dark too, and no character.
    near = band.shape[1] // 70
    begin = max(0, begin - near)
    inked = np.flatnonzero((band[:, begin : end + near] > 0.45).any(axis=0)) + begin
    if len(inked) < 10:
        return None
    first, last = float(inked[0]), float(inked[-1])
    best = (0.0, 0.0, 0.0, 0)
    for count in WIDTHS:
        # Gap, body, gap, body … gap.
        steps = np.arange(2 * count + 1) / 2
        weights = np.where(np.arange(2 * count + 1) % 2, 1 / count, -2 / (count + 1)).astype(np.float32)
        # The first and last character fill between a fifth and nine tenths of their pitch.
        for whole in np.arange(last - first + 1, (last - first) * (1 + 1.4 / count), 0.5):
            pitch = whole / count
            lefts = np.arange(last - whole, first + 0.5, max(1.0, pitch / 16))[:, None]
            places = np.rint(lefts + pitch * steps).astype(np.intp)
            scores = column.take(places, mode="clip") @ weights
            at = int(scores.argmax())
            if scores[at] > best[0]:
                best = (float(scores[at]), float(lefts[at, 0]), float(pitch), count)
    return best[1:] if best[0] > 0 else None
