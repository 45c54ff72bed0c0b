"""The decoders of the kinds that came after card readers and slip printers, as targets; see `targets`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from drivers.audio.wav import BadSound, sound_of, wav_of
from drivers.camera.document.mrz.codec import NotMrz
from drivers.camera.document.mrz.codec import decode as decode_zone
from drivers.code_scanner import code, event, gm65
from drivers.digital_line import gpio, modem
from drivers.document_printer import message
from drivers.power import answer
from drivers.social_card import apdu, record
from tests.drivers.audio.sounds import chime

Target = Callable[[bytes], int]


def ipp_messages(data: bytes) -> int:
    """What a printer or a queue answers."""
    with suppress(message.NotIpp):
        message.decode(data)
    return 0


def codes(data: bytes) -> int:
    """What a scanner sends for one code."""
    with suppress(code.BadCode):
        code.parse(data)
    return 0


def key_events(data: bytes) -> int:
    """What a keyboard says, whole or not."""
    with suppress(event.BadEvent):
        event.parse(data[:24])
    return 0


def gm65_frames(data: bytes) -> int:
    """Set-up orders and the answers to them, among whatever else is on the line."""
    with suppress(gm65.BadFrame):
        gm65.parse_command(data)
    gm65.command_bytes(data)
    found, rest = gm65.cut_reply(data)
    return 0 if len(rest) + len(found or b"") <= len(data) else 1 << 30


def smart_cards(data: bytes) -> int:
    """What a card answers, and the record in it."""
    with suppress(apdu.BadResponse):
        apdu.parse(data)
    for item in (*record.ITEMS, record.NAME_MORE):
        with suppress(record.BadRecord):
            record.parse(item, data)
        record.is_full(item, data)
    return 0


def power_lines(data: bytes) -> int:
    """What a power server says, line by line."""
    cutter = answer.LineCutter()
    lines: list[bytes] = []
    with suppress(answer.BadAnswer):
        lines = cutter.feed(data)
    for line in lines:
        with suppress(answer.BadAnswer):
            answer.message_of(line)
    return 0


def sounds(data: bytes) -> int:
    """A sound file."""
    with suppress(BadSound):
        sound_of(data)
    return 0


def lines(data: bytes) -> int:
    """What the kernel says of a contact."""
    for work in (gpio.asked_of, gpio.handle_of, gpio.level):
        with suppress(modem.BadStruct):
            work(data)
    with suppress(modem.BadStruct):
        modem.level(data, "cts")
    return 0


def zones(data: bytes) -> int:
    """The lines read from a travel document."""
    with suppress(NotMrz):
        decode_zone(data.decode("latin-1").split("\n"))
    return 0


OTHER_TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        each.__name__: each
        for each in (ipp_messages, codes, key_events, gm65_frames, smart_cards, power_lines, sounds, lines, zones)
    }
)
KINDS_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "document_printer": "ipp_messages",
        "code_scanner": "codes",
        "social_card": "smart_cards",
        "power": "power_lines",
        "audio": "sounds",
        "digital_line": "lines",
        "camera": "zones",
        "id_card": "sam_frames",
        "receipt_printer": "printer_replies",
    }
)
"""Which target stands for each kind; every kind has one."""


def other_seeds(name: str) -> tuple[bytes, ...]:
    """Well-formed inputs for these targets."""
    match name:
        case "ipp_messages":
            group = message.Group(
                message.PRINTER, (message.Attribute("printer-state", (message.Value(message.ENUM, 3),)),)
            )
            return (message.encode(message.Message(code=0, request_id=1, groups=(group,))),)
        case "codes":
            return (b"6901234567892", "取件码1234".encode(), "养老".encode("gb18030"))
        case "key_events":
            return (event.encode(event.Event(event.KEY, 28, event.DOWN)), event.encode(event.Event(0, 0, 0)))
        case "gm65_frames":
            return (gm65.read_zone(0x2A), gm65.write_zone(0, b"\xd6"), gm65.save(), gm65.reply(b"\x01"))
        case "smart_cards":
            return (b"\x90\x00", b"\x6a\x82", b"\x61\x10", *(bytes((item.tag, 1)) + b"1" for item in record.ITEMS))
        case "power_lines":
            return (b'VAR ups ups.status "OL CHRG"\n', b"ERR DATA-STALE\n", b"BEGIN LIST VAR ups\nEND LIST VAR ups\n")
        case "sounds":
            return (wav_of(chime())[:400],)
        case "lines":
            return (modem.answer(frozenset({"cts"})), gpio.values(True))
        case _:
            return (b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",)
