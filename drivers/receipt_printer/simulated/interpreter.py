"""The printer's firmware: bytes in, marks on paper and status bytes out.

Written from the command references alone and sharing no code with the encoder or the status decoder, so that a
misreading there shows as wrong paper here. Real-time commands act when they arrive, wherever they stand, also inside
a picture, as they do in real printers; everything else waits its turn. Any bytes may come: nothing here raises.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from drivers.receipt_printer.simulated import manner as style
from drivers.receipt_printer.simulated.manner import Manner
from drivers.receipt_printer.simulated.model import MODELS
from drivers.receipt_printer.simulated.paper import DOTS_PER_MM, HEAD_TO_CUTTER_DOTS, Dots, Glyph, Row, Sheet, Ticket
from drivers.receipt_printer.simulated.presenter import MouthOfPaper
from drivers.receipt_printer.simulated.sensors import FAULTS, Sensors
from drivers.receipt_printer.simulated.symbol import Picture, SymbolMemory

_BUFFER_BYTES = 65_536
_SHORT_COMMAND = 64
"""Looked at first: most commands are short, and copying the whole buffer for each letter would take minutes."""
_TICKETS_KEPT = 50
_MIDWAY_DOTS = 20 * DOTS_PER_MM
_PICTURE_ROWS_MAX = 4096


_NEAR_END_DOTS = 3_000 * DOTS_PER_MM
_SHORT_ROLL_DOTS = 2_000 * DOTS_PER_MM


class Interpreter:
    """One simulated printer without its link; `roll_mm` of paper are in it at first, `model` names its firmware."""

    def __init__(
        self,
        paper_width_mm: int = 80,
        roll_mm: int = 80_000,
        model: str = "escpos",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = MODELS[model]
        self.width_dots = 384 if paper_width_mm == 58 else 576
        self.sensors = Sensors()
        self.tickets: deque[Ticket] = deque(maxlen=_TICKETS_KEPT)
        self.sheet = Sheet()
        self.used_dots = 0
        self.unknown: deque[str] = deque(maxlen=50)
        self.left_dots = self._roll_dots = roll_mm * DOTS_PER_MM
        self.mouth = MouthOfPaper(self.tickets.append, monotonic)
        self._buffer = bytearray()
        self._held = b""
        self._line: list[Glyph] = []
        self._manner = Manner()
        self._symbol = SymbolMemory()
        self._automatic = False
        self._out = bytearray()

    # The outside: wire, hands, eyes.

    def receive(self, untrusted_data: bytes) -> bytes:
        """Take bytes from the wire; returns what the printer answers now."""
        self.mouth.tick()
        if not self.sensors.silent:
            self._sort(self._held + untrusted_data)
            self._work()
        return self.take_answers()

    def take_answers(self) -> bytes:
        """What it has to say, also of itself (automatic status after a change of its sensors)."""
        answers = b"" if self.sensors.silent else bytes(self._out)
        self._out.clear()
        return self.sensors.spoiled(answers) if answers else b""

    def fault(self, name: str) -> None:
        """Break something; ValueError for a name not in FAULTS."""
        if name not in FAULTS:
            raise ValueError(f"no such fault: {name}")
        self.sensors.faults.add(name)
        if name == "slip_left":
            self.mouth.attended = False
        if name == "short_roll":
            self.left_dots = _SHORT_ROLL_DOTS
            self._feel_the_roll()
        self._tell_of_itself()

    def clear(self) -> None:
        """A person puts everything right: new paper, cover closed, and off and on again if it had hung."""
        if self.sensors.silent:
            self._forget()
        if self.sensors.opened and self.sheet.touched:
            self.tickets.append(self.sheet.take_off(self.width_dots, cut=False))
            self.sheet = Sheet()
        self.sensors.faults.clear()
        self.left_dots = self._roll_dots
        self.mouth.attended = True
        self._tell_of_itself()
        self._work()

    @property
    def waiting_bytes(self) -> int:
        """Received and not yet worked off."""
        return len(self._buffer)

    # What acts at once.

    def _sort(self, data: bytes) -> None:
        self._held = b""
        position = 0
        while position < len(data):
            if data[position] == 0x10:
                rest = data[position:]
                if any(known.startswith(rest) and known != rest for known in _REAL_TIME):
                    self._held = rest
                    return
                command = next((known for known in _REAL_TIME if rest.startswith(known)), None)
                if command is not None:
                    # As fast as its wire: what came before is worked off by now, unless something stops it.
                    self._work()
                    self._act_at_once(command)
                    position += len(command)
                    continue
            if len(self._buffer) < _BUFFER_BYTES:
                self._buffer.append(data[position])
            position += 1

    def _act_at_once(self, command: bytes) -> None:
        if command == _FULL_STATUS:
            told = self.model.tells_mouth and self.mouth.slip is not None
            if self.model.full_status:
                self._out += self.sensors.full(slip_in_mouth=told)
            return
        if command[1] == 0x04:
            self._out.append(self.sensors.real_time(command[2]))
            return
        self.sensors.faults.discard("cutter")
        if command == b"\x10\x05\x01" or "deaf_to_purge" in self.sensors.faults:
            return
        self._forget()
        if command == _CLEAR_BUFFERS:
            self._out += b"\x37\x25\x00"

    def _forget(self) -> None:
        self._buffer.clear()
        self._line.clear()

    def _tell_of_itself(self) -> None:
        if self._automatic:
            self._out += self.sensors.automatic()

    # What waits its turn. Each step says how many bytes it took, 0 while its command is not complete.

    def _work(self) -> None:
        while self._buffer and not self.sensors.stopped and not self.sensors.silent:
            used = self._step(bytes(self._buffer[:_SHORT_COMMAND])) or self._step(bytes(self._buffer))
            if used == 0:
                return
            del self._buffer[:used]

    def _step(self, data: bytes) -> int:
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
        self._type(data[:length].decode("gb18030", errors="replace")[0])
        return length

    def _type(self, char: str) -> None:
        glyph = self._manner.glyph(char)
        if sum(each.width_dots for each in self._line) + glyph.width_dots > self.width_dots:
            self._print_line()
        self._line.append(glyph)

    def _command(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        name = (data[0], data[1])
        match name:
            case 0x1D, 0x28:
                return self._long_command(data)
            case 0x1D, 0x76:
                return self._raster(data)
            case 0x1D, 0x56:
                return self._cut_command(data)
            case (0x1D, 0x65) if self.model.ejector:
                return self._ejector_command(data)
            case (0x1C, 0x50) if self.model.present_cut:
                return self._present_cut(data)
            case 0x1B, 0x40:
                self._reset()
            case 0x1B, 0x69 | 0x6D:
                self._cut(0)
            case 0x1B, 0x76:
                self._out.append(self.sensors.paper())
            case _ if name in style.PLAIN:
                self._manner = style.PLAIN[name](self._manner)
            case _:
                return self._command_with_number(name, data)
        return 2

    def _command_with_number(self, name: tuple[int, int], data: bytes) -> int:
        if len(data) < 3 and (name in style.WITH_NUMBER or name in _NUMBERED):
            return 0
        match name:
            case 0x1B, 0x64:
                self._end_line()
                self._feed(data[2] * self._manner.line_dots)
            case 0x1B, 0x4A:
                self._end_line()
                self._feed(data[2])
            case 0x1D, 0x72:
                self._out.append(self.sensors.paper() if data[2] in (1, 49) else 0)
            case 0x1D, 0x61:
                self._automatic = data[2] != 0
                self._tell_of_itself()
            case _ if name in style.WITH_NUMBER:
                self._manner = style.WITH_NUMBER[name](self._manner, data[2])
            case _:
                self.unknown.append(data[:2].hex())
                return 2
        return 3

    def _cut_command(self, data: bytes) -> int:
        if len(data) < 3 or (data[2] in (65, 66) and len(data) < 4):
            return 0
        if data[2] in (65, 66):
            self._cut(data[3])
            return 4
        if data[2] in (0, 1, 48, 49):
            self._cut(0)
        else:
            self.unknown.append(data[:3].hex())
        return 3

    def _ejector_command(self, data: bytes) -> int:
        if len(data) < 3 or (data[2] == 3 and len(data) < 4):
            return 0
        match data[2]:
            case 2:
                self.mouth.retract()
            case 3:
                self.mouth.push_out()
                return 4
            case 5:
                self.mouth.eject()
            case 6:
                self._out.append(self.sensors.ejector(slip_in_mouth=self.mouth.slip is not None))
            case _:
                self.unknown.append(data[:3].hex())
        return 3

    def _present_cut(self, data: bytes) -> int:
        if len(data) < 6:
            return 0
        self._cut(0)
        self.mouth.push_out()
        if data[4] in (0x45, 0x52):
            self.mouth.hold(data[5], "eject" if data[4] == 0x45 else "retract")
        else:
            self.unknown.append(data[:6].hex())
        return 6

    def _long_command(self, data: bytes) -> int:
        if len(data) < 5:
            return 0
        length = 5 + data[3] + 256 * data[4]
        if len(data) < length:
            return 0
        body = data[5:length]
        is_qr = data[2] == 0x6B and len(body) >= 3 and body[0] == 49
        if is_qr and body[1] == 81:
            self._draw_symbol()
        elif not (is_qr and self._symbol.set(body[1], body[2:])):
            self.unknown.append(data[:8].hex())
        return length

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

    # What comes onto the paper.

    def _reset(self) -> None:
        self._line.clear()
        self._manner = Manner()
        self._symbol = SymbolMemory()

    def _end_line(self) -> None:
        if self._line:
            self._print_line()

    def _print_line(self) -> None:
        row = Row(tuple(self._line), self._manner.side, self.sheet.head)
        self.sheet.marks.append(row)
        self._line.clear()
        self._feed(max(self._manner.line_dots, row.height_dots + 6))

    def _draw_symbol(self) -> None:
        picture = self._symbol.draw()
        if picture is None or len(picture) > self.width_dots:
            self.unknown.append("a QR code with nothing in it, or too large for it or for the paper")
            return
        self.sheet.qr.append(self._symbol.data.decode("utf-8", errors="replace"))
        self._place(picture)

    def _place(self, picture: Picture) -> None:
        self._end_line()
        cropped = tuple(row[: self.width_dots] for row in picture)
        self.sheet.marks.append(Dots(cropped, self._manner.side, self.sheet.head))
        self._feed(len(picture))

    def _feed(self, dots: int) -> None:
        self.sheet.head += dots
        self.used_dots += dots
        self.left_dots -= dots
        self._feel_the_roll()
        if self.sheet.head - HEAD_TO_CUTTER_DOTS >= _MIDWAY_DOTS:
            self.sensors.come_true()
        if self.sensors.stopped:
            self._tell_of_itself()

    def _feel_the_roll(self) -> None:
        if self.left_dots <= _NEAR_END_DOTS:
            self.sensors.faults.add("near_end")
        if self.left_dots <= 0:
            self.sensors.faults.add("paper_end")

    def _cut(self, extra_dots: int) -> None:
        self._end_line()
        self._feed(extra_dots)
        slip, self.sheet = self.sheet.take_off(self.width_dots, cut=True), Sheet()
        if self.model.presents:
            self.mouth.receive(slip, reachable=not self.model.pushes_out)
        else:
            self.tickets.append(slip)


_CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_FULL_STATUS = b"\x10\x04\x14"
_REAL_TIME = (
    _FULL_STATUS,
    b"\x10\x04\x01",
    b"\x10\x04\x02",
    b"\x10\x04\x03",
    b"\x10\x04\x04",
    b"\x10\x05\x01",
    b"\x10\x05\x02",
    _CLEAR_BUFFERS,
)
_NUMBERED = frozenset(((0x1B, 0x64), (0x1B, 0x4A), (0x1D, 0x72), (0x1D, 0x61)))
