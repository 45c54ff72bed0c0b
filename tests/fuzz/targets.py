"""Every decoder of bytes from outside, each as a function of arbitrary bytes that may raise nothing but our own errors.

A target returns a number: how much it still holds of what it was given, which the runner bounds (no growth).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final

from drivers.capture.text import BadCapture, parse
from drivers.id_card import frame as sam_frame
from drivers.id_card import reply, text_block
from drivers.id_card.blanking import SamBlanker, blanked
from drivers.id_card.frame import Frame, FrameFinder
from drivers.id_card.record import from_record
from drivers.receipt_printer.blanking import EscposBlanker
from drivers.receipt_printer.encoder import encode
from drivers.receipt_printer.full_status import ejector_answer, ejector_condition, full_condition
from drivers.receipt_printer.port import Qr
from drivers.receipt_printer.profile import PROFILES
from drivers.receipt_printer.status import Full, ReplyDecoder
from seeds.people import People
from tests.drivers.receipt_printer.slips import KEPT
from tests.fuzz import devices, files

Target = Callable[[bytes], int]
HELD_MAX: Final = 256 * 1024
"""No decoder may keep more than this of what it has not understood yet."""
_SLOW_BYTES: Final = 100
"""What is walked byte by byte is given so much of an input: more inputs find more than longer ones."""


def sam_frames(data: bytes) -> int:
    """Frames out of noise, and the card in each."""
    finder = FrameFinder()
    middle = len(data) // 2
    for item in (*finder.feed(data[:middle]), *finder.feed(data[middle:]), *finder.give_up()):
        if isinstance(item, Frame) and (answer := reply.parse(item.content)) is not None:
            with suppress(reply.BadBody, text_block.BadText):
                reply.parse_card(answer.data)
    return finder.noise_bytes if finder.noise_bytes <= len(data) else HELD_MAX + 1


def sam_body(data: bytes) -> int:
    """The body of a read, as if its frame had been right."""
    with suppress(reply.BadBody, text_block.BadText):
        reply.parse_card(data)
    with suppress(reply.BadBody, text_block.BadText):
        reply.parse_card(b"\x01\x00\x00\x00" + data[:256].ljust(256, b"\0"))
    with suppress(reply.BadBody, text_block.BadText):
        reply.parse_card_with_fingerprints(data)
    with suppress(reply.BadBody):
        reply.parse_newest_address(data[: reply.ADDRESS_BYTES].ljust(reply.ADDRESS_BYTES, b"\0"))
    with suppress(reply.BadBody):
        reply.parse_module_number(data[: reply.NUMBER_BYTES])
    return 0


def sam_blanking(data: bytes) -> int:
    """A capture of anything keeps its length, and so does the content of any frame."""
    blanker, some = SamBlanker(), data[:_SLOW_BYTES]
    written = blanker.heard(some) + blanker.rest()[1]
    well = len(written) == len(some) and len(blanked(data)) == len(data)
    return 0 if well else HELD_MAX + 1


def printer_replies(data: bytes) -> int:
    """What a printer says."""
    data = data[: _SLOW_BYTES // 2]
    replies = ReplyDecoder(full_expected=len(data) % 2 == 1).feed(data)
    for each in replies:
        if isinstance(each, Full):
            full_condition(each.data, mouth=True)
    if (byte := ejector_answer(data, quiet=True)) is not None:
        ejector_condition(byte)
    return len(replies)


def printer_blanking(data: bytes) -> int:
    """A capture of any job keeps its length."""
    data = data[: 9 * _SLOW_BYTES]
    blanker = EscposBlanker()
    written = blanker.sent(data) + blanker.rest()[0]
    return 0 if len(written) == len(data) else HELD_MAX + 1


def captures(data: bytes) -> int:
    """A capture file."""
    text = data.decode("utf-8", errors="replace")
    for untrusted in (text, f"# zhizhu capture 1\n# kind id_card\n{text}"):
        with suppress(BadCapture):
            parse(untrusted)
    return 0


def planted(data: bytes) -> int:
    """A decoder with a fault of its own, by which the fuzzing itself is tested; never one of TARGETS."""
    if len(data) > 2 and data[0] == 0x42 and data[1] == 0x55:
        raise IndexError("planted")
    return 0


def growing(data: bytes) -> int:
    """A decoder that keeps everything, likewise."""
    return HELD_MAX + 1 if len(data) > 8 else 0


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            *(sam_frames, sam_body, sam_blanking, printer_replies, printer_blanking, captures),
            *devices.SEEDS,
            *files.SEEDS,
        )
    }
)

OF_KIND: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id_card": ("sam_frames", "sam_body", "sam_blanking", "sam_exchange"),
        "receipt_printer": ("printer_replies", "printer_blanking"),
        "document_printer": ("ipp_messages",),
        "code_scanner": ("codes", "input_events", "gm65_frames"),
        "social_card": ("card_answers",),
        "power": ("supply_lines",),
        "audio": ("sounds",),
        "digital_line": ("line_structs",),
        "camera": ("zones",),
    }
)
"""The targets that stand for each kind of device."""
OF_NO_KIND: Final = ("captures", "slip_files", "places", "stick_parts", "wire_records")
"""Files and records that belong to no kind of device."""

PLANTED: Final[Mapping[str, Target]] = MappingProxyType({each.__name__: each for each in (planted, growing)})


def seeds(name: str) -> tuple[bytes, ...]:
    """Well-formed inputs from which a target's own are bred; without them the depths are never reached."""
    card = reply.card_body(from_record(People.load().all[0].card_record()))
    frames = (
        sam_frame.reply((0, 0, reply.OK), card),
        sam_frame.reply((0, 0, reply.FOUND), bytes(4)),
        sam_frame.reply((0, 0, 0x41)),
        reply.READ,
    )
    # Without the symbol: the simulator draws it, and drawing says nothing about decoding.
    slip = tuple(element for element in KEPT if not isinstance(element, Qr))
    jobs = tuple({b"".join(encode(slip, PROFILES[profile])) for profile in sorted(PROFILES)})
    match name:
        case "sam_frames":
            return frames
        case "sam_blanking":
            return (*frames[1:], bytes((0, 0, reply.OK)) + card)
        case "sam_body":
            return (card, *(text_block.encode(from_record(one.card_record())) for one in People.load().all))
        case "printer_blanking":
            return (
                *jobs,
                b"\x1d(k\x04\x00\x31\x50\x30a",
                b"\x1dv0\x00\x01\x00\x02\x00ab",
                b"\x10\x04\x01\x1dr\x01",
                b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
            )
        case "printer_replies":
            return (
                b"\x12\x12\x12\x00",
                b"\x7e\x0c",
                b"\x14\x00\x00\x0f",
                b"\x37\x25\x00",
                b"\x10\x0f\x20\x00\x40\x01\x08",
            )
        case "captures":
            return (b"0.000412 > AA AA\n0.013970 < 97\n# remark\n4.201200 ! lost\n",)
        case _:
            named = {each.__name__: given for each, given in (*devices.SEEDS.items(), *files.SEEDS.items())}
            return named.get(name, ())
