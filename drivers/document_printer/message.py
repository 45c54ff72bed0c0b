"""IPP messages as bytes and back (RFC 8010 §3): groups of attributes, each with values that carry their own syntax.

Bytes come from whatever listens on a port, so decoding is bounded and raises NotIpp and nothing else. A value whose
bytes do not fit its syntax is kept as those bytes: one sloppy attribute shall not hide a printer's whole answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MESSAGE_BYTES_MAX: Final = 1024 * 1024
"""All attributes of large office printers with every tray and finisher come to about a quarter of this."""
VALUES_MAX: Final = 20_000
DEPTH_MAX: Final = 8
"""Collections in collections; media-col-database, the deepest in use, has three."""

OPERATION: Final = 0x01
JOB: Final = 0x02
END: Final = 0x03
PRINTER: Final = 0x04

INTEGER: Final = 0x21
BOOLEAN: Final = 0x22
ENUM: Final = 0x23
OCTETS: Final = 0x30
DATE_TIME: Final = 0x31
RESOLUTION: Final = 0x32
RANGE: Final = 0x33
COLLECTION: Final = 0x34
TEXT_IN_LANGUAGE: Final = 0x35
NAME_IN_LANGUAGE: Final = 0x36
END_COLLECTION: Final = 0x37
TEXT: Final = 0x41
NAME: Final = 0x42
KEYWORD: Final = 0x44
URI: Final = 0x45
CHARSET: Final = 0x47
LANGUAGE: Final = 0x48
MIME_TYPE: Final = 0x49
MEMBER_NAME: Final = 0x4A

_STRINGS: Final = frozenset(range(0x41, 0x4A))
_NUMBERS: Final = frozenset((INTEGER, ENUM))
_IN_LANGUAGE: Final = frozenset((TEXT_IN_LANGUAGE, NAME_IN_LANGUAGE))
_FIRST_VALUE_TAG: Final = 0x10
_LENGTH_MAX: Final = 0xFFFF


class NotIpp(ValueError):
    """Bytes that are no IPP message within our bounds."""


@dataclass(frozen=True)
class Range:
    """A rangeOfInteger."""

    low: int
    high: int


@dataclass(frozen=True)
class Worded:
    """A text or name that says its language."""

    language: str
    text: str


@dataclass(frozen=True)
class Collection:
    """Attributes as one value."""

    members: tuple[Attribute, ...]


Content = int | bool | str | bytes | Range | Worded | Collection
"""What a value holds; bytes for every syntax that is not taken apart here, and where the length does not fit."""


@dataclass(frozen=True)
class Value:
    """One value and its syntax, a value tag of RFC 8010 §3.5.2."""

    tag: int
    content: Content


@dataclass(frozen=True)
class Attribute:
    """One attribute with at least one value."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Group:
    """Attributes of one thing: the operation, a job, the printer."""

    tag: int
    attributes: tuple[Attribute, ...]

    def contents(self, name: str) -> tuple[Content, ...]:
        """The values of the first attribute of this name; none where it is missing."""
        found = next((each for each in self.attributes if each.name == name), None)
        return () if found is None else tuple(value.content for value in found.values)

    def words(self, name: str) -> tuple[str, ...]:
        """Its values that are words, with or without a language."""
        texts = (each.text if isinstance(each, Worded) else each for each in self.contents(name))
        return tuple(each for each in texts if isinstance(each, str))

    def word(self, name: str) -> str | None:
        """Its first word."""
        return next(iter(self.words(name)), None)

    def numbers(self, name: str) -> tuple[int, ...]:
        """Its values that are numbers."""
        return tuple(each for each in self.contents(name) if isinstance(each, int) and not isinstance(each, bool))

    def number(self, name: str) -> int | None:
        """Its first number."""
        return next(iter(self.numbers(name)), None)

    def flag(self, name: str) -> bool | None:
        """Its first boolean."""
        return next((each for each in self.contents(name) if isinstance(each, bool)), None)


@dataclass(frozen=True)
class Message:
    """A request (`code` is the operation) or an answer (`code` is the status), with the document behind it."""

    code: int
    request_id: int
    groups: tuple[Group, ...]
    data: bytes = b""
    version: tuple[int, int] = (1, 1)

    def group(self, tag: int) -> Group:
        """The first group of this kind; an empty one where there is none."""
        return next(self.every(tag), Group(tag, ()))

    def every(self, tag: int) -> Iterator[Group]:
        """All groups of this kind, one for each job in a list of jobs."""
        return (each for each in self.groups if each.tag == tag)


def encode(message: Message) -> bytes:
    """The bytes of a message; ValueError where a name or value is too long for its length field."""
    head = bytes(message.version) + message.code.to_bytes(2, "big") + message.request_id.to_bytes(4, "big")
    body = b"".join(
        bytes([group.tag]) + b"".join(_attribute(each.name, each.values) for each in group.attributes)
        for group in message.groups
    )
    return head + body + bytes([END]) + message.data


def decode(untrusted: bytes) -> Message:
    """The message in these bytes; raises NotIpp."""
    if len(untrusted) < 9:
        raise NotIpp("an IPP message has at least 9 bytes")
    groups, end = _Reader(untrusted[:MESSAGE_BYTES_MAX], 8).groups()
    return Message(
        code=int.from_bytes(untrusted[2:4], "big"),
        request_id=int.from_bytes(untrusted[4:8], "big"),
        groups=groups,
        data=untrusted[end:],
        version=(untrusted[0], untrusted[1]),
    )


