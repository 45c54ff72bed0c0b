"""The decoders of document printers, scanners, chip cards, supplies, sounds and contacts, each with seeds."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from drivers.audio import wav
from drivers.audio.meter import level_of
from drivers.audio.port import Sound
from drivers.audio.wav import BadSound
from drivers.camera.document.mrz.codec import NotMrz
from drivers.camera.document.mrz.codec import decode as decode_zone
from drivers.code_scanner import event, gm65
from drivers.code_scanner.blanking import CodeBlanker
from drivers.code_scanner.code import CODE_BYTES_MAX, BadCode
from drivers.code_scanner.code import parse as parse_code
from drivers.code_scanner.gm65 import BadFrame
from drivers.code_scanner.keys import KeyFinder, strokes_of
from drivers.code_scanner.line import LineFinder
from drivers.digital_line import gpio, modem
from drivers.digital_line.gpio import LineAsked
from drivers.digital_line.modem import BadStruct
from drivers.document_printer import message as ipp
from drivers.document_printer.message import NotIpp
from drivers.document_printer.operations import jobs_of, standing_of
from drivers.id_card import frame as sam_frame
from drivers.id_card import reply
from drivers.id_card.exchange import Exchange
from drivers.link import Link
from drivers.power import answer as nut
from drivers.power.answer import BadAnswer, LineCutter
from drivers.power.blanking import NutBlanker
from drivers.power.status import battery_of, name_of
from drivers.social_card import apdu, record
from drivers.social_card.apdu import BadResponse
from drivers.social_card.record import ITEMS, NAME_MORE, BadRecord

LOST: Final = 2**31
"""Returned where something came out other than it went in; more than any decoder may hold."""


class Heard:
    """A link that brings these bytes in pieces on a clock of its own, and then nothing more."""

    def __init__(self, untrusted: bytes) -> None:
        middle = len(untrusted) // 2
        self._pieces: Iterator[bytes] = iter((b"", untrusted[:middle], untrusted[middle:]))
        self.at = 0.0

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        self.at += timeout_s
        return next(self._pieces, b"")

    def write(self, data: bytes) -> None:
        """See Link.write."""

    def close(self) -> None:
        """See Link.close."""


def sam_exchange(data: bytes) -> int:
    """One question to a reader of identity cards that answers anything."""
    heard = Heard(data)

    def connect(_: str) -> Link:
        return heard

    exchange = Exchange("", connect, lambda: heard.at, quiet_s=0.1)
    exchange.ask(reply.READ, 1.0, lambda answer: len(answer.data) > 4)
    return 0


def ipp_messages(data: bytes) -> int:
    """What a document printer says, and what is made of it."""
    with suppress(NotIpp):
        message = ipp.decode(data)
        standing_of(message)
        jobs_of(message)
    return 0


def codes(data: bytes) -> int:
    """What a scanner sends over a line."""
    data = data[:60]
    with suppress(BadCode):
        parse_code(data)
    finder = LineFinder(needs_suffix=len(data) % 2 == 1)
    finder.feed(data[: len(data) // 2])
    finder.feed(data[len(data) // 2 :])
    finder.idle()
    return LOST if finder.begun else 0


def input_events(data: bytes) -> int:
    """What the kernel says that a scanner typed."""
    with suppress(event.BadEvent):
        event.parse(data[: event.EVENT_BYTES])
    finder = KeyFinder()
    finder.feed(data[:100])
    finder.feed(data[100:])
    found = finder.idle()
    return LOST if finder.begun or len(found) > 1 else 0


def gm65_frames(data: bytes) -> int:
    """The set-up frames of scanners, either way; and a capture of anything keeps its length."""
    with suppress(BadFrame):
        gm65.parse_command(data)
    answer, rest = gm65.cut_reply(data)
    blanker = CodeBlanker()
    written = blanker.heard(data[:9]) + blanker.heard(data[9:]) + blanker.rest()[1]
    well = len(written) == len(data) and len(rest) + (0 if answer is None else 6 + len(answer)) == len(data)
    return len(rest) if well and len(data) <= CODE_BYTES_MAX else LOST


def card_answers(data: bytes) -> int:
    """What a chip card says, and the record that its first byte names."""
    data = data[:100]
    with suppress(BadResponse):
        said = apdu.parse(data)
        if said.name not in apdu.STATUS_NAMES or (said.more is not None and said.length is not None):
            return LOST
    item = _RECORDS.get(data[:1], NAME_MORE)
    for untrusted in (data, bytes([item.tag, len(data[2:])]) + data[2:]):
        with suppress(BadRecord):
            record.parse(item, untrusted)
    return 0


def supply_lines(data: bytes) -> int:
    """What a server of supplies says; and a capture of anything keeps its length."""
    cutter = LineCutter()
    told: dict[str, str] = {}
    for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
        with suppress(BadAnswer):
            for line in cutter.feed(piece):
                match nut.message_of(line):
                    case nut.Variable(_, name, value):
                        told[name] = value
                        name_of(value)
                    case _:
                        pass
    battery_of(told)
    blanker = NutBlanker()
    written = blanker.heard(data[:20]) + blanker.heard(data[20:]) + blanker.rest()[1]
    return sum(map(len, told.values())) if len(written) == len(data) else LOST


def sounds(data: bytes) -> int:
    """A sound file."""
    for untrusted in (data, b"RIFF\xff\xff\xff\xffWAVE" + data):
        with suppress(BadSound):
            sound = wav.sound_of(untrusted)
            level_of(sound.samples)
            if len(sound.samples) > len(untrusted):
                return LOST
    return 0


def zones(data: bytes) -> int:
    """The lines read from a travel document."""
    with suppress(NotMrz):
        decode_zone(data.decode("latin-1").split("\n"))
    return 0


def line_structs(data: bytes) -> int:
    """What the kernel fills in for contacts, and what it is asked."""
    asks: tuple[Callable[[], object], ...] = (
        lambda: modem.level(data, "dcd"),
        lambda: gpio.level(data),
        lambda: gpio.handle_of(data),
        lambda: gpio.asked_of(data),
        lambda: gpio.asked_of(data.ljust(len(_ASKED), b"\0")[: len(_ASKED)]),
        lambda: gpio.handle_of(data.ljust(len(_ASKED), b"\0")[: len(_ASKED)]),
    )
    for ask in asks:
        with suppress(BadStruct):
            ask()
    return 0


_RECORDS: Final = {bytes([item.tag]): item for item in ITEMS}
_ASKED: Final = gpio.question(LineAsked(4, "up", "zhizhu"))

_PRINTER: Final = ipp.encode(
    ipp.Message(
        0,
        1,
        (
            ipp.Group(
                ipp.PRINTER,
                (
                    ipp.Attribute("printer-state", (ipp.Value(ipp.ENUM, 5),)),
                    ipp.Attribute("printer-state-reasons", (ipp.Value(ipp.KEYWORD, "media-empty-error"),)),
                    ipp.Attribute("printer-is-accepting-jobs", (ipp.Value(ipp.BOOLEAN, False),)),
                    ipp.Attribute("media-ready", (ipp.Value(ipp.KEYWORD, "iso_a4_210x297mm"),)),
                    ipp.Attribute("marker-levels", (ipp.Value(ipp.INTEGER, 3), ipp.Value(ipp.INTEGER, -2))),
                    ipp.Attribute(
                        "printer-supply", (ipp.Value(ipp.OCTETS, b"type=toner;maxcapacity=100;level=75;class=x;"),)
                    ),
                ),
            ),
        ),
    )
)
_JOB: Final = ipp.encode(
    ipp.Message(
        0,
        2,
        (
            ipp.Group(
                ipp.JOB,
                (
                    ipp.Attribute("job-id", (ipp.Value(ipp.INTEGER, 7),)),
                    ipp.Attribute("job-name", (ipp.Value(ipp.NAME_IN_LANGUAGE, ipp.Worded("en", "job-1")),)),
                    ipp.Attribute("job-state", (ipp.Value(ipp.ENUM, 9),)),
                    ipp.Attribute(
                        "media-col",
                        (
                            ipp.Value(
                                ipp.COLLECTION,
                                ipp.Collection((ipp.Attribute("x", (ipp.Value(ipp.RANGE, ipp.Range(1, 2)),)),)),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
)

SEEDS: Final[Mapping[Callable[[bytes], int], tuple[bytes, ...]]] = MappingProxyType(
    {
        sam_exchange: (
            sam_frame.reply((0, 0, reply.OK), bytes(8)),
            sam_frame.reply((0, 0, 0x41)),
            sam_frame.reply((0, 0, reply.FOUND), bytes(4)) + reply.READ,
        ),
        ipp_messages: (_PRINTER, _JOB),
        codes: (b"330106199001011234\r\n", "村民\n".encode(), "村民\r".encode("gb18030"), b"A\x1dB\x1e\x04"),
        input_events: (
            strokes_of("aB"),
            event.encode(event.Event(event.SYN, event.SYN_DROPPED, 0)) + strokes_of("c"),
            event.encode(event.Event(event.KEY, 30, event.REPEAT)) * 9,
        ),
        gm65_frames: (
            gm65.read_zone(0x2A, 2),
            gm65.write_zone(2, b"\1"),
            gm65.save(),
            gm65.reply(b"\x01"),
            b"69\r" + gm65.reply(b"\x00\x81"),
        ),
        card_answers: (
            b"\x90\x00",
            b"\x61\x1c",
            b"\x6c\x20",
            *(record.encode(item, text) for item, text in zip(ITEMS, ("", "3.00", "", "20200101"), strict=False)),
            record.encode(ITEMS[7], "李大山") + b"\x90\x00",
        ),
        supply_lines: (
            b'BEGIN LIST VAR rack\nVAR rack ups.status "OB LB"\nVAR rack battery.charge "8.5"\nEND LIST VAR rack\n',
            b"ERR DATA-STALE\n",
            b'VAR rack ups.model "a \\"b\\" \\\\"\r\n',
        ),
        sounds: (
            wav.wav_of(Sound(struct.pack("<4h", 0, 1000, -1000, 0), 16_000)),
            b"fmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0data\x08\0\0\0" + bytes(8),
        ),
        zones: (b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",),
        line_structs: (modem.answer(frozenset({"dcd"})), gpio.values(True), _ASKED, gpio.granted(_ASKED, 9)),
    }
)
