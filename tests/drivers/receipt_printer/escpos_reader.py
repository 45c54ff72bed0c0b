"""An ESC/POS reader of its own, for the tests: a table of command lengths and a page of pixels.

It was written from the command reference and shares no code with the encoder or the simulator, so that the two cannot
agree on a mistake. It is strict: a byte it does not know is an error, for a real printer would print it as garbage.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_ARGUMENT_BYTES = {
    b"\x1b\x40": 0,
    b"\x1c\x26": 0,
    b"\x1b\x61": 1,
    b"\x1b\x45": 1,
    b"\x1b\x64": 1,
    b"\x1b\x4a": 1,
    b"\x1c\x21": 1,
    b"\x1d\x21": 1,
    b"\x1d\x72": 1,
}


class UnknownBytesError(ValueError):
    """What was read is not ESC/POS as this reader knows it."""


@dataclass(frozen=True)
class ReadLine:
    """One line with the style that stood when its first character came."""

    raw: bytes
    text: str
    wide: int
    high: int
    centred: bool
    bold: bool


@dataclass
class ReadJob:
    """All that a job says."""

    lines: list[ReadLine] = field(default_factory=list)
    symbols: list[Pixels] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    presented: list[bytes] = field(default_factory=list)
    fed_lines: int = 0
    queued_questions: list[int] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def qr_text(symbol: Pixels) -> str:
    """What a phone would read in the symbol, with the white paper around it."""
    framed = cv2.copyMakeBorder(symbol, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255,))
    found, _corners, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(framed)
    return str(found)


class EscposReader:
    """Reads one byte string as a printer in Chinese mode would."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._style = {b"\x1b\x61": 0, b"\x1b\x45": 0, b"\x1c\x21": 0, b"\x1d\x21": 0}
        self._stored = b""
        self._dots = 3
        self.job = ReadJob()

    def read(self) -> ReadJob:
        """The whole job; UnknownBytesError where it is not one."""
        line = bytearray()
        while self._at < len(self._data):
            byte = self._data[self._at]
            if byte == 0x0A:
                self._at += 1
                self._end_line(bytes(line))
                line.clear()
            elif byte in (0x1B, 0x1C, 0x1D):
                if line:
                    raise UnknownBytesError("a command inside a line")
                self._command()
            elif byte >= 0x20:
                line.append(byte)
                self._at += 1
            else:
                raise UnknownBytesError(f"control byte {byte:#04x} at {self._at}")
        if line:
            raise UnknownBytesError("text without a line feed stays in the printer")
        return self.job

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise UnknownBytesError("the job ends inside a command")
        self._at += count
        return taken

    def _end_line(self, raw: bytes) -> None:
        latin, hanzi = self._style[b"\x1d\x21"], self._style[b"\x1c\x21"]
        wide, high = (latin >> 4) + 1, (latin & 0x0F) + 1
        if (wide > 1, high > 1) != (bool(hanzi & 0x04), bool(hanzi & 0x08)):
            raise UnknownBytesError("Hanzi and Latin letters would differ in size")
        centred, bold = self._style[b"\x1b\x61"] == 1, self._style[b"\x1b\x45"] == 1
        self.job.lines.append(ReadLine(raw, raw.decode("gb18030"), wide, high, centred, bold))

    def _command(self) -> None:
        name = self._take(2)
        self.job.commands.append(name)
        if name == b"\x1d\x28":
            self._symbol()
        elif name == b"\x1d\x76":
            self._picture()
        elif name == b"\x1d\x56":
            function = self._take(1)[0]
            if function in (65, 66):
                self._take(1)
            self.job.cuts.append(function)
        elif name == b"\x1b\x69":
            self.job.cuts.append(0)
        elif name == b"\x1c\x50":
            self.job.cuts.append(0)
            self.job.presented.append(self._take(4))
        elif name == b"\x1d\x65":
            ejector = self._take(1)
            self.job.presented.append(ejector + (self._take(1) if ejector == b"\x03" else b""))
        elif name in _ARGUMENT_BYTES:
            self._plain(name, self._take(_ARGUMENT_BYTES[name]))
        else:
            raise UnknownBytesError(f"unknown command {name.hex()} at {self._at - 2}")

    def _plain(self, name: bytes, argument: bytes) -> None:
        if name == b"\x1b\x40":
            self._style = dict.fromkeys(self._style, 0)
        elif name in self._style:
            self._style[name] = argument[0]
        elif name == b"\x1b\x64":
            self.job.fed_lines += argument[0]
        elif name == b"\x1d\x72":
            self.job.queued_questions.append(argument[0])

    def _symbol(self) -> None:
        kind, low, high = self._take(3)
        body = self._take(low + 256 * high)
        if kind != 0x6B or body[0] != 0x31:
            raise UnknownBytesError("GS ( that is not a QR code")
        match body[1]:
            case 0x41:
                if body[2:] != b"\x32\x00":
                    raise UnknownBytesError("not model 2")
            case 0x43:
                self._dots = body[2]
            case 0x45:
                self.job.levels.append(body[2])
            case 0x50:
                self._stored = body[3:]
            case 0x51:
                self._draw()
            case _:
                raise UnknownBytesError(f"GS ( k function {body[1]}")

    def _draw(self) -> None:
        text = self._stored.decode("utf-8")
        parameters = cv2.QRCodeEncoder.Params()
        parameters.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
        modules = np.asarray(cv2.QRCodeEncoder.create(parameters).encode(text), dtype=np.uint8)
        self.job.stored.append(text)
        self.job.symbols.append(np.kron(modules, np.ones((self._dots, self._dots), dtype=np.uint8)))

    def _picture(self) -> None:
        mark, mode, x_low, x_high, y_low, y_high = self._take(6)
        if (mark, mode) != (0x30, 0):
            raise UnknownBytesError("GS v with another picture format")
        across, down = x_low + 256 * x_high, y_low + 256 * y_high
        bits = np.unpackbits(np.frombuffer(self._take(across * down), dtype=np.uint8))
        self.job.symbols.append(((1 - bits.reshape(down, across * 8)) * 255).astype(np.uint8))


def read_job(data: bytes) -> ReadJob:
    """The job in these bytes."""
    return EscposReader(data).read()
