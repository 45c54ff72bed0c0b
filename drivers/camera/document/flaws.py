"""What is wrong with the picture of a sheet, measured (pure): darkness, glare, a hand, blur."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.document.quad import Corners
from drivers.camera.port import Pixels

DARK_BELOW: Final = 80.0
"""Bare paper darker than this (of 255) is too dark to read; usual light gives 200 and more."""
FRAME_DARK_BELOW: Final = 30.0
WHITE_FROM: Final = 250
GLARE_PART: Final = 0.004
"""A mirrored lamp covers more than this part of the sheet."""
HAND_PART: Final = 0.006
HAND_ALONE_PART: Final = (0.02, 0.4)
SHARP_MIN: Final = 0.2
"""Steepest step of the ink's edges, as a part of the difference between ink and paper, per pixel of the camera."""
INK_CONTRAST: Final = 45.0
TILE: Final = 96
TILES_ENOUGH: Final = 12
"""Where fewer tiles than this hold ink, tiles are laid twice as closely, so that a single line of print counts too."""
SMALL_WIDTH: Final = 864


def frame_dark(picture: Pixels) -> bool:
    """Whether there is too little light to see a sheet at all."""
    return bool(np.percentile(picture[::8, ::8].max(axis=2), 95) < FRAME_DARK_BELOW)


def too_dark(picture: Pixels, corners: Corners) -> bool:
    """Whether the sheet's bare paper is too dark."""
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    light = gray[_mask(gray.shape, corners) > 0]
    return bool(np.percentile(light, 75) < DARK_BELOW)


def glare(picture: Pixels, corners: Corners) -> bool:
    """Whether a lamp is mirrored: a white patch without ink that is much brighter than the sheet."""
    small, near = _small(picture, corners)
    darkest = small.min(axis=2)
    mask = _mask(darkest.shape, near)
    white = (darkest >= WHITE_FROM) & (mask > 0)
    # Single white dots are sensor noise.
    solid = cv2.morphologyEx(white.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return bool(solid.sum() > GLARE_PART * (mask > 0).sum())


def hand(picture: Pixels, corners: Corners) -> bool:
    """Whether something skin-coloured reaches over the sheet's edge; a photograph within the sheet does not."""
    small, near = _small(picture, corners)
    skin = _skin(small)
    mask = _mask(skin.shape, near)
    # What was taken for a sheet may be the hand itself.
    if skin[mask > 0].mean() > 0.5:
        return True
    deep = cv2.erode(mask, np.ones((13, 13), np.uint8))
    count, patches = cv2.connectedComponents(skin)
    total = max(1, int((mask > 0).sum()))
    for patch in range(1, count):
        here = patches == patch
        over, beside = int((here & (deep > 0)).sum()), int((here & (mask == 0)).sum())
        if over > HAND_PART * total and beside > HAND_PART * total / 4:
            return True
    return False


def hand_alone(picture: Pixels) -> bool:
    """Whether a skin-coloured patch reaches in from the picture's border, where no sheet was found."""
    scale = min(1.0, SMALL_WIDTH / picture.shape[1])
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    skin = _skin(small)
    count, patches = cv2.connectedComponents(skin)
    borders = [set(np.unique(side)) for side in (patches[0], patches[-1], patches[:, 0], patches[:, -1])]
    # An arm comes from one side; a wooden table, which has the colour of skin too, shows on several.
    arms = [patch for patch in range(1, count) if sum(patch in border for border in borders) == 1]
    return any(HAND_ALONE_PART[0] < float((patches == patch).mean()) < HAND_ALONE_PART[1] for patch in arms)


def _skin(small: Pixels) -> npt.NDArray[np.uint8]:
    colours = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2YCrCb)
    lightness, red, blue = (colours[:, :, at].astype(np.int16) for at in range(3))
    skin = ((lightness > 40) & (red > 140) & (red < 180) & (blue > 80) & (blue < 125)).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), dtype=np.uint8)


def sharpness(picture: Pixels, corners: Corners) -> float | None:
    """The steepest step of the sharpest inked tiles, per pixel, 0–1; None where there is hardly any ink."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    mask = cv2.erode(_mask(gray.shape, corners), np.ones((21, 21), np.uint8))
    left, top, width, height = cv2.boundingRect(corners.astype(np.float32))
    smooth = cv2.GaussianBlur(gray, (3, 3), 0).astype(np.float32)
    rows = max(0, top), min(gray.shape[0], top + height) - TILE + 1
    columns = max(0, left), min(gray.shape[1], left + width) - TILE + 1
    found: list[float] = []
    for apart in (TILE, TILE // 2):
        tiles = ((slice(y, y + TILE), slice(x, x + TILE)) for y in range(*rows, apart) for x in range(*columns, apart))
        steepest = (_steepest(smooth[at]) for at in tiles if mask[at].all())
        found = [step for step in steepest if step is not None]
        if len(found) >= TILES_ENOUGH:
            break
    return float(np.percentile(found, 60)) if len(found) >= 2 else None


def _steepest(tile: npt.NDArray[np.float32]) -> float | None:
    """The steepest step from one dot to the next, as a part of the tile's contrast; None where there is no ink."""
    if tile.max() - tile.min() < INK_CONTRAST:
        return None
    low, high = np.percentile(tile, (2, 98))
    if high - low < INK_CONTRAST:
        return None
    steps = np.maximum(np.abs(np.diff(tile, axis=0))[:, 1:], np.abs(np.diff(tile, axis=1))[1:])
    return float(np.percentile(steps, 99.5) / (high - low))


def _small(picture: Pixels, corners: Corners) -> tuple[Pixels, Corners]:
    scale = min(1.0, SMALL_WIDTH / picture.shape[1])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), corners * scale


def _mask(size: tuple[int, ...], corners: Corners) -> npt.NDArray[np.uint8]:
    mask = np.zeros(size[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 255)
    return mask
