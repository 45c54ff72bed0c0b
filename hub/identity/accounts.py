"""What a system administrator does with accounts: opens them, changes their division and role, closes them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.identity.factors import end_factor
from hub.identity.oidc.tokens import SUBJECT_CHARS
from hub.identity.roles import AUDITOR, ROLES, SYSTEM_ADMIN, region_prefix
from hub.identity.staff_log import note
from hub.identity.tables import StaffFactor, StaffProvince
from hub.moments import Clock
from hub.problems import Problem
from hub.staff import ACTORS, HASHER, SignedIn, add_staff, end_sessions
from hub.tables import StaffAccount

GIVEN = tuple(role for role in ROLES if role not in (AUDITOR, SYSTEM_ADMIN))
"""The roles given on the page: administrators of accounts and who watches them are made on the hub's machine."""


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


def open_account(hub: Hub, who: SignedIn, name: str, role: str, region: str) -> str:
    """A new account; its first password, told once. Raises Problem."""
    name = name.strip()
    if not 1 <= len(name) <= 40 or not name.isprintable() or name in ACTORS or ":" in name:
        raise Problem("account_name", 422, "账号名要有 1 到 40 个可见字符，不能有冒号，也不能和系统自己的名字一样。")
    if role not in GIVEN:
        raise Problem("account_role", 422, "这个角色不在网页上开设，请在中枢机器上用 zhizhu hub staff add。")
    if not _covers(who, region):
        raise Problem("account_region", 422, "这个区划不归您管。")
    with hub.database.reading() as session:
        if session.get(StaffAccount, name) is not None:
            raise Problem("account_taken", 409, "这个账号名已经有人用了，请换一个。")
    password = secrets.token_urlsafe(12)
    add_staff(hub.database, hub.clock, name, role, region, password, who.name)
    return password


def new_password(hub: Hub, who: SignedIn, name: str) -> str:
    """Another first password for whoever forgot it; told once. Raises Problem."""
    password = secrets.token_urlsafe(12)
    with hub.database.writing() as session:
        account = _own(session, who, name)
        account.password_hash, account.failures, account.locked_until = HASHER.hash(password), 0, None
        end_sessions(session, name)
        note(session, hub.clock, account, "password", who.name)
    return password


def end_codes(hub: Hub, who: SignedIn, name: str) -> None:
    """Forgets a lost phone: the next sign-in gets a new secret. Raises Problem."""
    with hub.database.writing() as session:
        account = _own(session, who, name)
        end_factor(session, name)
        end_sessions(session, name)
        note(session, hub.clock, account, "factor_ended", who.name)


def close_account(hub: Hub, who: SignedIn, name: str) -> None:
    """Nobody signs in with it any more, from this moment. Raises Problem."""
    with hub.database.writing() as session:
        account = _own(session, who, name)
        account.closed_at = hub.clock()
        end_sessions(session, name)
        note(session, hub.clock, account, "closed", who.name)


def open_again(hub: Hub, who: SignedIn, name: str) -> None:
    """A closed account is open again, with the password and codes it had. Raises Problem."""
    with hub.database.writing() as session:
        account = _own(session, who, name)
        account.closed_at = None
        note(session, hub.clock, account, "opened", who.name)


def link_province(hub: Hub, who: SignedIn, name: str, subject: str) -> None:
    """Says which account somebody has whom the province knows under this subject. Raises Problem."""
    client, subject = hub.settings.oidc, subject.strip()
    if client is None:
        raise Problem("no_province", 404, "本中枢没有接省统一身份认证。")
    if not 1 <= len(subject) <= SUBJECT_CHARS or not subject.isprintable():
        raise Problem("subject", 422, "省里的编号要有 1 到 255 个可见字符。")
    with hub.database.writing() as session:
        account = _own(session, who, name)
        taken = session.get(StaffProvince, (client.issuer, subject))
        if taken is not None and taken.staff != account.name:
            raise Problem("subject_taken", 409, "省里的这个编号已经和另一个账号关联了。")
        link(session, hub.clock, account, client.issuer, subject, who.name)


def unlink_province(hub: Hub, who: SignedIn, name: str) -> None:
    """Nobody comes into this account from the province any more; who is in is signed out. Raises Problem."""
    with hub.database.writing() as session:
        unlink(session, hub.clock, _own(session, who, name), who.name)


def link(session: Session, clock: Clock, account: StaffAccount, issuer: str, subject: str, actor: str) -> None:
    """In the caller's transaction; an account has one subject."""
    session.execute(delete(StaffProvince).where(StaffProvince.staff == account.name))
    session.add(StaffProvince(issuer=issuer, subject=subject, staff=account.name, linked_at=clock()))
    note(session, clock, account, "linked", actor)


def unlink(session: Session, clock: Clock, account: StaffAccount, actor: str) -> None:
    """In the caller's transaction."""
    session.execute(delete(StaffProvince).where(StaffProvince.staff == account.name))
    end_sessions(session, account.name)
    note(session, clock, account, "unlinked", actor)


def _own(session: Session, who: SignedIn, name: str) -> StaffAccount:
    account = session.get(StaffAccount, name[:40], with_for_update=True)
    if account is None or not _covers(who, account.region):
        raise Problem("account_unknown", 404, "没有这个账号。")
    if account.role not in GIVEN:
        raise Problem("account_role", 403, "管理员和审计员的账号只在中枢机器上改。")
    return account


def _covers(who: SignedIn, region: str) -> bool:
    """Whether a division, written as 12 digits, lies at or below this person's."""
    if len(region) != 12 or not (region.isascii() and region.isdigit()):
        return False
    prefix = region_prefix(region)
    return prefix.startswith(who.region_prefix) and (prefix != "" or who.region_prefix == "")
