"""The 256 bytes of text on a card: four layouts, UTF-16LE, padded with spaces. Cards in, bytes out, and back.

Offsets and lengths are those of the cards themselves (see the table in each layout); the letter at 248 tells which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from drivers.id_card.port import ForeignCard2017, ForeignCard2023, HkMoTwCard, IdCard, ResidentCard

BLOCK_BYTES: Final = 256
PAD: Final = " "
_FLAG: Final = (248, 2)
_RESIDENT_FLAGS: Final = ("", "A")

Span = tuple[int, int]
"""Offset and length in bytes."""

_RESIDENT: Final[Mapping[str, Span]] = MappingProxyType(
    {
        "name": (0, 30),
        "sex_code": (30, 2),
        "ethnic_code": (32, 4),
        "birth_text": (36, 16),
        "address": (52, 70),
        "number": (122, 36),
        "authority": (158, 30),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
    }
)
_HK_MO_TW: Final[Mapping[str, Span]] = MappingProxyType(
    {
        **{name: span for name, span in _RESIDENT.items() if name != "ethnic_code"},
        "permit_number": (220, 18),
        "issue_count": (238, 4),
    }
)
_FOREIGN_2017: Final[Mapping[str, Span]] = MappingProxyType(
    {
        "english_name": (0, 120),
        "sex_code": (120, 2),
        "number": (122, 30),
        "nationality": (152, 6),
        "chinese_name": (158, 30),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
        "birth_text": (220, 16),
        "card_version": (236, 4),
        "authority": (240, 8),
    }
)
_FOREIGN_2023: Final[Mapping[str, Span]] = MappingProxyType(
    {
        "chinese_name": (0, 30),
        "sex_code": (30, 2),
        "renewals": (32, 4),
        "birth_text": (36, 16),
        "english_head": (52, 70),
        "number": (122, 36),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
        "english_tail": (220, 22),
        "nationality": (242, 6),
        "link": (250, 6),
    }
)
_ENGLISH_HEAD_CHARS: Final = 35


class BadText(ValueError):
    """A block that is none of the four layouts; `code` is `text` (not characters) or `layout` (not known)."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


def decode(untrusted_block: bytes, photo: bytes = b"") -> IdCard:
    """The card written in these bytes; raises BadText and nothing else."""
    if len(untrusted_block) != BLOCK_BYTES:
        raise BadText("text", f"a text block has {BLOCK_BYTES} bytes, this one {len(untrusted_block)}")
    flag = _cut(untrusted_block, _FLAG).strip()
    decoder = _DECODERS.get("" if flag in _RESIDENT_FLAGS else flag)
    if decoder is None:
        raise BadText("layout", "the card's type letter is none of those known")
    return decoder(untrusted_block, photo)


def encode(card: IdCard) -> bytes:
    """The block a card of these values carries; raises BadText for a value that does not fit its place."""
    block = bytearray(PAD.encode("utf-16-le") * (BLOCK_BYTES // 2))
    match card:
        case ResidentCard():
            spans, values, flag = _RESIDENT, vars(card), PAD
        case HkMoTwCard():
            spans, values, flag = _HK_MO_TW, vars(card), "J"
        case ForeignCard2017():
            spans, values, flag = _FOREIGN_2017, vars(card), "I"
        case ForeignCard2023():
            spans, flag = _FOREIGN_2023, "Y"
            head, tail = card.english_name[:_ENGLISH_HEAD_CHARS], card.english_name[_ENGLISH_HEAD_CHARS:]
            values = {**vars(card), "english_head": head, "english_tail": tail}
    for name, span in spans.items():
        _paste(block, span, str(values[name]), name)
    _paste(block, _FLAG, flag, "type letter")
    return bytes(block)


def _resident(block: bytes, photo: bytes) -> ResidentCard:
    return ResidentCard(photo=photo, **_fields(block, _RESIDENT))


def _hk_mo_tw(block: bytes, photo: bytes) -> HkMoTwCard:
    return HkMoTwCard(photo=photo, **_fields(block, _HK_MO_TW))


def _foreign_2017(block: bytes, photo: bytes) -> ForeignCard2017:
    return ForeignCard2017(photo=photo, **_fields(block, _FOREIGN_2017))


def _foreign_2023(block: bytes, photo: bytes) -> ForeignCard2023:
    fields = _fields(block, _FOREIGN_2023)
    head, tail = fields.pop("english_head"), fields.pop("english_tail")
    english = (head.ljust(_ENGLISH_HEAD_CHARS) + tail).rstrip(PAD) if tail else head
    return ForeignCard2023(photo=photo, english_name=english, **fields)


_DECODERS: Final[Mapping[str, Callable[[bytes, bytes], IdCard]]] = MappingProxyType(
    {"": _resident, "J": _hk_mo_tw, "I": _foreign_2017, "Y": _foreign_2023}
)


def _fields(block: bytes, spans: Mapping[str, Span]) -> dict[str, Any]:
    return {name: _cut(block, span) for name, span in spans.items()}


def _cut(block: bytes, span: Span) -> str:
    offset, length = span
    try:
        return block[offset : offset + length].decode("utf-16-le").rstrip(PAD + "\0")
    except UnicodeDecodeError as error:
        raise BadText("text", f"bytes {offset} to {offset + length} are not characters") from error


def padded(text: str, length: int, name: str) -> bytes:
    """The text as a card stores it in so many bytes; raises BadText where it does not fit."""
    try:
        data = text.encode("utf-16-le")
    except UnicodeEncodeError as error:
        raise BadText("text", f"{name} holds what is no character") from error
    if len(data) > length:
        raise BadText("text", f"{name} has {len(data)} bytes, its place {length}")
    return data + PAD.encode("utf-16-le") * ((length - len(data)) // 2)


def _paste(block: bytearray, span: Span, text: str, name: str) -> None:
    offset, length = span
    block[offset : offset + length] = padded(text, length, name)
