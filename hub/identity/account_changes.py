"""What takes two persons at an account: a system administrator begins it, a business administrator has it take effect.

Either alone could otherwise become anybody: with a new password, with fresh codes, by a link to another subject at the
province, or as an account that nobody stands behind. A password is told in two halves, one to each of the two.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.identity.accounts import GIVEN, covers, link, own_account
from hub.identity.factors import end_factor
from hub.identity.oidc.tokens import SUBJECT_CHARS
from hub.identity.staff_log import Act, note, note_of
from hub.identity.tables import StaffChange, StaffProvince
from hub.problems import Problem
from hub.staff import ACTORS, HASHER, SignedIn, end_sessions
from hub.tables import StaffAccount
from offline.wire.sealing import seal

Begun = Literal["made", "password", "codes", "link"]
_ASKED: Final[dict[Begun, Act]] = {
    "made": "asked_made",
    "password": "asked_password",
    "codes": "asked_codes",
    "link": "asked_link",
}
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_HALF: Final = 10  # signs of five bits


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What took effect, for which account, and the second half of a password, told once."""

    act: str
    name: str
    half: str


def begin_account(hub: Hub, who: SignedIn, name: str, role: str, region: str) -> str:
    """Begins a new account; the first half of its first password, told once. Raises Problem."""
    name = name.strip()
    if not 1 <= len(name) <= 40 or not name.isprintable() or name in ACTORS or ":" in name:
        raise Problem("account_name", 422, "账号名要有 1 到 40 个可见字符，不能有冒号，也不能和系统自己的名字一样。")
    if role not in GIVEN:
        raise Problem("account_role", 422, "这个角色不在网页上开设，请在中枢机器上用 zhizhu hub staff add。")
    if not covers(who, region):
        raise Problem("account_region", 422, "这个区划不归您管。")
    with hub.database.writing() as session:
        if session.get(StaffAccount, name) is not None:
            raise _taken()
        return _begin(session, hub, who, "made", StaffChange(about=name, role=role, region=region, subject=""))


def begin_password(hub: Hub, who: SignedIn, name: str) -> str:
    """Begins another password for whoever forgot it; its first half, told once. Raises Problem."""
    with hub.database.writing() as session:
        return _begin(session, hub, who, "password", _of(own_account(session, who, name)))


def begin_codes(hub: Hub, who: SignedIn, name: str) -> None:
    """Begins to forget a lost phone. Raises Problem."""
    with hub.database.writing() as session:
        _begin(session, hub, who, "codes", _of(own_account(session, who, name)))


def begin_link(hub: Hub, who: SignedIn, name: str, subject: str) -> None:
    """Begins to say which account somebody has whom the province knows under this subject. Raises Problem."""
    client, subject = hub.settings.oidc, subject.strip()
    if client is None:
        raise Problem("no_province", 404, "本中枢没有接省统一身份认证。")
    if not 1 <= len(subject) <= SUBJECT_CHARS or not subject.isprintable():
        raise Problem("subject", 422, "省里的编号要有 1 到 255 个可见字符。")
    with hub.database.writing() as session:
        change = _of(own_account(session, who, name))
        _free(session, client.issuer, subject, change.about)
        change.subject = subject
        _begin(session, hub, who, "link", change)


def waiting(session: Session, hub: Hub, who: SignedIn) -> list[StaffChange]:
    """What was begun in a person's divisions and has not taken effect, the oldest first."""
    wanted = select(StaffChange).where(
        StaffChange.region.startswith(who.region_prefix, autoescape=True), StaffChange.expires_at > hub.clock()
    )
    return list(session.scalars(wanted.order_by(StaffChange.begun_at).limit(hub.settings.account_rows)))


