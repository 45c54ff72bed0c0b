"""Codes as they come in, whatever brings them: whole ones, and what is wrong with the others (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from drivers.code_scanner.port import Scanned

CODE_BYTES_MAX: Final = 4296
"""The most characters a QR code holds (version 40-L, alphanumeric; ISO/IEC 18004 table 7)."""

Fault = Literal["too_long", "control", "not_text", "noise", "half", "stuck_key", "foreign_key", "keys_lost"]
"""Why something is no code; the names are those of diagnosis.py."""


@dataclass(frozen=True)
class Broken:
    """Something came that is no code."""

    fault: Fault


Item = Scanned | Broken


class Finder(Protocol):
    """Bytes of one link in, codes out. Never raises, holds a bounded number of bytes."""

    @property
    def begun(self) -> bool:
        """Whether part of a code has come and its end has not."""

    def feed(self, untrusted_data: bytes) -> tuple[Item, ...]:
        """What these bytes complete."""

    def idle(self) -> tuple[Item, ...]:
        """What the stillness of the line completes: nothing more will come of what has begun."""


class BadCode(ValueError):
    """These bytes are no code that could be shown to anybody."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


_CONTROL: Final = re.compile(rb"[\x00-\x03\x05-\x1c\x1f\x7f]")
"""GS, RS and EOT part the fields of GS1 and ISO/IEC 15434 codes; every other control byte is noise."""
_NO_TEXT: Final = re.compile("[\x80-\x9f\ufeff\ufffe\uffff]")


def parse(untrusted_code: bytes) -> Scanned:
    """The code in these bytes, without its suffix: UTF-8, else GB18030, no control bytes. Raises BadCode."""
    if not 1 <= len(untrusted_code) <= CODE_BYTES_MAX:
        raise BadCode("too_long" if untrusted_code else "noise")
    if _CONTROL.search(untrusted_code):
        raise BadCode("control")
    text = _decoded(untrusted_code)
    if _NO_TEXT.search(text):
        raise BadCode("not_text")
    return Scanned(text, untrusted_code)


def item_of(untrusted_code: bytes) -> Item:
    """The same, with what is wrong as a value."""
    try:
        return parse(untrusted_code)
    except BadCode as error:
        return Broken(error.fault)


def _decoded(data: bytes) -> str:
    # Chinese QR makers write either, and no scanner says which; UTF-8 is the one that almost never fits by chance.
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadCode("not_text")
