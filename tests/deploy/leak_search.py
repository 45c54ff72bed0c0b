"""Searches files for everything that is known of the invented people, in every spelling it may have leaked in.

A value counts from six bytes on, and so does a spelling of it: shorter ones stand in any encrypted file by chance. What
is found is told by place, person and spelling, never by value: reports of this search end up in logs themselves.
"""

from __future__ import annotations

import base64
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from seeds.people import Person

LEAST_BYTES: Final = 6
MOST_UNPACKED: Final = 4_000_000
CHARACTER_SETS: Final = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_ZLIB_HEADS: Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b\x08")
_ANY_HEAD: Final = 32 + zlib.MAX_WBITS  # zlib or gzip, whichever it is
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A value that stands readable in a file: where, whose, which of their values, in which spelling."""

    file: str
    whose: str
    what: str
    spelling: str


class LeakSearch:
    """Looks for all values of some people, or for others that a test names besides, in one pass over each file."""

    def __init__(self, values: Mapping[tuple[str, str], str | bytes]) -> None:
        self._by_head: dict[bytes, list[tuple[bytes, tuple[str, str, str]]]] = defaultdict(list)
        for (whose, what), value in values.items():
            for spelling, needle in spellings(value):
                self._by_head[needle[:LEAST_BYTES]].append((needle, (whose, what, spelling)))
        assert self._by_head, "nothing to look for"
        # Which two bytes any head has at its begin, in its middle and at its end: few places pass all three.
        self._pairs = np.zeros((LEAST_BYTES // 2, 2**16), np.bool_)
        for head in self._by_head:
            self._pairs[range(LEAST_BYTES // 2), np.frombuffer(head, "<u2")] = True

    def in_bytes(self, data: bytes, name: str) -> set[Found]:
        """Everything that is found in these bytes and in what is compressed in them."""
        found = {Found(name, *told) for told in self._told(data)}
        for unpacked in _unpacked(data):
            found |= {Found(name, whose, what, f"zlib {how}") for whose, what, how in self._told(unpacked)}
        return found

    def in_folder(self, folder: Path) -> set[Found]:
        """Everything that is found in the files of a folder, however deep, and in their names."""
        found: set[Found] = set()
        for path in files_of(folder):
            name = str(path.relative_to(folder))
            found |= self.in_bytes(path.read_bytes(), name) | self.in_bytes(name.encode(), "(a file's name)")
        return found

    def _told(self, data: bytes) -> Iterator[tuple[str, str, str]]:
        heads = self._by_head
        for at in self._likely(data):
            if (head := data[at : at + LEAST_BYTES]) in heads:
                yield from (told for needle, told in heads[head] if data.startswith(needle, at))

    def _likely(self, data: bytes) -> list[int]:
        """The places at which a head may stand: looking at every byte one by one would take most of the time."""
        if len(data) < LEAST_BYTES:
            return []
        octets = np.frombuffer(data, np.uint8).astype(np.uint16)
        pairs = octets[:-1] | octets[1:] << 8
        last = len(data) - LEAST_BYTES + 1
        first, *others = (known[pairs[2 * n : 2 * n + last]] for n, known in enumerate(self._pairs))
        for other in others:
            first &= other
        places: list[int] = np.flatnonzero(first).tolist()
        return places


def files_of(folder: Path) -> tuple[Path, ...]:
    """Every regular file below a folder."""
    return tuple(path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def values_of(people: Iterable[Person]) -> dict[tuple[str, str], str]:
    """All that stands on these people's cards or is known of them, and how names and numbers look masked.

    Left out is what names no person: the place they live in is the place where the terminal stands, 长期 is on every
    second card, and the pension's words are the program's own.
    """
    found: dict[tuple[str, str], str] = {}
    for person in people:
        known = {
            **person.model_dump(include={"name", "address", "id_number", "authority", "valid_from", "valid_to"}),
            **{f"card.{name}": value for name, value in person.card.items()},
            "birth": f"{person.birth:%Y%m%d}",
            "birth.iso": person.birth.isoformat(),
            "birth.zh": f"{person.birth.year}年{person.birth.month}月{person.birth.day}日",
            "died_on": person.died_on.isoformat() if person.died_on else "",
            "masked_name": person.masked_name,
            "masked_number": person.masked_number,
            "slug": person.slug,
        }
        found |= {
            (person.slug, what): value
            for what, value in known.items()
            if len(value.encode()) >= LEAST_BYTES and value != "长期"
        }
    return found


def spellings(value: str | bytes) -> Iterator[tuple[str, bytes]]:
    """How a value may stand in a file: in each character set as it is, in hex and in base64; and as JSON escapes."""
    plain: dict[bytes, str] = {}
    if isinstance(value, bytes):
        plain[value] = "bytes"
    else:
        for name in CHARACTER_SETS:
            plain.setdefault(value.encode(name), name)
        if not value.isascii():
            yield "json", value.encode("ascii", "backslashreplace")
    for data, name in plain.items():
        for how, needle in (("", data), *_hex(data), *_base64(data)):
            if len(needle) >= LEAST_BYTES:
                yield f"{name} {how}".strip(), needle


def _hex(data: bytes) -> Iterator[tuple[str, bytes]]:
    lower = data.hex().encode()
    yield "hex", lower
    if lower.upper() != lower:
        yield "HEX", lower.upper()


def _base64(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What of base64 is the same whatever stands before and after: at each of the three places a group can begin."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + data)
        begins = (before * 8 + 5) // 6  # a character that also holds bits of what stands before tells nothing
        ends = (before + len(data)) * 8 // 6
        needle = text[begins:ends]
        yield f"base64 at {before}", needle
        if (other := needle.translate(_URL_SAFE)) != needle:
            yield f"base64url at {before}", other


def _unpacked(data: bytes) -> Iterator[bytes]:
    for head in _ZLIB_HEADS:
        at = data.find(head)
        while at >= 0:
            try:
                yield zlib.decompressobj(_ANY_HEAD).decompress(data[at:], MOST_UNPACKED)
            except zlib.error:
                pass  # these bytes only look like the head of something compressed
            at = data.find(head, at + 1)
