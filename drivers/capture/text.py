"""Captures as text: records to lines and back. Pure; the format is described in FORMAT.md beside this file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from drivers.trouble import DeviceTrouble

CAPTURE_BYTES_MAX: Final = 8 * 1024 * 1024
RECORD_BYTES_MAX: Final = 64 * 1024

Direction = Literal[">", "<"]
Happening = Literal["open", "close", "lost", "refused", "full"]

_FIRST: Final = "# zhizhu capture 1"
_KIND: Final = re.compile(r"# kind ([a-z_]{1,40})")
_LINE: Final = re.compile(r"(\d{1,9}\.\d{6}) ([<>!]) (.{1,200000})")
_HAPPENINGS: Final[dict[str, Happening]] = {
    "open": "open",
    "close": "close",
    "lost": "lost",
    "refused": "refused",
    "full": "full",
}


@dataclass(frozen=True)
class Passed:
    """Bytes that went over the wire, `at` seconds after the capture began."""

    at: float
    direction: Direction
    data: bytes


@dataclass(frozen=True)
class Happened:
    """What became of the link."""

    at: float
    what: Happening


Record = Passed | Happened


@dataclass(frozen=True)
class Capture:
    """A whole recording of one kind of device."""

    kind: str
    records: tuple[Record, ...]


class BadCapture(DeviceTrouble):
    """A file that is no capture, with the number of the line that says so."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(
            "capture.wrong",
            f"抓包文件第 {line} 行不对：{why}。",
            "请用 zhizhu device capture 重新录一份，或改正这一行。",
        )
        self.line = line


def heading(kind: str) -> str:
    """The two lines that every capture begins with."""
    return f"{_FIRST}\n# kind {kind}\n"


def line_of(record: Record) -> str:
    """One record as its line."""
    match record:
        case Passed(at, direction, data):
            return f"{at:.6f} {direction} {data.hex(' ').upper()}\n"
        case Happened(at, what):
            return f"{at:.6f} ! {what}\n"


def dump(capture: Capture) -> str:
    """The capture as the text of its file."""
    return heading(capture.kind) + "".join(line_of(record) for record in capture.records)


def parse(untrusted_text: str) -> Capture:
    """The capture in a file's text; raises BadCapture and nothing else."""
    if len(untrusted_text) > CAPTURE_BYTES_MAX:
        raise BadCapture(1, "文件太大")
    lines = untrusted_text.split("\n")
    if lines[0] != _FIRST:
        raise BadCapture(1, f"应当是“{_FIRST}”")
    kind = _KIND.fullmatch(lines[1]) if len(lines) > 1 else None
    if kind is None:
        raise BadCapture(2, "应当是“# kind 设备种类”")
    return Capture(kind[1], tuple(_records(enumerate(lines[2:], start=3))))


def _records(numbered: Iterable[tuple[int, str]]) -> Iterator[Record]:
    before = 0.0
    for number, line in numbered:
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise BadCapture(number, "应当是“秒 方向 字节”")
        at = float(found[1])
        if at < before:
            raise BadCapture(number, "时间倒退了")
        before = at
        yield _record(number, at, found[2], found[3])


def _record(number: int, at: float, sign: str, said: str) -> Record:
    if sign == "!":
        what = _HAPPENINGS.get(said)
        if what is None:
            raise BadCapture(number, f"不认识“{said[:20]}”")
        return Happened(at, what)
    try:
        data = bytes.fromhex(said)
    except ValueError:
        raise BadCapture(number, "字节应当写成十六进制") from None
    if not 1 <= len(data) <= RECORD_BYTES_MAX:
        raise BadCapture(number, f"一条记录有 1 到 {RECORD_BYTES_MAX} 个字节")
    return Passed(at, ">" if sign == ">" else "<", data)
