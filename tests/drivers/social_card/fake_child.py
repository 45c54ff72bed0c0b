"""A child that answers each order as its argument says: `python fake_child.py LETTER:HEX,LETTER:HEX… LINK`."""

from __future__ import annotations

import sys

from drivers.social_card.pcsc_wire import HEAD


def main() -> None:
    answers = iter(sys.argv[1].split(","))
    sys.stdout.buffer.write(HEAD.pack(b"+", 0))
    sys.stdout.buffer.flush()
    while len(head := sys.stdin.buffer.read(HEAD.size)) == HEAD.size:
        sys.stdin.buffer.read(HEAD.unpack(head)[1])
        letter, _, body = next(answers, "+:9000").partition(":")
        if letter == "!":
            return
        said = bytes.fromhex(body)
        sys.stdout.buffer.write(HEAD.pack(letter.encode(), 9999 if letter == "?" else len(said)) + said)
        sys.stdout.buffer.flush()


main()
