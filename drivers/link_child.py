"""A link held by a process of its own: for wires whose calls can hang in a C library and cannot be called off.

`python -m drivers.link_child MODULE:FUNCTION URL` is that process; it opens the link when told to, then moves bytes.
Orders: letter, time-out (seconds, big-endian double), size, body. Answers: letter, size, body.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO, Final

from drivers.child import Child, ChildGone, Hear
from drivers.link import WRITE_TIMEOUT_S, Link, LinkLost, LinkRefused
from drivers.registry import load

ORDER: Final = struct.Struct(">cdI")
ANSWER: Final = struct.Struct(">cI")
BODY_BYTES_MAX: Final = 1024 * 1024
GREETING: Final = b"K"
OPEN_S: Final = 8.0
"""Longer than the kernel's own five seconds for choosing a configuration."""
GRACE_S: Final = 1.5

_DONE: Final = b"K"
_REFUSED: Final = b"R"
_LOST: Final = b"L"
_OPEN: Final = b"o"
_READ: Final = b"r"
_WRITE: Final = b"w"


def open_in_child(opener: str, url: str, command: tuple[str, ...] | None = None) -> Link:
    """The link that `opener` (`module:function`) opens, in a child. Raises LinkRefused, also where opening hangs."""
    link = ChildLink(Child(command or (sys.executable, "-m", "drivers.link_child", opener, url), len(GREETING)), url)
    link.open()
    return link


class ChildLink:
    """A Link whose every call ends: a child that overstays is killed, which the driver sees as a lost link."""

    def __init__(self, child: Child, url: str) -> None:
        self._child = child
        self._url = url

    def open(self) -> None:
        """Opens the link in the child; raises LinkRefused."""
        try:
            self._ask(_OPEN, b"", OPEN_S)
        except LinkLost as lost:
            raise LinkRefused(lost.code, lost.sentence, lost.advice) from lost
        except LinkRefused:
            self._child.kill()
            raise

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        return self._ask(_READ, limit.to_bytes(4, "big"), timeout_s)

    def write(self, data: bytes) -> None:
        """See Link.write."""
        self._ask(_WRITE, data, WRITE_TIMEOUT_S)

    def close(self) -> None:
        """See Link.close. Whatever the child holds, the kernel takes back."""
        self._child.kill()

    def _ask(self, letter: bytes, body: bytes, timeout_s: float) -> bytes:
        if letter != _OPEN and not self._child.runs:
            raise self._gone("died")
        try:
            order = ORDER.pack(letter, timeout_s, len(body)) + body
            told, answer = self._child.ask(order, _answer, timeout_s + GRACE_S)
        except ChildGone as gone:
            raise self._gone(gone.how) from gone
        if told == _DONE:
            return answer
        code, sentence, advice = json.loads(answer)
        raise (LinkRefused if told == _REFUSED else LinkLost)(code, sentence, advice)

    def _gone(self, how: str) -> LinkLost:
        if how == "hung":
            return LinkLost(
                "link.hung",
                f"{self._url} 的驱动卡住了，已经结束它的进程。",
                "请重新插拔设备；反复出现就换接口或设备。",
            )
        return LinkLost("link.died", f"{self._url} 的进程意外结束了。", "会自动再开一次；反复出现请报告给维护者。")


def _answer(hear: Hear) -> tuple[bytes, bytes]:
    letter, size = ANSWER.unpack(hear(ANSWER.size))
    if letter not in (_DONE, _REFUSED, _LOST) or size > BODY_BYTES_MAX:
        raise EOFError("the child speaks another language")
    return letter, hear(size)


def serve(opened: Callable[[], Link], orders: BinaryIO, answers: BinaryIO) -> None:
    """Does one order after the other until the parent closes its end."""
    answers.write(GREETING)
    answers.flush()
    link: Link | None = None
    while len(head := orders.read(ORDER.size)) == ORDER.size:
        letter, timeout_s, size = ORDER.unpack(head)
        body = orders.read(min(size, BODY_BYTES_MAX))
        told, answer = _DONE, b""
        try:
            if letter == _OPEN or link is None:
                link = opened()
            elif letter == _READ:
                answer = link.read(int.from_bytes(body, "big"), timeout_s)
            else:
                link.write(body)
        except LinkRefused as refused:
            told, answer = _REFUSED, _words(refused)
        except LinkLost as lost:
            told, answer = _LOST, _words(lost)
        answers.write(ANSWER.pack(told, len(answer)) + answer)
        answers.flush()
    if link is not None:
        link.close()


def _words(trouble: LinkRefused | LinkLost) -> bytes:
    return json.dumps([trouble.code, trouble.sentence, trouble.advice]).encode()


def main() -> int:
    """Serves the link named by the two arguments; 2 for wrong use."""
    if len(sys.argv) != 3:
        return 2
    opener, url = load(sys.argv[1]), sys.argv[2]
    serve(lambda: opener(url), sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
