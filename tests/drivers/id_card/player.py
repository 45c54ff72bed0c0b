"""A card reader that plays recorded bytes. It shares no code with driver, codec or simulator, on purpose.

What the player knows of the protocol is written here as hexadecimal, from the published frames.
"""

from __future__ import annotations

import hashlib
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import yaml

from drivers.link import LinkLost

FIND: Final = bytes.fromhex("AAAAAA96690003200122")
SELECT: Final = bytes.fromhex("AAAAAA96690003200221")
READ: Final = bytes.fromhex("AAAAAA96690003300132")
STATUS: Final = bytes.fromhex("AAAAAA9669000311FFED")
READ_WITH_FINGERPRINTS: Final = bytes.fromhex("AAAAAA96690003301023")
READ_NEWEST_ADDRESS: Final = bytes.fromhex("AAAAAA96690003300330")
MODULE_NUMBER: Final = bytes.fromhex("AAAAAA9669000312FFEE")
SET_RF_80: Final = bytes.fromhex("AAAAAA9669000461FF50CA")
QUESTIONS: Final = {
    FIND: "find",
    SELECT: "select",
    READ: "read",
    STATUS: "status",
    READ_WITH_FINGERPRINTS: "read_with_fingerprints",
    READ_NEWEST_ADDRESS: "newest_address",
    MODULE_NUMBER: "module_number",
    SET_RF_80: "set_rf",
}

FOUND: Final = bytes.fromhex("AAAAAA9669000800009F0000000097")
NO_CARD: Final = bytes.fromhex("AAAAAA96690004000080 84")
SELECTED: Final = bytes.fromhex("AAAAAA9669000C00009000000000000000009C")
WELL: Final = bytes.fromhex("AAAAAA966900040000 9094")
SELECT_FAILED: Final = bytes.fromhex("AAAAAA96690004000081 85")
READ_FAILED: Final = bytes.fromhex("AAAAAA96690004000041 45")
NO_ADDRESS: Final = bytes.fromhex("AAAAAA96690004000091 95")
NEWEST_ADDRESS: Final = "上海市浦东新区示例路99号"
ADDRESS: Final = bytes.fromhex(
    "AAAAAA9669004A0000900A4E776D025E666D1C4EB0653A533A798B4FEF8D39003900F753" + "2000" * 22 + "7C"
)
NUMBER: Final = bytes.fromhex("AAAAAA96690014000090 05000300 F5FD3401 87D61200 B1CB7400 F2")
PHOTO: Final = bytes.fromhex("574C66007E003200") + bytes(1016)
BYTE_S_AT_9600: Final = 10 / 9600

_VECTORS: Final = yaml.safe_load(Path(__file__).with_name("vectors.yaml").read_text(encoding="utf-8"))
LAYOUTS: Final[tuple[str, ...]] = tuple(_VECTORS)


def fields_of(layout: str) -> dict[str, Any]:
    """What must come out of this vector, the photo aside."""
    return dict(_VECTORS[layout]["fields"])


def card_reply(layout: str) -> bytes:
    """The 1295 bytes of this vector's reply, proven against the published check byte and hash."""
    vector = _VECTORS[layout]
    text = bytes.fromhex(vector["text"].replace(" ", ""))
    whole = bytes.fromhex("AAAAAA9669 0508 000090 0100 0400") + text + PHOTO + bytes.fromhex(vector["check"])
    assert len(whole) == 1295
    assert hashlib.sha256(whole).hexdigest()[:16] == vector["sha256"]
    return whole


def card_reply_with_fingerprints(layout: str, fingers: bytes) -> bytes:
    """The 2321 or 1297 bytes of this vector's reply to 30 10, proven against the published check byte."""
    vector = _VECTORS[layout]
    text = bytes.fromhex(vector["text"].replace(" ", ""))
    body = bytes.fromhex("0100 0400") + len(fingers).to_bytes(2, "big") + text + PHOTO + fingers
    whole = framed(body)
    published = {1024: ("check_2321", 2321), 0: ("check_1297", 1297)}.get(len(fingers))
    if published is not None and not any(fingers):
        name, size = published
        assert (len(whole), whole[-1:]) == (size, bytes.fromhex(vector[name]))
    return whole


def status(sw3: int, sw1: int = 0, sw2: int = 0) -> bytes:
    """A reply that is only a status."""
    return bytes.fromhex("AAAAAA96690004") + bytes([sw1, sw2, sw3, 4 ^ sw1 ^ sw2 ^ sw3])


def framed(body: bytes) -> bytes:
    """A success of any body, with a right check byte."""
    counted = (len(body) + 4).to_bytes(2, "big") + b"\x00\x00\x90" + body
    check = 0
    for byte in counted:
        check ^= byte
    return bytes.fromhex("AAAAAA9669") + counted + bytes([check])


