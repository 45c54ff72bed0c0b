"""What a printer says about itself: real-time bytes, automatic status and queued answers, told apart.

Bits: Epson ESC/POS reference, HPRT TP809, Citizen CT-S2000 manuals. Fixed bits tell the kinds apart:

    0xx1xx10              answer to DLE EOT n (which n, only the asker knows)
    0xx1xx00 then 3 more  automatic status (ASB); the three have bit 4 and bit 7 clear
    0x37 … 0x00           a block, such as 37 25 00: buffers cleared (DLE DC4 8)
    10 0F then 4 more     full status of Custom's printers, where it was asked for (see full_status)
    0000xxxx              answer to GS r, sent when the printer has worked off everything before it
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace
from enum import IntEnum

QUEUED_QUERY = b"\x1d\x72\x01"
"""GS r 1: the paper sensors, answered in turn, after the bytes before it."""

FULL_HEADER = b"\x10\x0f"

_BLOCK_HEADER = 0x37
_BLOCK_BYTES_MAX = 80
_CLEARED = b"\x37\x25\x00"


class Query(IntEnum):
    """The four real-time questions, DLE EOT n."""

    PRINTER = 1
    OFFLINE = 2
    ERROR = 3
    PAPER = 4

    @property
    def command(self) -> bytes:
        """The bytes that ask it; they may stand between any two commands of a job."""
        return b"\x10\x04" + bytes([self.value])


@dataclass(frozen=True)
class Condition:
    """Everything a printer can say about itself; all false is a printer in good order with an empty mouth."""

    offline: bool = False
    cover_open: bool = False
    feeding: bool = False
    paper_end: bool = False
    near_end: bool = False
    cutter: bool = False
    mechanical: bool = False
    unrecoverable: bool = False
    overheated: bool = False
    error: bool = False
    head_up: bool = False
    jam: bool = False
    voltage: bool = False
    cutter_cover: bool = False
    mark_missing: bool = False
    """The notch or black mark by which the printer knows where a ticket begins was not found."""
    garbled: bool = False
    """Bytes came that the printer could not make out; what it printed may have a hole."""
    slip_in_mouth: bool = False

    def __or__(self, other: Condition) -> Condition:
        return Condition(*(mine or theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def stopped(self) -> bool:
        """Whether anything here keeps a slip from being printed."""
        return replace(self, near_end=False, garbled=False, slip_in_mouth=False) != Condition()


@dataclass(frozen=True)
class RealTime:
    """One answered DLE EOT; it does not say which question it answers."""

    byte: int


@dataclass(frozen=True)
class Automatic:
    """Four bytes that the printer sent of itself."""

    condition: Condition


@dataclass(frozen=True)
class Queued:
    """The answer to GS r: the printer is through everything sent before the question."""

    condition: Condition


@dataclass(frozen=True)
class Full:
    """The four bytes of a full status that was asked for."""

    data: bytes


@dataclass(frozen=True)
class Cleared:
    """The printer has forgotten all that waited in it."""


@dataclass(frozen=True)
class Noise:
    """A byte no status can be."""

    byte: int


Reply = RealTime | Automatic | Queued | Full | Cleared | Noise


def condition_of(query: Query, byte: int) -> Condition:
    """The meaning of a real-time byte, given the question."""
    match query:
        case Query.PRINTER:
            return Condition(offline=_bit(byte, 3), error=_bit(byte, 5), feeding=_bit(byte, 6))
        case Query.OFFLINE:
            return Condition(
                cover_open=_bit(byte, 2), feeding=_bit(byte, 3), paper_end=_bit(byte, 5), error=_bit(byte, 6)
            )
        case Query.ERROR:
            return Condition(
                mechanical=_bit(byte, 2), cutter=_bit(byte, 3), unrecoverable=_bit(byte, 5), overheated=_bit(byte, 6)
            )
        case Query.PAPER:
            # Two bits say the same and some models set only one of them.
            return Condition(near_end=bool(byte & 0x0C), paper_end=bool(byte & 0x60))


@dataclass
class ReplyDecoder:
    """Bytes in, replies out, in any split. Never raises: what comes over a wire is not to be trusted.

    An automatic status or a block that lost its tail swallows what follows with bit 4 clear. That errs to the safe
    side: a queued answer may be missed, but nothing else is ever taken for one.
    """

    full_expected: bool = False
    """Whether a full status was asked for: only then do its first two bytes mean one, for an automatic status may
    begin alike."""
    _automatic: bytearray = field(default_factory=bytearray)
    _block: bytearray = field(default_factory=bytearray)
    _full: bytearray = field(default_factory=bytearray)

    def feed(self, untrusted_data: bytes) -> tuple[Reply, ...]:
        """The replies completed by these bytes."""
        replies = (self._take(byte) for byte in untrusted_data)
        return tuple(reply for reply in replies if reply is not None)

    def _take(self, byte: int) -> Reply | None:
        if self._full:
            return self._take_of_full(byte)
        if self.full_expected and byte == FULL_HEADER[1] and self._automatic == FULL_HEADER[:1]:
            self._automatic.clear()
            self._full += FULL_HEADER
            return None
        if byte & 0x93 == 0x12:
            return RealTime(byte)
        if byte & 0x93 == 0x10:
            self._automatic = bytearray([byte])
            return None
        if byte == _BLOCK_HEADER:
            self._block = bytearray([byte])
            return None
        if byte & 0x90:
            return Noise(byte)
        if self._block:
            return self._take_of_block(byte)
        if not self._automatic:
            if byte & 0x60:
                return Noise(byte)
            return Queued(Condition(near_end=bool(byte & 0x03), paper_end=bool(byte & 0x0C)))
        self._automatic.append(byte)
        if len(self._automatic) < 4:
            return None
        whole, self._automatic = bytes(self._automatic), bytearray()
        return Automatic(_automatic_condition(whole))

    def _take_of_full(self, byte: int) -> Reply | None:
        self._full.append(byte)
        if len(self._full) < len(FULL_HEADER) + 4:
            return None
        whole, self._full = bytes(self._full), bytearray()
        self.full_expected = False
        return Full(whole[len(FULL_HEADER) :])

    def _take_of_block(self, byte: int) -> Reply | None:
        self._block.append(byte)
        if byte != 0 and len(self._block) < _BLOCK_BYTES_MAX:
            return None
        whole, self._block = bytes(self._block), bytearray()
        return Cleared() if whole == _CLEARED else Noise(byte)


def _automatic_condition(asb: bytes) -> Condition:
    first, second, third, _reserved = asb
    return Condition(
        offline=_bit(first, 3),
        cover_open=_bit(first, 5),
        feeding=_bit(first, 6),
        mechanical=_bit(second, 2),
        cutter=_bit(second, 3),
        unrecoverable=_bit(second, 5),
        overheated=_bit(second, 6),
        near_end=bool(third & 0x03),
        paper_end=bool(third & 0x0C),
    )


def _bit(byte: int, bit: int) -> bool:
    return bool(byte >> bit & 1)
