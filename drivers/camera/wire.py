"""What the camera's child process and its parent say to each other over a pipe.

Question: 8 bytes, the timeout in seconds (big-endian double). Answer: a head of 21 bytes, then the pixels.
"""

from __future__ import annotations

import struct
from typing import Final, Literal

QUESTION: Final = struct.Struct(">d")
HEAD: Final = struct.Struct(">cdIII")
BYTES_MAX: Final = 64 * 1024 * 1024

Tag = Literal["ready", "frame", "absent", "silent", "frozen", "unreadable"]
TAGS: Final[dict[bytes, Tag]] = {
    b"R": "ready",
    b"F": "frame",
    b"A": "absent",
    b"S": "silent",
    b"Z": "frozen",
    b"U": "unreadable",
}
LETTERS: Final[dict[Tag, bytes]] = {tag: letter for letter, tag in TAGS.items()}
