"""The process that holds the reader: `python -m drivers.social_card.child LINK`. It may be killed at any moment."""

from __future__ import annotations

import sys
from typing import BinaryIO, Protocol

from drivers.social_card.pcsc import PcscReader, PcscTrouble
from drivers.social_card.pcsc_wire import BODY_BYTES_MAX, HEAD, ORDERS, TAG_LETTERS, Tag


class Reader(Protocol):
    """What is served: PcscReader, or a test's own."""

    def look(self) -> None: ...

    def connect(self) -> None: ...

    def transmit(self, command: bytes) -> bytes: ...

    def disconnect(self) -> None: ...


def serve(reader: Reader, orders: BinaryIO, answers: BinaryIO) -> None:
    """Does one order after the other and says what came of it, until the parent closes its end."""
    _say(answers, "done")
    while len(head := orders.read(HEAD.size)) == HEAD.size:
        letter, size = HEAD.unpack(head)
        body = orders.read(min(size, BODY_BYTES_MAX))
        try:
            answer = _done(reader, letter, body)
        except PcscTrouble as trouble:
            _say(answers, trouble.tag)
        else:
            _say(answers, "done", answer)


def _done(reader: Reader, letter: bytes, body: bytes) -> bytes:
    match ORDERS.get(letter):
        case "look":
            reader.look()
        case "connect":
            reader.connect()
        case "transmit":
            return reader.transmit(body)[:BODY_BYTES_MAX]
        case _:
            reader.disconnect()
    return b""


def _say(answers: BinaryIO, tag: Tag, body: bytes = b"") -> None:
    answers.write(HEAD.pack(TAG_LETTERS[tag], len(body)) + body)
    answers.flush()


def main() -> int:
    """Serves the reader named by the only argument; 2 for a link that is not ours."""
    try:
        reader = PcscReader(sys.argv[1])
    except (IndexError, ValueError):
        return 2
    serve(reader, sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
