"""What Custom's kiosk printers say beyond ESC/POS: the full status of six bytes, and the byte of the ejector.

Sources: the VKP80III driver of quobox (after manual 915DX010100), KPM150, KPM210 and KPM300 manuals. They disagree on
paper bits 5 and 7, which is why the bit of a slip in the mouth is believed only where the profile says so.
"""

from __future__ import annotations

from drivers.receipt_printer.status import Condition

FULL_QUERY = b"\x10\x04\x14"
"""Real-time, DLE EOT 20; answered by 10 0F and four bytes: paper, user, recoverable, unrecoverable."""
EJECTOR_QUERY = b"\x1d\x65\x06"
"""Answered in turn, behind what was sent before, by one byte."""

_AUTOMATIC_BYTES = 4


def full_condition(data: bytes, *, mouth: bool) -> Condition:
    """The meaning of the four bytes; `mouth`: whether this model's paper bit 5 means a slip in the mouth."""
    paper, user, recoverable, unrecoverable = data
    return Condition(
        paper_end=bool(paper & 0x01),
        near_end=bool(paper & 0x44),
        slip_in_mouth=mouth and bool(paper & 0x20),
        head_up=bool(user & 0x01),
        cover_open=bool(user & 0x02),
        feeding=bool(user & 0x60),
        overheated=bool(recoverable & 0x01),
        garbled=bool(recoverable & 0x22),
        voltage=bool(recoverable & 0x08),
        jam=bool(recoverable & 0x40),
        mark_missing=bool(recoverable & 0x80),
        cutter=bool(unrecoverable & 0x01),
        cutter_cover=bool(unrecoverable & 0x02),
        unrecoverable=bool(unrecoverable & 0x8C),
    )


def ejector_condition(byte: int) -> Condition:
    """The meaning of the ejector's byte; its paper sensor is left out, for its polarity is nowhere certain."""
    return Condition(
        near_end=bool(byte & 0x01),
        slip_in_mouth=bool(byte & 0x08),
        mechanical=bool(byte & 0x40),
        jam=bool(byte & 0x80),
    )


def ejector_answer(untrusted_data: bytes, *, quiet: bool) -> int | None:
    """The ejector's byte among what came after the question, or None where it has not come.

    A real-time answer can be no ejector's byte (bit 1). An automatic status begins like one with a motor running, so
    such a byte counts only when the line is `quiet` behind it.
    """
    rest = bytes(byte for byte in untrusted_data if byte & 0x93 != 0x12)
    while rest:
        begins_automatic = rest[0] & 0x93 == 0x10
        if not begins_automatic:
            return rest[0]
        if len(rest) < _AUTOMATIC_BYTES:
            return rest[0] if quiet and len(rest) == 1 else None
        rest = rest[_AUTOMATIC_BYTES:]
    return None