Pieces = Sequence[bytes]


@dataclass
class Script:
    """What is answered to each question; a list of pieces arrives piece by piece, an empty one is silence."""

    find: Pieces = (FOUND,)
    select: Pieces = (SELECTED,)
    read: Pieces = ()
    status: Pieces = (WELL,)
    read_with_fingerprints: Pieces = ()
    newest_address: Pieces = (NO_ADDRESS,)
    module_number: Pieces = (NUMBER,)
    set_rf: Pieces = (WELL,)
    asked: list[str] = field(default_factory=list)
    _heard: bytearray = field(default_factory=bytearray)

    def lay(self, layout: str) -> None:
        """A good card of this layout."""
        self.find, self.select, self.read = (FOUND,), (SELECTED,), (card_reply(layout),)

    def lift(self) -> None:
        """Nothing lies there."""
        self.find, self.select, self.read = (NO_CARD,), (SELECT_FAILED,), (READ_FAILED,)

    def hear(self, data: bytes) -> list[Pieces]:
        """The answers to the questions completed by these bytes; anything but a known question fails the test."""
        self._heard += data
        answers: list[Pieces] = []
        while self._heard:
            question = next((each for each in QUESTIONS if self._heard.startswith(each)), None)
            if question is None:
                if any(each.startswith(self._heard) for each in QUESTIONS):
                    break
                raise ValueError(f"not a question: {self._heard.hex()}")
            del self._heard[: len(question)]
            self.asked.append(QUESTIONS[question])
            pieces: Pieces = getattr(self, QUESTIONS[question])
            answers.append(pieces)
        return answers


def each_byte(reply: bytes) -> Pieces:
    """The reply byte by byte."""
    return [reply[at : at + 1] for at in range(len(reply))]


class MemoryLink:
    """A link to a script, in a time of its own: what is waited for is due at once, what does not come costs nothing."""

    def __init__(self, script: Script, piece_s: float = 0.0) -> None:
        self._script = script
        self._piece_s = piece_s
        self._coming: list[tuple[float, bytes]] = []
        self.now = 0.0
        self.lost = False
        self.closed = False

    def monotonic(self) -> float:
        """The time on this link."""
        return self.now

    def read(self, limit: int, timeout_s: float) -> bytes:
        """What is due within the timeout."""
        self._may_be_lost()
        if not self._coming or self._coming[0][0] > self.now + timeout_s:
            self.now += timeout_s
            return b""
        due, piece = self._coming.pop(0)
        self.now = max(self.now, due)
        if len(piece) > limit:
            self._coming.insert(0, (due, piece[limit:]))
        return piece[:limit]

    def write(self, data: bytes) -> None:
        """A question; its answer begins to come."""
        self._may_be_lost()
        for pieces in self._script.hear(data):
            self.send(pieces)

    def send(self, pieces: Iterable[bytes]) -> None:
        """Let these pieces come, unasked."""
        due = self.now
        for piece in pieces:
            due += self._piece_s * len(piece)
            self._coming.append((due, piece))

    def close(self) -> None:
        """The driver gave the link back."""
        self.closed = True

    def _may_be_lost(self) -> None:
        if self.lost:
            raise LinkLost("link.lost", "断了。", "接好。")


class PtyPlayer:
    """The same script on a real pseudo-terminal."""

    def __init__(self, script: Script, piece_s: float = 0.0) -> None:
        self.script = script
        self._piece_s = piece_s
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.link = os.ttyname(self._theirs)
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._play, name="player", daemon=True)
        self.trouble: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._wake_write, b".")
        self._thread.join(timeout=10)
        for descriptor in (self._ours, self._theirs, self._wake_read, self._wake_write):
            os.close(descriptor)
        if self.trouble is not None:
            raise self.trouble

    def _play(self) -> None:
        try:
            while self._waits_for(self._ours):
                for pieces in self.script.hear(os.read(self._ours, 4096)):
                    self._say(pieces)
        except (OSError, ValueError) as error:
            self.trouble = error

    def _waits_for(self, descriptor: int) -> bool:
        ready, _, _ = select.select([descriptor, self._wake_read], [], [])
        return self._wake_read not in ready

    def _say(self, pieces: Pieces) -> None:
        due = time.monotonic()
        for piece in pieces:
            due += self._piece_s * len(piece)
            # The pace of the line itself, not a wait for anybody.
            select.select([self._wake_read], [], [], max(0.0, due - time.monotonic()))
            os.write(self._ours, piece)


def connected(link: MemoryLink) -> Callable[[str], MemoryLink]:
    """A `connect` that gives this link."""
    return lambda _url: link
