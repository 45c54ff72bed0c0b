"""Totals of loan needs (融资需求) in a division: how many, how much, how many answered, how much offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case as case_when
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.referrals.tables import OutsideAsk
from hub.referrals.words import party_name
from hub.tables import Case

_FEN = 100


@dataclass(frozen=True, slots=True)
class BankRow:
    """One bank's share."""

    name: str
    needs: int
    amount: str
    answered: int
    offers: int
    offered: str


@dataclass(frozen=True, slots=True)
class Board:
    """All banks, and their sums."""

    banks: tuple[BankRow, ...]
    total: BankRow


def loan_board(session: Session, hub: Hub, prefix: str) -> Board:
    """Counts the needs filed in a division; withdrawn ones are not needs any more."""
    done = case_when((OutsideAsk.state == "done", 1), else_=0)
    answered = case_when((OutsideAsk.state.in_(("done", "refused")), 1), else_=0)
    loans = [item.id for item in hub.catalogue.items if item.outside is not None and item.outside.amount is not None]
    wanted = (
        select(
            OutsideAsk.party,
            func.count(),
            func.sum(OutsideAsk.amount_fen),
            func.sum(answered),
            func.sum(done),
            func.sum(OutsideAsk.offered_fen),
        )
        .join(Case, Case.id == OutsideAsk.case_id)
        .where(OutsideAsk.region.startswith(prefix, autoescape=True), Case.item.in_(loans), OutsideAsk.state != "void")
        .group_by(OutsideAsk.party)
        .order_by(OutsideAsk.party)
    )
    rows = session.execute(wanted).all()
    banks = tuple(_row(party_name(hub, row[0]), [int(value or 0) for value in row[1:]]) for row in rows)
    return Board(banks, _row("", [sum(int(row[n] or 0) for row in rows) for n in range(1, 6)]))


def _row(name: str, sums: Sequence[int]) -> BankRow:
    needs, amount, answered, offers, offered = sums
    return BankRow(name, needs, _yuan(amount), answered, offers, _yuan(offered))


def _yuan(fen: int) -> str:
    return f"{fen // _FEN:,}.{fen % _FEN:02d}"
