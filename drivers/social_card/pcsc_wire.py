"""What the process that holds the reader and its parent say to each other: a letter, a length of two bytes, a body."""

from __future__ import annotations

import struct
from typing import Final, Literal

HEAD: Final = struct.Struct(">cH")
BODY_BYTES_MAX: Final = 300

Order = Literal["look", "connect", "transmit", "disconnect"]
ORDERS: Final[dict[bytes, Order]] = {b"L": "look", b"C": "connect", b"T": "transmit", b"D": "disconnect"}
ORDER_LETTERS: Final = {order: letter for letter, order in ORDERS.items()}

Tag = Literal["done", "no_card", "pulled", "mute", "busy", "no_reader", "no_service", "transport"]
TAGS: Final[dict[bytes, Tag]] = {
    b"+": "done",
    b"0": "no_card",
    b"P": "pulled",
    b"M": "mute",
    b"B": "busy",
    b"R": "no_reader",
    b"S": "no_service",
    b"X": "transport",
}
"""What came of an order; all but `done` are names of diagnosis.py."""
TAG_LETTERS: Final = {tag: letter for letter, tag in TAGS.items()}
