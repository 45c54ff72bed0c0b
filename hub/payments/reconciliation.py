"""Compares our payments of a day with the channel's statement (对账); pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.payments.channel import Line
from hub.payments.tickets import TicketKind


@dataclass(frozen=True, slots=True)
class Ours:
    """A payment as our books have it."""

    number: str
    trade: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What the two books do not agree about."""

    kind: TicketKind
    number: str  # of our order; empty where there is none
    trade: str
    ours_fen: int
    theirs_fen: int
    line: Line | None = None


def compare(
    ours: Sequence[Ours],
    known: Mapping[str, str | None],
    refunded: Mapping[str, int],
    lines: Sequence[Line],
    given_back: Sequence[Ours] = (),
) -> tuple[Difference, ...]:
    """Every difference. `ours`: payments of the day; `known`: the trade of each order the lines name, None while none
    came; `refunded`: what goes back, by trade; `given_back`: what the channel said that day it had returned."""
    by_trade = {one.trade: one for one in ours}
    named = {line.trade for line in lines if line.kind == "payment"}
    returned = {line.trade for line in lines if line.kind == "refund"}
    found = [each for line in lines for each in _of_line(line, by_trade, known, refunded)]
    found += [
        Difference("missing_in_statement", one.number, one.trade, one.amount_fen, 0)
        for one in ours
        if one.trade not in named
    ]
    found += [
        Difference("refund_missing", one.number, one.trade, one.amount_fen, 0)
        for one in given_back
        if one.trade not in returned
    ]
    return tuple(found)


def _of_line(
    line: Line, by_trade: Mapping[str, Ours], known: Mapping[str, str | None], refunded: Mapping[str, int]
) -> Iterator[Difference]:
    back = refunded.get(line.trade)
    if line.kind == "refund":
        if back != line.amount_fen:
            number = line.number if line.number in known else ""
            yield Difference("unknown_refund", number, line.trade, back or 0, line.amount_fen)
        return
    own = by_trade.get(line.trade)
    if own is not None:
        if own.number != line.number:
            number = line.number if line.number in known else ""
            yield Difference("trade_elsewhere", number, line.trade, 0, line.amount_fen)
        elif own.amount_fen != line.amount_fen:
            yield Difference("amount_differs", own.number, line.trade, own.amount_fen, line.amount_fen)
    elif line.number not in known:
        yield Difference("unknown_payment", "", line.trade, 0, line.amount_fen)
    elif known[line.number] is None:
        yield Difference("lost_notice", line.number, line.trade, 0, line.amount_fen, line)
    elif known[line.number] != line.trade and back is None:
        yield Difference("paid_twice", line.number, line.trade, 0, line.amount_fen, line)
