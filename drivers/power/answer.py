"""The line protocol of Network UPS Tools (RFC 9271): words and quotes into messages, and questions into lines.

What arrives is distrusted: whatever is no message gives BadAnswer and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LINE_BYTES_MAX: Final = 2048
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_WORD: Final = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s"\\]+)')
_ESCAPED: Final = re.compile(r"\\(.)")


class BadAnswer(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True)
class Variable:
    """`VAR ups name "value"`."""

    ups: str
    name: str
    value: str


@dataclass(frozen=True)
class Refusal:
    """`ERR CODE`: the server's own word on why it does not answer."""

    code: str


@dataclass(frozen=True)
class ListBegins:
    """`BEGIN LIST VAR ups`."""

    ups: str


@dataclass(frozen=True)
class ListEnds:
    """`END LIST VAR ups`."""

    ups: str


Message = Variable | Refusal | ListBegins | ListEnds


def is_name(text: str) -> bool:
    """Whether this can name a supply or a variable."""
    return _NAME.fullmatch(text) is not None


def ask_variable(ups: str, name: str) -> bytes:
    """`GET VAR`: one variable."""
    return f"GET VAR {ups} {name}\n".encode("ascii")


def ask_all(ups: str) -> bytes:
    """`LIST VAR`: every variable of a supply."""
    return f"LIST VAR {ups}\n".encode("ascii")


def goodbye() -> bytes:
    """`LOGOUT`: so that the server need not find out by itself that nobody is there."""
    return b"LOGOUT\n"


def words_of(line: bytes) -> tuple[str, ...]:
    """The words of a line without its end; quotes hold spaces, a backslash takes the next character as it is."""
    if len(line) > LINE_BYTES_MAX:
        raise BadAnswer(f"a line of more than {LINE_BYTES_MAX} bytes")
    # A model name in an old encoding must not hide the state of the battery beside it.
    rest = line.decode("utf-8", errors="replace").strip()
    words: list[str] = []
    while rest:
        found = _WORD.match(rest)
        if found is None:
            raise BadAnswer("a quote that never ends")
        quoted = found["quoted"]
        words.append(found["plain"] if quoted is None else _ESCAPED.sub(r"\1", quoted))
        rest = rest[found.end() :]
        if rest and not rest[0].isspace():
            raise BadAnswer("two words without a space")
        rest = rest.lstrip()
    return tuple(words)


def quoted(value: str) -> str:
    """A value as it stands in an answer."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message_of(line: bytes) -> Message:
    """What one line says; raises BadAnswer."""
    match words_of(line):
        case ("VAR", ups, name, value):
            return Variable(ups, name, value)
        case ("ERR", code, *_):
            return Refusal(code)
        case ("BEGIN", "LIST", "VAR", ups):
            return ListBegins(ups)
        case ("END", "LIST", "VAR", ups):
            return ListEnds(ups)
        case _:
            raise BadAnswer("no answer to anything asked")


class LineCutter:
    """Cuts a stream into lines; what has no end yet is kept, but never more than one line's worth."""

    def __init__(self) -> None:
        self._begun = b""

    @property
    def begun(self) -> bool:
        """Whether a line has begun and not ended."""
        return bool(self._begun)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole now; raises BadAnswer for one that does not end."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        if len(self._begun) > LINE_BYTES_MAX:
            self._begun = b""
            raise BadAnswer("a line that does not end")
        return lines