def _attribute(name: str, values: tuple[Value, ...]) -> bytes:
    if not values:
        raise ValueError(f"the attribute {name!r} has no value")
    named = (name, *[""] * (len(values) - 1))
    return b"".join(_value(each, value) for each, value in zip(named, values, strict=True))


def _value(name: str, value: Value) -> bytes:
    match value.content:
        case Collection(members):
            parts = b"".join(
                _field(MEMBER_NAME, "", member.name.encode()) + b"".join(_value("", each) for each in member.values)
                for member in members
            )
            return _field(COLLECTION, name, b"") + parts + _field(END_COLLECTION, "", b"")
        case bool(flag):
            content = bytes([flag])
        case int(number):
            content = number.to_bytes(4, "big", signed=True)
        case str(text):
            content = text.encode()
        case Range(low, high):
            content = low.to_bytes(4, "big", signed=True) + high.to_bytes(4, "big", signed=True)
        case Worded(language, text):
            content = _counted(language.encode()) + _counted(text.encode())
        case bytes(content):
            pass
    return _field(value.tag, name, content)


def _field(tag: int, name: str, content: bytes) -> bytes:
    return bytes([tag]) + _counted(name.encode()) + _counted(content)


def _counted(content: bytes) -> bytes:
    if len(content) > _LENGTH_MAX:
        raise ValueError("a name or value has at most 65535 bytes")
    return len(content).to_bytes(2, "big") + content


class _Reader:
    """Walks over a message once, forward only, so that no length in it can lead back."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self._values = 0

    def groups(self) -> tuple[tuple[Group, ...], int]:
        """All groups, and where the document begins."""
        groups: list[Group] = []
        while (tag := self._byte()) != END:
            if not 0 < tag < _FIRST_VALUE_TAG:
                raise NotIpp(f"a group begins with a delimiter tag, not {tag:#04x}")
            groups.append(Group(tag, self._attributes()))
        return tuple(groups), self._at

    def _attributes(self) -> tuple[Attribute, ...]:
        found: list[tuple[str, list[Value]]] = []
        while self._peek() >= _FIRST_VALUE_TAG:
            name, value = self._named_value(0)
            if name:
                found.append((name, [value]))
            elif found:
                found[-1][1].append(value)
            else:
                raise NotIpp("an additional value without an attribute")
        return tuple(Attribute(name, tuple(values)) for name, values in found)

    def _named_value(self, depth: int) -> tuple[str, Value]:
        tag, name, content = self._field()
        if tag != COLLECTION:
            return _text(name), Value(tag, _content(tag, content))
        if depth == DEPTH_MAX:
            raise NotIpp(f"collections lie at most {DEPTH_MAX} deep")
        return _text(name), Value(tag, Collection(self._members(depth + 1)))

    def _members(self, depth: int) -> tuple[Attribute, ...]:
        found: list[tuple[str, list[Value]]] = []
        while (tag := self._peek()) != END_COLLECTION:
            if tag < _FIRST_VALUE_TAG:
                raise NotIpp("a collection that is not closed")
            if tag == MEMBER_NAME:
                found.append((_text(self._field()[2]), []))
            elif found:
                found[-1][1].append(self._named_value(depth)[1])
            else:
                raise NotIpp("a member's value without its name")
        self._field()
        if not all(values for _, values in found):
            raise NotIpp("a member without a value")
        return tuple(Attribute(name, tuple(values)) for name, values in found)

    def _field(self) -> tuple[int, bytes, bytes]:
        self._values += 1
        if self._values > VALUES_MAX:
            raise NotIpp(f"a message has at most {VALUES_MAX} values")
        return self._byte(), self._take(self._length()), self._take(self._length())

    def _length(self) -> int:
        return int.from_bytes(self._take(2), "big")

    def _byte(self) -> int:
        return self._take(1)[0]

    def _peek(self) -> int:
        if self._at >= len(self._data):
            raise NotIpp("the message ends too early")
        return self._data[self._at]

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise NotIpp("the message ends too early")
        taken, self._at = self._data[self._at : end], end
        return taken


def _content(tag: int, data: bytes) -> Content:
    if tag in _STRINGS:
        return _text(data)
    if tag in _NUMBERS and len(data) == 4:
        return int.from_bytes(data, "big", signed=True)
    if tag == BOOLEAN and data in (b"\0", b"\1"):
        return data == b"\1"
    if tag == RANGE and len(data) == 8:
        return Range(int.from_bytes(data[:4], "big", signed=True), int.from_bytes(data[4:], "big", signed=True))
    if tag in _IN_LANGUAGE:
        return _worded(data)
    return data


def _worded(data: bytes) -> Content:
    middle = 2 + int.from_bytes(data[:2], "big")
    language, rest = data[2:middle], data[middle:]
    if len(rest) < 2 or len(rest) != 2 + int.from_bytes(rest[:2], "big"):
        return data
    return Worded(_text(language), _text(rest[2:]))


def _text(data: bytes) -> str:
    # Some makers write their own code page; a name with odd characters is better than no answer.
    return data.decode("utf-8", errors="replace")
