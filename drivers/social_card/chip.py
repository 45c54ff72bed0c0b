"""The chip of a simulated social-security card: commands in, answers out (pure but for what it remembers)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.social_card import apdu
from drivers.social_card.port import SocialCard
from drivers.social_card.record import HOLDER_FILE, ITEMS, Item, encode

ATR: Final = bytes.fromhex("3B6500005A5A534842")
"""T=0 by default, five historical bytes of our own."""
_FILES: Final = frozenset(item.file for item in ITEMS)


def status(sw: int) -> bytes:
    """An answer of a status alone."""
    return sw.to_bytes(2, "big")


@dataclass
class Chip:
    """One card in power; `has` tells which faults are there now."""

    card: SocialCard
    has: Callable[[str], bool]
    _selected: bool = False
    _file: int = 0
    _waiting: bytes = b""

    def reset(self) -> None:
        """Power came, or came anew."""
        self._selected, self._file, self._waiting = False, 0, b""

    def answer(self, command: bytes) -> bytes:
        """What the card says to this command."""
        if len(command) < 5 or command[0] != 0x00:
            return status(0x6E00 if command[:1] != b"\0" else 0x6700)
        match command[1], command[2]:
            case 0xA4, 0x04:
                return self._select_application(command)
            case 0xA4, 0x02:
                return self._select_file(command)
            case 0xB2, identifier:
                return self._read(identifier, command[4])
            case 0xC0, _:
                said, self._waiting = self._waiting, b""
                return said[: command[4] or 256] + status(0x9000) if said else status(0x6985)
            case _:
                return status(0x6D00)

    def _select_application(self, command: bytes) -> bytes:
        if self.has("wrong_application") or command[5:] != apdu.APPLICATION:
            return status(0x6A82)
        self._selected = True
        if self.has("asks_again"):
            self._waiting = b"\x6f\x11\x84\x0f" + apdu.APPLICATION
            return status(0x6100 | len(self._waiting))
        return status(0x9000)

    def _select_file(self, command: bytes) -> bytes:
        file = int.from_bytes(command[5:7], "big")
        if not self._selected or file not in _FILES:
            return status(0x6A82)
        self._file = file
        return status(0x9000)

    def _read(self, identifier: int, length: int) -> bytes:
        item = next((each for each in ITEMS if each.file == self._file and each.tag == identifier), None)
        if item is None or (self.has("record_missing") and item.field == "card_number"):
            return status(0x6A83)
        if self.has("security") and item.file == HOLDER_FILE:
            return status(0x6982)
        record = self._record(item)
        if length != len(record) or (self.has("asks_again") and not self._waiting):
            self._waiting = record
            return status(0x6C00 | len(record))
        self._waiting = b""
        return record + status(0x9000)

    def _record(self, item: Item) -> bytes:
        record = encode(item, getattr(self.card, item.field))
        if self.has("garbage") and item.file == HOLDER_FILE:
            return bytes([item.tag, 0xFF]) + bytes(byte ^ 0xA5 for byte in record[2:])
        return record
