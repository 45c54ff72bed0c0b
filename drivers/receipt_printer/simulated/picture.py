"""A ticket as an image: one pixel per dot, the Hanzi of Noto Sans CJK loaded by file."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from drivers.receipt_printer.simulated.paper import Dots, Glyph, Row, Side, Ticket
from drivers.trouble import DeviceTrouble

FONT_FILE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""From the Debian package fonts-noto-cjk."""
_SIMPLIFIED = "Noto Sans CJK SC"
_WHITE, _BLACK = 255, 24
_PAPER_DOTS = {576: 640, 384: 464}
"""The paper is wider than the head: 80 and 58 mm."""


def png_of(ticket: Ticket) -> bytes:
    """The page image as PNG: one pixel per dot, with the white margins that the head does not reach."""
    page = Image.new("L", (ticket.width_dots, max(ticket.length_dots, 1)), _WHITE)
    for mark in ticket.marks:
        match mark:
            case Row():
                _draw_row(page, mark)
            case Dots():
                _draw_dots(page, mark)
    paper = Image.new("L", (_PAPER_DOTS.get(page.width, page.width), page.height), _WHITE)
    paper.paste(page, ((paper.width - page.width) // 2, 0))
    out = io.BytesIO()
    paper.save(out, "PNG", optimize=True)
    return out.getvalue()


def _left(page: Image.Image, width: int, side: Side) -> int:
    free = max(0, page.width - width)
    return {"left": 0, "center": free // 2, "right": free}[side]


def _draw_row(page: Image.Image, row: Row) -> None:
    x = _left(page, row.width_dots, row.side)
    foot = row.top + row.height_dots
    for glyph in row.glyphs:
        cell = _cell(glyph)
        top = foot - cell.height
        page.paste(_BLACK, (x, top), cell)
        if glyph.underline:
            ImageDraw.Draw(page).line((x, foot, x + cell.width - 1, foot), fill=_BLACK)
        x += cell.width


def _draw_dots(page: Image.Image, dots: Dots) -> None:
    if not dots.rows or not dots.rows[0]:
        return
    width, height = len(dots.rows[0]), len(dots.rows)
    mask = Image.new("1", (width, height))
    mask.putdata([dot for row in dots.rows for dot in row])
    page.paste(0, (_left(page, width, dots.side), dots.top), mask)


@lru_cache(maxsize=4096)
def _cell(glyph: Glyph) -> Image.Image:
    """The ink of one character, 0 to 255, in exactly the cell it takes."""
    wide, high = glyph.width_dots, 24 * glyph.high
    if glyph.char in "─━":
        return _stroke_across(wide, high, glyph.high)
    # Drawn at the greater of the two sizes and squeezed to the cell, so that wide and high letters stay sharp.
    scale = max(glyph.wide, glyph.high)
    ink = Image.new("L", (wide * scale // glyph.wide, 24 * scale), 0)
    face = _font((22 if glyph.char.isascii() else 24) * scale)
    ImageDraw.Draw(ink).text(
        (ink.width / 2, 20.5 * scale),
        glyph.char,
        fill=255,
        font=face,
        anchor="ms",
        stroke_width=0.5 * scale if glyph.bold else 0,
    )
    return ink if ink.size == (wide, high) else ink.resize((wide, high), Image.Resampling.LANCZOS)


def _stroke_across(wide: int, high: int, thick: int) -> Image.Image:
    """Box-drawing lines touch their neighbours in a printer's font; an outline font leaves gaps between cells."""
    ink = Image.new("L", (wide, high), 0)
    ImageDraw.Draw(ink).rectangle((0, high // 2 - thick, wide - 1, high // 2 + thick - 1), fill=255)
    return ink


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    for index in range(16):
        try:
            font = ImageFont.truetype(str(FONT_FILE), size, index=index)
        except OSError as error:
            raise DeviceTrouble(
                "receipt_printer.font",
                f"模拟打印机找不到汉字字体 {FONT_FILE}。",
                "请安装 fonts-noto-cjk 软件包。",
            ) from error
        if font.getname()[0] == _SIMPLIFIED:
            return font
    raise DeviceTrouble(
        "receipt_printer.font", f"字体文件 {FONT_FILE} 里没有 {_SIMPLIFIED}。", "请重新安装 fonts-noto-cjk 软件包。"
    )
