"""The picture of a seal: drawn by us, and plainly a test (测试章), never a look-alike of an authority's.

A broken frame with straight corners instead of a round or oval line, no star, no emblem, and the word 演示 in it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from hub.certificates.trouble import PaperTrouble

FONT_FILE: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
"""From the Debian package fonts-noto-cjk."""
WIDTH: Final = 600
HEIGHT: Final = 340
_INK: Final = (200, 30, 40)
_FRAME: Final = 7
_DASH: Final = 34
_FACES: Final = 20


def draw_seal(unit: str) -> Image.Image:
    """The picture of a unit's test seal, 600 × 340, on white."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    _frame(pen)
    for text, y, most in ((unit, 64, 46), ("测 试 章", 168, 88), ("演示用 不具法律效力", 276, 38)):
        font = _fitting(text, most)
        pen.text((WIDTH / 2, y), text, fill=_INK, font=font, anchor="mm")
    return image


def _frame(pen: ImageDraw.ImageDraw) -> None:
    left, top, right, bottom = 10, 10, WIDTH - 11, HEIGHT - 11
    for x in range(left, right, 2 * _DASH):
        for y in (top, bottom):
            pen.line((x, y, min(x + _DASH, right), y), fill=_INK, width=_FRAME)
    for y in range(top, bottom, 2 * _DASH):
        for x in (left, right):
            pen.line((x, y, x, min(y + _DASH, bottom)), fill=_INK, width=_FRAME)


def _fitting(text: str, most: int) -> ImageFont.FreeTypeFont:
    size = most
    while size > 12 and _font(size).getlength(text) > WIDTH - 60:
        size -= 2
    return _font(size)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    try:
        for index in range(_FACES):
            font = ImageFont.truetype(FONT_FILE, size, index=index)
            if font.getname()[0] == "Noto Sans CJK SC":
                return font
    except OSError:
        pass  # told below, with what to do
    raise PaperTrouble(
        "font",
        f"缺少中文字体 {FONT_FILE}。The Chinese font is missing.",
        "请安装软件包 fonts-noto-cjk。Install fonts-noto-cjk.",
        waits=True,
    )
