"""Slips to ESC/POS bytes. Pure: what is sent here is all that is ever sent to print something.

Sources: Epson ESC/POS command reference; SPRT, Sureprint SP91 and HCC POS80B manuals for Chinese mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from drivers.receipt_printer.columns import wrap
from drivers.receipt_printer.port import LINES_MAX, Feed, Line, Qr, Rule, Slip
from drivers.receipt_printer.profile import Profile
from drivers.trouble import DeviceTrouble

INIT = b"\x1b\x40"
REPORT_ALL = b"\x1d\x61\x0e"
"""Automatic status: tell of yourself when the line, an error or the roll changes."""
CHINESE_MODE = b"\x1c\x26"
LF = b"\n"
GETA = "〓"
"""The mark that Chinese and Japanese type has always set for a character that is not in the case."""

_QR_CAPACITY = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412)
"""Bytes that versions 1 to 15 hold at error correction M (ISO/IEC 18004 table 7)."""
_QUIET_MODULES = 4


@dataclass(frozen=True)
class _Style:
    """What stays set in the printer from one line to the next."""

    width: int = 1
    height: int = 1
    align: Literal["left", "center"] = "left"
    bold: bool = False


def encode(slip: Slip, profile: Profile, hold_s: int = 0) -> tuple[bytes, ...]:
    """The job in parts, cut only between commands, so that a real-time query may stand between any two of them.

    Begins with a reset (nothing of the last resident's style remains) and ends with exactly one cut; `hold_s` is how
    long a printer that sees to it itself holds the slip out before it draws it back.
    Raises DeviceTrouble for a slip of more than LINES_MAX lines.
    """
    return (INIT + CHINESE_MODE, *_body(slip, profile), profile.cut_and_present(hold_s))


def _body(slip: Slip, profile: Profile) -> Iterator[bytes]:
    style = _Style()
    room = LINES_MAX
    for element in slip:
        room -= element.lines if isinstance(element, Feed) else 1
        match element:
            case Line():
                wanted = _Style(element.width, element.height, element.align, element.bold)
                lines = wrap(element.text, profile.columns // element.width)
                room -= len(lines) - 1
                yield _change(style, wanted, profile) + b"".join(gb18030(line, profile) + LF for line in lines)
            case Rule():
                # It fills its line, so only the size of what went before matters to it.
                wanted = _Style(align=style.align, bold=style.bold)
                yield _change(style, wanted, profile) + "─".encode("gb18030") * (profile.columns // 2) + LF
            case Feed():
                wanted = style
                yield b"\x1b\x64" + bytes([element.lines])
            case Qr():
                wanted = _Style(style.width, style.height, "center", style.bold)
                symbol = _native_qr(element, profile) if profile.native_qr else _raster_qr(element, profile)
                yield _change(style, wanted, profile) + symbol
            case _:
                assert_never(element)
        if room < 0:
            raise DeviceTrouble("slip.too_long", f"凭条超过 {LINES_MAX} 行。", "请缩短内容，或分成几张打印。")
        style = wanted


def gb18030(text: str, profile: Profile) -> bytes:
    """GB18030 bytes, with 〓 for what this printer's font cannot have."""
    encoded = [char.encode("gb18030") for char in text]
    if not profile.four_byte_codes:
        encoded = [GETA.encode("gb18030") if len(code) == 4 else code for code in encoded]
    return b"".join(encoded)


def _change(old: _Style, new: _Style, profile: Profile) -> bytes:
    """The commands from one style to another, nothing for what stays."""
    parts = b""
    if new.align != old.align:
        parts += b"\x1b\x61" + (b"\x01" if new.align == "center" else b"\x00")
    if new.bold != old.bold:
        parts += b"\x1b\x45" + (b"\x01" if new.bold else b"\x00")
    if (new.width, new.height) != (old.width, old.height):
        # Some models size Hanzi by `FS !` alone, others by `GS !` as well, where the last word counts; so both, in
        # this order, which is also the only way to more than double size.
        hanzi = (profile.hanzi_wide if new.width > 1 else 0) | (profile.hanzi_high if new.height > 1 else 0)
        parts += b"\x1c\x21" + bytes([hanzi]) + b"\x1d\x21" + bytes([(new.width - 1) << 4 | (new.height - 1)])
    return parts


def qr_module_dots(qr: Qr, profile: Profile) -> int:
    """The module size that lets the symbol with its quiet zone fit the paper."""
    size_bytes = len(qr.data.encode("utf-8"))
    version = next(version for version, most in enumerate(_QR_CAPACITY, start=1) if size_bytes <= most)
    modules = 17 + 4 * version + 2 * _QUIET_MODULES
    return min(qr.size, profile.dots // modules)


def _native_qr(qr: Qr, profile: Profile) -> bytes:
    data = qr.data.encode("utf-8")
    size = qr_module_dots(qr, profile)
    symbol = (
        _symbol(b"\x41\x32\x00")  # model 2
        + _symbol(b"\x43" + bytes([size]))
        + _symbol(b"\x45\x31")  # error correction M
        + _symbol(b"\x50\x30" + data)  # store
        + _symbol(b"\x51\x30")  # print
    )
    # Printers leave no white above and below a symbol of their own; a reader needs four modules of it.
    quiet = b"\x1b\x4a" + bytes([_QUIET_MODULES * size])
    return quiet + symbol + quiet


def _symbol(parameters: bytes) -> bytes:
    """One `GS ( k` for symbol type 49, QR."""
    return b"\x1d\x28\x6b" + (len(parameters) + 1).to_bytes(2, "little") + b"\x31" + parameters


def _raster_qr(qr: Qr, profile: Profile) -> bytes:
    """`GS v 0` with the symbol drawn here.

    A module is at least 3 dots wide, so no byte of the picture is 0x10: it cannot hold a real-time command.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_MODULES)
    code.add_data(qr.data.encode("utf-8"), optimize=0)
    code.make(fit=True)
    size = qr_module_dots(qr, profile)
    rows = b"".join(_row(row, size) * size for row in code.get_matrix())
    height = len(code.get_matrix()) * size
    return b"\x1d\x76\x30\x00" + (len(rows) // height).to_bytes(2, "little") + height.to_bytes(2, "little") + rows


def _row(modules: list[bool], size: int) -> bytes:
    bits = "".join(("1" if module else "0") * size for module in modules)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
