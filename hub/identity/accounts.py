"""Accounts: what a system administrator does alone (close, open again, unlink), and the list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.identity.roles import AUDITOR, BUSINESS_ADMIN, ROLES, SYSTEM_ADMIN, region_prefix
from hub.identity.staff_log import note
from hub.identity.tables import StaffChange, StaffFactor, StaffProvince
from hub.moments import Clock
from hub.problems import Problem
from hub.staff import SignedIn, end_sessions
from hub.tables import StaffAccount

GIVEN = tuple(role for role in ROLES if role not in (AUDITOR, SYSTEM_ADMIN, BUSINESS_ADMIN))
"""The roles given on the pages: who begins, who confirms and who watches are made on the hub's machine."""


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the list."""

    name: str
    role: str
    region: str
    closed: bool
    has_factor: bool
    mine: bool  # an account that this administrator may change
    subject: str  # under which the province's identity provider knows whose it is


def accounts(session: Session, who: SignedIn, most: int) -> list[Account]:
    """The accounts of a person's divisions, by name."""
    rows = session.execute(
        select(StaffAccount, StaffFactor.confirmed_at, StaffProvince.subject)
        .outerjoin(StaffProvince, StaffProvince.staff == StaffAccount.name)
        .outerjoin(StaffFactor, StaffFactor.staff == StaffAccount.name)
        .where(StaffAccount.region.startswith(who.region_prefix, autoescape=True))
        .order_by(StaffAccount.name)
        .limit(most)
    )
    return [
        Account(
            name=row.name,
            role=row.role,
            region=row.region,
            closed=row.closed_at is not None,
            has_factor=confirmed is not None,
            mine=row.role in GIVEN,
            subject=subject or "",
        )
        for row, confirmed, subject in rows
    ]


def close_account(hub: Hub, who: SignedIn, name: str) -> None:
    """Nobody signs in with it any more, from this moment. Raises Problem."""
    with hub.database.writing() as session:
        account = own_account(session, who, name)
        account.closed_at = hub.clock()
        end_sessions(session, name)
        session.execute(delete(StaffChange).where(StaffChange.about == account.name))
        note(session, hub.clock, account, "closed", who.name)


def open_again(hub: Hub, who: SignedIn, name: str) -> None:
    """A closed account is open again, with the password and codes it had. Raises Problem."""
    with hub.database.writing() as session:
        account = own_account(session, who, name)
        account.closed_at = None
        note(session, hub.clock, account, "opened", who.name)


def unlink_province(hub: Hub, who: SignedIn, name: str) -> None:
    """Nobody comes into this account from the province any more; who is in is signed out. Raises Problem."""
    with hub.database.writing() as session:
        unlink(session, hub.clock, own_account(session, who, name), who.name)


def link(
    session: Session,
    clock: Clock,
    account: StaffAccount,
    issuer: str,
    subject: str,
    actor: str,
    *,
    asked_by: str = "",
) -> None:
    """In the caller's transaction; an account has one subject."""
    session.execute(delete(StaffProvince).where(StaffProvince.staff == account.name))
    session.add(StaffProvince(issuer=issuer, subject=subject, staff=account.name, linked_at=clock()))
    note(session, clock, account, "linked", actor, asked_by=asked_by)


def unlink(session: Session, clock: Clock, account: StaffAccount, actor: str) -> None:
    """In the caller's transaction."""
    session.execute(delete(StaffProvince).where(StaffProvince.staff == account.name))
    end_sessions(session, account.name)
    note(session, clock, account, "unlinked", actor)


def own_account(session: Session, who: SignedIn, name: str) -> StaffAccount:
    """An account of this person's divisions that may be changed on the pages, locked. Raises Problem."""
    account = session.get(StaffAccount, name[:40], with_for_update=True)
    if account is None or not covers(who, account.region):
        raise Problem("account_unknown", 404, "没有这个账号。")
    if account.role not in GIVEN:
        raise Problem("account_role", 403, "系统管理员、业务管理员和审计员的账号只在中枢机器上改。")
    return account


def covers(who: SignedIn, region: str) -> bool:
    """Whether a division, written as 12 digits, lies at or below this person's."""
    if len(region) != 12 or not (region.isascii() and region.isdigit()):
        return False
    prefix = region_prefix(region)
    return prefix.startswith(who.region_prefix) and (prefix != "" or who.region_prefix == "")
