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
    "asked_made",
    "asked_password",
    "asked_codes",
    "asked_link",
    "not_confirmed",
]
COMMAND = ""
"""The actor of what was done by a command on the hub's own machine."""


def note(
    session: Session,
    clock: Clock,
    account: StaffAccount,
    act: Act,
    actor: str,
    detail: str = "",
    *,
    asked_by: str = "",
) -> None:
    """One entry more; with who began it, where it took two."""
    note_of(session, clock, account.name, account.region, act, actor, detail, asked_by=asked_by)


def note_of(
    session: Session,
    clock: Clock,
    about: str,
    region: str,
    act: Act,
    actor: str,
    detail: str = "",
    *,
    asked_by: str = "",
) -> None:
    """The same of an account that is not there yet."""
    session.add(
        StaffEvent(
            at=clock(),
            actor=actor,
            act=act,
            about=about,
            region=region,
            detail=detail[:120],
            asked_by=asked_by,
        )
    )
