"""Pages for the simulated table: a text page, a permit with its zone, a page with QR codes. Invented people only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import qrcode
from PIL import Image, ImageDraw

from drivers.camera.document.fonts import HANZI, OCR_B, font
from drivers.camera.port import Pixels

A4_DOTS_PER_MM: Final = 8
CARD_DOTS_PER_MM: Final = 16
PITCH_MM: Final = 2.54
LINE_MM: Final = 4.23
"""OCR-B at ten characters and six lines an inch."""
_INK: Final = (40, 38, 36)
_WHITE: Final = (232, 234, 233)
_CARD: Final = (222, 232, 228)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A flat piece of paper or plastic: its picture and its size in millimetres."""

    pixels: Pixels
    width_mm: float
    height_mm: float


def text_page(seed: int = 1, lines: int = 26) -> Sheet:
    """An A4 page of invented text with a heading and a round stamp of no office."""
    paper, pen = _paper(210, 297, A4_DOTS_PER_MM, _WHITE)
    pen.text((840, 150), "收入证明（示例）", font=font(HANZI, 84), fill=_INK, anchor="mm")
    words = "本证明为演示用纸所列姓名地址均为虚构示例村委会经核实该户情况属实特此证明以下空白"
    chance = np.random.default_rng(seed)
    for row in range(lines):
        start = int(chance.integers(0, len(words)))
        said = (words + words)[start : start + 26 + int(chance.integers(0, 6))]
        pen.text((170, 290 + row * 68), said, font=font(HANZI, 42), fill=_INK)
    pen.ellipse((1180, 1980, 1500, 2300), outline=(190, 50, 60), width=10)
    pen.text((1340, 2140), "示例", font=font(HANZI, 70), fill=(190, 50, 60), anchor="mm")
    return Sheet(_pixels(paper), 210, 297)


def blank_page() -> Sheet:
    """An A4 page with nothing on it, such as the back of a form."""
    return Sheet(_pixels(_paper(210, 297, A4_DOTS_PER_MM, _WHITE)[0]), 210, 297)


def qr_page(texts: Sequence[str]) -> Sheet:
    """An A4 page with up to six QR codes, such as a receipt of an application."""
    paper, pen = _paper(210, 297, A4_DOTS_PER_MM, _WHITE)
    pen.text((840, 150), "受理回执（示例）", font=font(HANZI, 84), fill=_INK, anchor="mm")
    for at, text in enumerate(texts[:6]):
        code = qrcode.QRCode(border=4, box_size=1)
        code.add_data(text)
        modules = ~np.array(code.get_matrix(), dtype=bool)
        picture = Image.fromarray(np.where(modules, 232, 36).astype(np.uint8)).resize(
            (480, 480), Image.Resampling.NEAREST
        )
        paper.paste(picture.convert("RGB"), (200 + at % 2 * 720, 330 + at // 2 * 640))
    return Sheet(_pixels(paper), 210, 297)


def permit_card(zone: Sequence[str], name: str = "示例", *, typeface: Path = OCR_B) -> Sheet:
    """The zone's side of a card (or, for longer lines, of a data page), as large as its layout says."""
    widest = len(zone[0])
    width_mm, height_mm = {30: (85.6, 54.0), 36: (105.0, 74.0)}.get(widest, (125.0, 88.0))
    dots = CARD_DOTS_PER_MM
    paper, pen = _paper(width_mm, height_mm, dots, _CARD)
    # A pale wave over the whole card, as such cards have against copying.
    for row in range(0, paper.height, 14):
        wave = [(x, row + 5 * np.sin(x / 60 + row / 90)) for x in range(0, paper.width, 8)]
        pen.line([(float(x), float(y)) for x, y in wave], fill=(208, 222, 216), width=2)
    pen.text((paper.width * 0.08, paper.height * 0.07), "通行证（演示样张）", font=font(HANZI, 52), fill=_INK)
    pen.text((paper.width * 0.08, paper.height * 0.20), name, font=font(HANZI, 44), fill=_INK)
    size = 4 * dots
    letters = font(typeface, size)
    # The typeface's own advance is not exactly a tenth of an inch at this size, so each character is set by itself.
    left = (width_mm - widest * PITCH_MM) / 2 * dots
    top = (height_mm - 3.5 - LINE_MM * len(zone)) * dots
    for row, line in enumerate(zone):
        for at, character in enumerate(line):
            where = (left + at * PITCH_MM * dots, top + row * LINE_MM * dots)
            pen.text(where, character, font=letters, fill=(28, 28, 30))
    return Sheet(_pixels(paper), width_mm, height_mm)


def _paper(
    width_mm: float, height_mm: float, dots: int, colour: tuple[int, int, int]
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    paper = Image.new("RGB", (round(width_mm * dots), round(height_mm * dots)), colour)
    return paper, ImageDraw.Draw(paper)


def _pixels(paper: Image.Image) -> Pixels:
    return np.ascontiguousarray(np.asarray(paper, dtype=np.uint8)[:, :, ::-1])