def confirm(hub: Hub, who: SignedIn, key: str) -> Confirmed:
    """Has it take effect, by the second person. Raises Problem."""
    with hub.database.writing() as session:
        change = _own_change(session, hub, who, key)
        session.delete(change)
        account = session.get(StaffAccount, change.about, with_for_update=True)
        half = "" if change.half_sealed is None else _half()
        whole = f"{_first_half(hub, change)}{half}"
        if change.act == "made":
            if account is not None:
                raise _taken()
            account = StaffAccount(name=change.about, made_at=hub.clock(), failures=0)
            account.role, account.region, account.password_hash = change.role, change.region, HASHER.hash(whole)
            session.add(account)
            session.flush()
            note(
                session,
                hub.clock,
                account,
                "made",
                who.name,
                f"{change.role} {change.region}",
                asked_by=change.begun_by,
            )
        elif account is None or (account.role, account.region) != (change.role, change.region):
            raise Problem("change_stale", 409, "这个账号在提出之后改过了，请系统管理员重新提出。")
        elif change.act == "password":
            account.password_hash, account.failures, account.locked_until = HASHER.hash(whole), 0, None
            end_sessions(session, account.name)
            note(session, hub.clock, account, "password", who.name, asked_by=change.begun_by)
        elif change.act == "codes":
            end_factor(session, account.name)
            end_sessions(session, account.name)
            note(session, hub.clock, account, "factor_ended", who.name, asked_by=change.begun_by)
        else:
            client = hub.settings.oidc
            if client is None:
                raise Problem("no_province", 404, "本中枢没有接省统一身份认证。")
            _free(session, client.issuer, change.subject, account.name)
            link(session, hub.clock, account, client.issuer, change.subject, who.name, asked_by=change.begun_by)
        return Confirmed(change.act, change.about, half)


def refuse(hub: Hub, who: SignedIn, key: str) -> None:
    """Lets nothing come of it. Raises Problem."""
    with hub.database.writing() as session:
        change = _own_change(session, hub, who, key)
        session.delete(change)
        about = change.about, change.region
        note_of(session, hub.clock, *about, "not_confirmed", who.name, change.act, asked_by=change.begun_by)


def _begin(session: Session, hub: Hub, who: SignedIn, act: Begun, change: StaffChange) -> str:
    now, half = hub.clock(), _half() if act in ("made", "password") else ""
    change.key, change.act, change.begun_by, change.begun_at = secrets.token_urlsafe(15), act, who.name, now
    change.expires_at = now + timedelta(hours=hub.settings.account_change_hours)
    if half:
        change.half_sealed = seal({"half": half}, hub.keys.sealing_public, _aad(change))
    before = (StaffChange.about == change.about) & (StaffChange.act == act)
    session.execute(delete(StaffChange).where(before | (StaffChange.expires_at <= now)))
    session.add(change)
    note_of(session, hub.clock, change.about, change.region, _ASKED[act], who.name, change.subject)
    return half


def _own_change(session: Session, hub: Hub, who: SignedIn, key: str) -> StaffChange:
    change = session.get(StaffChange, key[:24], with_for_update=True)
    if change is None or change.expires_at <= hub.clock() or not covers(who, change.region):
        raise Problem("change_unknown", 404, "没有这件待确认的事，可能已经确认、撤下或过期。")
    if change.begun_by == who.name:
        raise Problem("change_own", 403, "自己提出的要由另一个人确认。")
    return change


def _of(account: StaffAccount) -> StaffChange:
    return StaffChange(about=account.name, role=account.role, region=account.region, subject="")


def _free(session: Session, issuer: str, subject: str, name: str) -> None:
    taken = session.get(StaffProvince, (issuer, subject))
    if taken is not None and taken.staff != name:
        raise Problem("subject_taken", 409, "省里的这个编号已经和另一个账号关联了。")


def _taken() -> Problem:
    return Problem("account_taken", 409, "这个账号名已经有人用了，请换一个。")


def _half() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))


def _first_half(hub: Hub, change: StaffChange) -> str:
    return "" if change.half_sealed is None else str(hub.keys.unseal(change.half_sealed, _aad(change))["half"])


def _aad(change: StaffChange) -> bytes:
    return f"staff-change/{change.key}".encode()
