"""What each character of OCR-B looks like, as vectors to compare with; rendered from the font, not learnt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from drivers.camera.cv import cv2
from drivers.camera.document.fonts import OCR_B, font
from drivers.camera.document.mrz.layout import ALPHABET

CELL: Final = (24, 36)
"""Width and height to which each character's cell is brought: one pitch by one and a half."""
_FINE: Final = 4
_BLURS: Final = (0.8, 1.6, 2.4)
_WEIGHTS: Final = (0, 1)
"""How many fine dots the strokes are thickened by: ink spreads."""

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Unit vectors, several a character, and which character each is."""

    vectors: Vectors
    characters: tuple[str, ...]


@cache
def glyphs() -> Glyphs:
    """Every character in three blurs and two weights. Raises DeviceTrouble where the font is not installed."""
    vectors: list[npt.NDArray[np.float32]] = []
    characters: list[str] = []
    width, height = CELL[0] * _FINE, CELL[1] * _FINE
    # At this size the typeface's capitals are as high as the zone's pitch of 2.54 mm asks.
    letters = font(OCR_B, round(width * 4 / 2.54))
    for character in ALPHABET:
        cell = Image.new("L", (width, height), 0)
        ImageDraw.Draw(cell).text((width / 2, height / 2), character, font=letters, fill=255, anchor="mm")
        drawn = centred(np.asarray(cell, dtype=np.float32))
        for weight in _WEIGHTS:
            thick = cv2.dilate(drawn, np.ones((1 + 2 * weight, 1 + 2 * weight), np.uint8)) if weight else drawn
            small = cv2.resize(thick, CELL, interpolation=cv2.INTER_AREA)
            for blur in _BLURS:
                vectors.append(unit(np.asarray(cv2.GaussianBlur(small, (0, 0), blur), dtype=np.float32)))
                characters.append(character)
    return Glyphs(np.stack(vectors), tuple(characters))


def centred(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The cell moved so that its ink's weight lies in the middle; ink is bright."""
    total = float(ink.sum())
    if total <= 0:
        return ink
    height, width = ink.shape
    x = float((ink.sum(axis=0) * np.arange(width)).sum() / total)
    y = float((ink.sum(axis=1) * np.arange(height)).sum() / total)
    move = np.array([[1, 0, (width - 1) / 2 - x], [0, 1, (height - 1) / 2 - y]], np.float32)
    return np.asarray(cv2.warpAffine(ink, move, (width, height)), dtype=np.float32)


def unit(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The cell as a vector of mean 0 and length 1, a product of two their correlation; or a stack of them."""
    flat = ink.reshape(*ink.shape[:-2], -1)
    flat = flat - flat.mean(axis=-1, keepdims=True)
    return np.asarray(flat / np.maximum(1e-6, np.linalg.norm(flat, axis=-1, keepdims=True)), dtype=np.float32)
