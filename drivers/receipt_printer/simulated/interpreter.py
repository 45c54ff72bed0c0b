"""The printer's firmware: bytes in, marks on paper and status bytes out.

Written from the command references alone and sharing no code with the encoder or the status decoder, so that a
misreading there shows as wrong paper here. Real-time commands act when they arrive, wherever they stand, also inside
a picture, as they do in real printers; everything else waits its turn. Any bytes may come: nothing here raises.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import qrcode
import qrcode.exceptions
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from drivers.receipt_printer.simulated.paper import DOTS_PER_MM, Dots, Glyph, Row, Sheet, Side, Ticket

FAULTS = (
    "paper_end",
    "paper_end_midway",
    "near_end",
    "cover_open",
    "offline",
    "cutter",
    "silent",
    "silent_midway",
    "deaf_to_purge",
)
"""What can be wrong; `_midway` comes true 20 mm into the next ticket, `deaf_to_purge` ignores DLE ENQ 2."""

_BUFFER_BYTES = 65_536
_TICKETS_KEPT = 50
_MIDWAY_DOTS = 20 * DOTS_PER_MM
_SHORT_COMMAND = 64
"""Looked at first: most commands are short, and copying the whole buffer for each letter would take minutes."""
_LINE_DOTS = 34
"""ESC 2: a sixth of an inch at 203 dpi."""
_PICTURE_ROWS_MAX = 4096
_STOPPING = frozenset(("paper_end", "cover_open", "offline", "cutter"))
_QR_LEVELS = {48: ERROR_CORRECT_L, 49: ERROR_CORRECT_M, 50: ERROR_CORRECT_Q, 51: ERROR_CORRECT_H}


@dataclass(frozen=True)
class _Manner:
    """How the next character comes out."""

    chinese: bool = True
    wide: int = 1
    high: int = 1
    hanzi_wide: int = 1
    hanzi_high: int = 1
    bold: bool = False
    underline: bool = False
    side: Side = "left"
    line_dots: int = _LINE_DOTS


class Interpreter:
    """One simulated printer without its link. `roll_mm` of paper are in it when it starts."""

    def __init__(self, paper_width_mm: int = 80, roll_mm: int = 80_000) -> None:
        self.width_dots = 384 if paper_width_mm == 58 else 576
        self.faults: set[str] = set()
        self.tickets: deque[Ticket] = deque(maxlen=_TICKETS_KEPT)
        self.sheet = Sheet()
        self.used_dots = 0
        self.unknown: deque[str] = deque(maxlen=50)
        self._roll_dots = roll_mm * DOTS_PER_MM
        self._buffer = bytearray()
        self._held = b""
        self._line: list[Glyph] = []
        self._manner = _Manner()
        self._qr_size = 3
        self._qr_level = 48
        self._qr_data = b""
        self._automatic = 0
        self._out = bytearray()

    # the outside: wire, hands, eyes

    def receive(self, untrusted_data: bytes) -> bytes:
        """Take bytes from the wire; returns what the printer answers now."""
        if "silent" not in self.faults:
            self._sort(self._held + untrusted_data)
            self._work()
        return self.take_answers()

    def take_answers(self) -> bytes:
        """What it has to say, also of itself (automatic status after a change of its sensors)."""
        answers = b"" if "silent" in self.faults else bytes(self._out)
        self._out.clear()
        return answers

    def fault(self, name: str) -> None:
        """Break something; ValueError for a name not in FAULTS."""
        if name not in FAULTS:
            raise ValueError(f"no such fault: {name}")
        self.faults.add(name)
        self._tell_of_itself()

    def clear(self) -> None:
        """A person puts everything right: new paper, cover closed, and off and on again if it had hung."""
        if self.faults & {"silent"}:
            self._forget()
        if self.faults & {"paper_end", "cover_open", "silent"} and self.sheet.touched:
            self.tickets.append(self.sheet.take_off(self.width_dots, cut=False))
            self.sheet = Sheet()
        self.faults.clear()
        self._tell_of_itself()
        self._work()

    @property
    def waiting_bytes(self) -> int:
        """Received and not yet worked off."""
        return len(self._buffer)

    # the real-time part of the firmware

    def _sort(self, data: bytes) -> None:
        self._held = b""
        position = 0
        while position < len(data):
            if data[position] == 0x10:
                command = data[position : position + 3]
                if len(command) < 3 and (len(command) == 1 or command[1] in (0x04, 0x05)):
                    self._held = command
                    return
                if command[1] == 0x04 and 1 <= command[2] <= 4:
                    self._out.append(self._real_time(command[2]))
                    position += 3
                    continue
                if command[1] == 0x05 and command[2] in (1, 2):
                    self._recover(forget=command[2] == 2)
                    position += 3
                    continue
            if len(self._buffer) < _BUFFER_BYTES:
                self._buffer.append(data[position])
            position += 1

    def _real_time(self, question: int) -> int:
        paper_end, cover = "paper_end" in self.faults, "cover_open" in self.faults
        cutter, near = "cutter" in self.faults, "near_end" in self.faults
        bits = {
            1: 0x08 if self._stopped else 0,
            2: (0x04 if cover else 0) | (0x20 if paper_end else 0) | (0x40 if cutter else 0),
            3: 0x08 if cutter else 0,
            4: (0x0C if near or paper_end else 0) | (0x60 if paper_end else 0),
        }
        return 0x12 | bits[question]

    def _recover(self, *, forget: bool) -> None:
        self.faults.discard("cutter")
        if forget and "deaf_to_purge" not in self.faults:
            self._forget()

    def _forget(self) -> None:
        self._buffer.clear()
        self._line.clear()

    def _tell_of_itself(self) -> None:
        if self._automatic:
            first = 0x10 | (0x08 if self._stopped else 0) | (0x20 if "cover_open" in self.faults else 0)
            second = 0x08 if "cutter" in self.faults else 0
            self._out += bytes([first, second, self._paper_bits(), 0x0F])

    def _paper_bits(self) -> int:
        end = "paper_end" in self.faults
        return (0x03 if end or "near_end" in self.faults else 0) | (0x0C if end else 0)

    # the part that waits its turn

    @property
    def _stopped(self) -> bool:
        return bool(self.faults & _STOPPING)

    def _work(self) -> None:
        while self._buffer and not self._stopped and "silent" not in self.faults:
            used = self._step(bytes(self._buffer[:_SHORT_COMMAND])) or self._step(bytes(self._buffer))
            if used == 0:
                return
            del self._buffer[:used]

    def _step(self, data: bytes) -> int:
        """Do the first command or character; returns its length, 0 while it is not complete."""
        first = data[0]
        if first in (0x1B, 0x1C, 0x1D):
            return self._command(data)
        if first == 0x0A:
            self._print_line()
        elif first >= 0x80 and self._manner.chinese:
            return self._hanzi(data)
        elif 0x20 <= first < 0x7F:
            self._type(chr(first))
        elif first >= 0x80:
            self._type("?")
        return 1

    def _hanzi(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        length = 4 if 0x30 <= data[1] <= 0x39 else 2
        if len(data) < length:
            return 0
        for char in data[:length].decode("gb18030", errors="replace")[:1]:
            self._type(char)
        return length

    def _type(self, char: str) -> None:
        manner = self._manner
        # A size set by GS ! counts for all characters, one set by FS ! for Hanzi; the greater shows.
        wide = manner.wide if char.isascii() else max(manner.wide, manner.hanzi_wide)
        high = manner.high if char.isascii() else max(manner.high, manner.hanzi_high)
        glyph = Glyph(char, wide, high, manner.bold, manner.underline)
        if sum(each.width_dots for each in self._line) + glyph.width_dots > self.width_dots:
            self._print_line()
        self._line.append(glyph)

    def _print_line(self) -> None:
        row = Row(tuple(self._line), self._manner.side, self.sheet.head)
        self.sheet.marks.append(row)
        self._line.clear()
        self._feed(max(self._manner.line_dots, row.height_dots + 6))

    def _feed(self, dots: int) -> None:
        self.sheet.head += dots
        self.used_dots += dots
        if self.used_dots >= self._roll_dots:
            self.faults.add("paper_end")
        for fault in ("paper_end", "silent"):
            if f"{fault}_midway" in self.faults and self.sheet.head - Sheet().head >= _MIDWAY_DOTS:
                self.faults.discard(f"{fault}_midway")
                self.faults.add(fault)
        if self._stopped:
            self._tell_of_itself()

    def _cut(self, extra_dots: int) -> None:
        if self._line:
            self._print_line()
        self._feed(extra_dots)
        self.tickets.append(self.sheet.take_off(self.width_dots, cut=True))
        self.sheet = Sheet()

    def _command(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        name = (data[0], data[1])
        if name == (0x1D, 0x28):
            return self._long_command(data)
        if name == (0x1D, 0x76):
            return self._raster(data)
        if name == (0x1D, 0x56):
            return self._cut_command(data)
        if name in _PLAIN:
            _PLAIN[name](self)
            return 2
        if name not in _WITH_NUMBER:
            self.unknown.append(data[:2].hex())
            return 2
        if len(data) < 3:
            return 0
        _WITH_NUMBER[name](self, data[2])
        return 3

    def _cut_command(self, data: bytes) -> int:
        if len(data) < 3:
            return 0
        if data[2] in (65, 66):
            if len(data) < 4:
                return 0
            self._cut(data[3])
            return 4
        if data[2] in (0, 1, 48, 49):
            self._cut(0)
        else:
            self.unknown.append(data[:3].hex())
        return 3

    def _long_command(self, data: bytes) -> int:
        if len(data) < 5:
            return 0
        length = 5 + data[3] + 256 * data[4]
        if len(data) < length:
            return 0
        body = data[5:length]
        if data[2] == 0x6B and len(body) >= 3 and body[0] == 49:
            self._qr(body[1], body[2:])
        else:
            self.unknown.append(data[:3].hex())
        return length

    def _qr(self, function: int, body: bytes) -> None:
        match function:
            case 67 if 1 <= body[0] <= 16:
                self._qr_size = body[0]
            case 69 if body[0] in _QR_LEVELS:
                self._qr_level = body[0]
            case 80:
                self._qr_data = body[1:]
            case 81:
                self._draw_qr()
            case 65:
                pass
            case _:
                self.unknown.append(f"1d286b {function}")

    def _draw_qr(self) -> None:
        code = qrcode.QRCode(error_correction=_QR_LEVELS[self._qr_level], border=0)
        code.add_data(self._qr_data, optimize=0)
        try:
            code.make(fit=True)
        except (qrcode.exceptions.DataOverflowError, ValueError):
            self.unknown.append("a QR code with too much or nothing in it")
            return
        rows = [tuple(bool(dot) for dot in row for _ in range(self._qr_size)) for row in code.get_matrix()]
        picture = tuple(row for row in rows for _ in range(self._qr_size))
        if len(picture[0]) > self.width_dots:
            self.unknown.append("a QR code wider than the paper")
            return
        self.sheet.qr.append(self._qr_data.decode("utf-8", errors="replace"))
        self._place(picture)

    def _raster(self, data: bytes) -> int:
        if len(data) < 8:
            return 0
        bytes_across, height = data[4] + 256 * data[5], data[6] + 256 * data[7]
        if data[2] != 0x30 or height > _PICTURE_ROWS_MAX or bytes_across * height > _BUFFER_BYTES - 8:
            self.unknown.append(data[:8].hex())
            return 8
        length = 8 + bytes_across * height
        if len(data) < length:
            return 0
        rows = (data[start : start + bytes_across] for start in range(8, length, bytes_across or 1))
        self._place(tuple(tuple(bool(byte >> bit & 1) for byte in row for bit in range(7, -1, -1)) for row in rows))
        return length

    def _place(self, picture: tuple[tuple[bool, ...], ...]) -> None:
        if self._line:
            self._print_line()
        cropped = tuple(row[: self.width_dots] for row in picture)
        self.sheet.marks.append(Dots(cropped, self._manner.side, self.sheet.head))
        self._feed(len(picture))

    def set_manner(self, manner: _Manner) -> None:
        """What a style command does."""
        self._manner = manner

    @property
    def manner(self) -> _Manner:
        """The style as it stands."""
        return self._manner

    def reset(self) -> None:
        """ESC @: the line not yet printed and every style are gone; the receive buffer is not."""
        self._line.clear()
        self._manner = _Manner()
        self._qr_size, self._qr_level, self._qr_data = 3, 48, b""

    def feed_lines(self, count: int) -> None:
        """ESC d."""
        if self._line:
            self._print_line()
            count -= 1
        self._feed(max(count, 0) * self._manner.line_dots)

    def feed_dots(self, count: int) -> None:
        """ESC J."""
        if self._line:
            self._print_line()
        self._feed(count)

    def answer_paper(self) -> None:
        """GS r 1 and ESC v, in their turn."""
        self._out.append(self._paper_bits())

    def answer_queued(self, question: int) -> None:
        """GS r n: 1 paper, 2 drawer."""
        if question in (1, 49):
            self.answer_paper()
        elif question in (2, 50):
            self._out.append(0x00)

    def set_automatic(self, mask: int) -> None:
        """GS a n; switched on, it tells at once how it is."""
        self._automatic = mask
        self._tell_of_itself()

    def cut_here(self) -> None:
        """The cuts without feed."""
        self._cut(0)


_PLAIN: dict[tuple[int, int], Callable[[Interpreter], None]] = {
    (0x1B, 0x40): Interpreter.reset,
    (0x1B, 0x69): Interpreter.cut_here,
    (0x1B, 0x6D): Interpreter.cut_here,
    (0x1B, 0x76): Interpreter.answer_paper,
    (0x1B, 0x32): lambda it: it.set_manner(replace(it.manner, line_dots=_LINE_DOTS)),
    (0x1C, 0x26): lambda it: it.set_manner(replace(it.manner, chinese=True)),
    (0x1C, 0x2E): lambda it: it.set_manner(replace(it.manner, chinese=False)),
}


def _side(n: int) -> Side:
    return "center" if n in (1, 49) else "right" if n in (2, 50) else "left"


def _size(it: Interpreter, n: int) -> None:
    it.set_manner(replace(it.manner, wide=(n >> 4 & 7) + 1, high=(n & 7) + 1))


def _hanzi_mode(it: Interpreter, n: int) -> None:
    wide, high = (2 if n & 0x04 else 1), (2 if n & 0x08 else 1)
    it.set_manner(replace(it.manner, hanzi_wide=wide, hanzi_high=high, underline=bool(n & 0x80)))


def _quad(it: Interpreter, n: int) -> None:
    it.set_manner(replace(it.manner, hanzi_wide=1 + (n & 1), hanzi_high=1 + (n & 1)))


_WITH_NUMBER: dict[tuple[int, int], Callable[[Interpreter, int], None]] = {
    (0x1B, 0x61): lambda it, n: it.set_manner(replace(it.manner, side=_side(n))),
    (0x1B, 0x45): lambda it, n: it.set_manner(replace(it.manner, bold=bool(n & 1))),
    (0x1B, 0x2D): lambda it, n: it.set_manner(replace(it.manner, underline=n in (1, 2, 49, 50))),
    (0x1B, 0x33): lambda it, n: it.set_manner(replace(it.manner, line_dots=n)),
    (0x1B, 0x64): Interpreter.feed_lines,
    (0x1B, 0x4A): Interpreter.feed_dots,
    (0x1C, 0x21): _hanzi_mode,
    (0x1C, 0x57): _quad,
    (0x1D, 0x21): _size,
    (0x1D, 0x72): Interpreter.answer_queued,
    (0x1D, 0x61): Interpreter.set_automatic,
}
