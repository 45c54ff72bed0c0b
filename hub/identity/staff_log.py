"""Writes who did what at the accounts, in the transaction that does it."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from hub.identity.tables import StaffEvent
from hub.moments import Clock
from hub.tables import StaffAccount

Act = Literal[
    "made",
    "changed",
    "closed",
    "opened",
    "password",
    "factor_ended",
    "signed_in",
    "province_in",
    "linked",
    "unlinked",
    "wrong_password",
    "locked",
    "enrolled",
    "wrong_code",
    "recovery",
]
COMMAND = ""
"""The actor of what was done by a command on the hub's own machine."""


def note(session: Session, clock: Clock, account: StaffAccount, act: Act, actor: str, detail: str = "") -> None:
    """One entry more."""
    session.add(
        StaffEvent(at=clock(), actor=actor, act=act, about=account.name, region=account.region, detail=detail[:120])
    )
