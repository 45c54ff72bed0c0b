"""The staff's accounts: passwords (argon2), a second factor, sessions, and the lock after wrong guesses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.database import Database
from hub.guesses import count_guess, held_up, of_passwords
from hub.hub import Hub
from hub.identity.factors import has_factor
from hub.identity.roles import ACCOUNT, home_of, may, region_prefix
from hub.identity.staff_log import COMMAND, Act, note
from hub.identity.told import new_to
from hub.moments import Clock
from hub.problems import Problem
from hub.tables import StaffAccount, StaffSession
from hub.trouble import StaffTrouble

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 200
COST: Final = RFC_9106_LOW_MEMORY
ACTORS: Final = frozenset(("rule", "channel", "phone", "clock"))
"""Who else stands as the actor in journals, beside `rule:ITEM`: nobody of the staff may look like one of them."""
HASHER: Final = PasswordHasher.from_parameters(COST)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of the staff in a browser."""

    name: str
    role: str
    region: str
    csrf: str

    def may(self, right: str) -> bool:
        """Whether this person does this kind of work."""
        return may(self.role, right)

    @property
    def home(self) -> str:
        """The page this person's work begins on."""
        return home_of(self.role)

    @property
    def region_prefix(self) -> str:
        """The leading digits of the divisions this person looks after; empty for all."""
        return region_prefix(self.region)

    @property
    def whole_province(self) -> bool:
        """Whether this person looks after a whole province: what is of the whole hub is for nobody else."""
        return len(self.region_prefix) <= 2


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nobody was signed in: a text id; and where it is only for now, until when."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A password was right: the cookie of what that opened, and what is still to do."""

    cookie: str
    step: Literal["in", "code", "enrol"]


@dataclass(frozen=True, slots=True)
class Halfway:
    """Whoever has shown the password and not yet the code: this may do nothing else."""

    name: str
    csrf: str


def add_staff(
    database: Database,
    clock: Clock,
    name: str,
    role: str,
    region: str,
    password: str,
    actor: str = COMMAND,
    hasher: PasswordHasher | None = None,
) -> None:
    """Makes an account; an existing one gets the new role and password, and every open session ends.

    `hasher` may be a cheaper one where the password is drawn by the machine and lives for an hour.
    """
    check_password(password)
    check_name(name)
    with database.writing() as session:
        account = session.get(StaffAccount, name)
        act: Act = "made" if account is None else "changed"
        if account is None:
            account = StaffAccount(name=name, made_at=clock(), failures=0)
            session.add(account)
        account.role, account.region = role, region
        account.password_hash = (hasher or HASHER).hash(password)
        account.failures, account.locked_until, account.closed_at = 0, None, None
        end_sessions(session, name)
        note(session, clock, account, act, actor, f"{role} {region}")


def check_name(name: str) -> None:
    """Raises StaffTrouble for a name under which the journals already write what no member of the staff did."""
    if name in ACTORS or ":" in name:
        raise StaffTrouble(
            f"{name} 是记录里系统自己用的名字。The journals use that name for what nobody of the staff did.",
            "请换一个。Choose another.",
        )


def check_password(password: str) -> None:
    """Raises StaffTrouble for one that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise StaffTrouble(
            f"口令要有 {MIN_PASSWORD} 到 {MAX_PASSWORD} 个字符。The password is too short or too long.",
            "请换一个。Choose another.",
        )


def end_sessions(session: Session, name: str) -> None:
    """Signs an account out of every browser."""
    session.execute(delete(StaffSession).where(StaffSession.staff == name))


class Reception:
    """Signs staff in and out."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._nobody = _nobody()
        self._guessing = BoundedSemaphore(hub.settings.passwords_at_once)

    def sign_in(self, name: str, password: str, address: str) -> Opened | Refused:
        """What a right password opens, or why nothing.

        Wrong ones are counted: for the account, and for the network address they came from, each locked for a while.
        """
        now = self._hub.clock()
        with self._hub.database.reading() as session:
            if (until := held_up(session, of_passwords(self._hub.settings), address, now)) is not None:
                return Refused("hub.login.address", until)
            account = session.get(StaffAccount, name)
            locked = account is not None and account.locked_until is not None and account.locked_until > now
            known_hash = account.password_hash if account is not None else self._nobody
        if locked:
            return Refused("hub.login.locked")
        with self._guessing:  # each takes 64 MiB while it is looked at, and anybody may guess
            right = _verify(known_hash, password) and account is not None
        with self._hub.database.writing() as session:
            if right:
                return self._proved(session, name)
            settings = self._hub.settings
            count_guess(session, of_passwords(settings), settings.watched_callers, address, now)
            return self._count_failure(session, name)

    def who(self, cookie: str | None) -> SignedIn | None:
        """Whose session a cookie is, while it lasts."""
        with self._hub.database.reading() as session:
            row = self._session(session, cookie)
            if row is None or not row.whole:
                return None
            account = session.get_one(StaffAccount, row.staff)
            return SignedIn(account.name, account.role, account.region, row.csrf)

    def landing(self, who: SignedIn) -> str:
        """Where somebody who has just signed in begins: what others did to the account meanwhile is read first."""
        with self._hub.database.reading() as session:
            return ACCOUNT if new_to(session, who.name) else who.home

    def halfway(self, cookie: str | None) -> Halfway | None:
        """Who has shown the password under this cookie and still owes the code."""
        with self._hub.database.reading() as session:
            row = self._session(session, cookie)
            return None if row is None or row.whole else Halfway(row.staff, row.csrf)

    def go_in(self, cookie: str) -> str:
        """The code was right too: what the password opened ends, and a session begins under a cookie of its own."""
        with self._hub.database.writing() as session:
            row = session.get(StaffSession, _hash(cookie), with_for_update=True)
            if row is None:  # a second form of the same page was quicker
                raise Problem("sign_in", 401, "请重新登录。")
            account = session.get_one(StaffAccount, row.staff)
            session.delete(row)
            return self._open(session, account, whole=True, province=row.province)

    def enter_from_province(self, name: str, *, strong: bool) -> Opened | Refused:
        """What the province's word opens: the session, or the step to our own codes where it was not as strong."""
        with self._hub.database.writing() as session:
            return self._proved(session, name, province=True, strong=strong)

    def change_password(self, who: SignedIn, old: str, new: str) -> Refused | None:
        """Somebody's own new password; every other browser is signed out. Raises StaffTrouble for a bad one.

        A wrong old one counts as a wrong guess at the door.
        """
        check_password(new)
        with self._hub.database.reading() as session:
            account = session.get_one(StaffAccount, who.name)
            if account.locked_until is not None and account.locked_until > self._hub.clock():
                return Refused("hub.login.locked")
        with self._guessing:
            right = _verify(account.password_hash, old)
        with self._hub.database.writing() as session:
            if not right:
                return self._count_failure(session, who.name)
            account = session.get_one(StaffAccount, who.name, with_for_update=True)
            account.password_hash = HASHER.hash(new)
            others = StaffSession.staff == who.name, StaffSession.csrf != who.csrf
            session.execute(delete(StaffSession).where(*others))
            note(session, self._hub.clock, account, "password", who.name)
        return None

    def sign_out(self, cookie: str) -> bool:
        """Ends a session; whether it was begun at the province, where one is still signed in."""
        with self._hub.database.writing() as session:
            row = session.get(StaffSession, _hash(cookie))
            if row is None:
                return False
            session.delete(row)
            return row.province

    def _session(self, session: Session, cookie: str | None) -> StaffSession | None:
        if not cookie or len(cookie) > 100:
            return None
        row = session.get(StaffSession, _hash(cookie))
        return None if row is None or row.expires_at <= self._hub.clock() else row

    def _proved(self, session: Session, name: str, *, province: bool = False, strong: bool = False) -> Opened | Refused:
        account = session.get_one(StaffAccount, name, with_for_update=True)
        if account.closed_at is not None:
            return Refused("hub.login.closed")
        if not province:  # the lock is against guessing passwords, and only a right one opens it
            account.failures, account.locked_until = 0, None
        if strong or not self._hub.settings.second_factor:
            return Opened(self._open(session, account, whole=True, province=province), "in")
        half = self._open(session, account, whole=False, province=province)
        return Opened(half, "code" if has_factor(session, name) else "enrol")

    def _open(self, session: Session, account: StaffAccount, *, whole: bool, province: bool = False) -> str:
        now, cookie = self._hub.clock(), secrets.token_urlsafe(32)
        settings = self._hub.settings
        lasts = timedelta(hours=settings.session_hours) if whole else timedelta(minutes=settings.factor_minutes)
        session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
        session.add(
            StaffSession(
                token_hash=_hash(cookie),
                staff=account.name,
                csrf=secrets.token_urlsafe(24),
                expires_at=now + lasts,
                whole=whole,
                province=province,
            )
        )
        if whole:
            note(session, self._hub.clock, account, "province_in" if province else "signed_in", account.name)
        return cookie

    def _count_failure(self, session: Session, name: str) -> Refused:
        account = session.get(StaffAccount, name, with_for_update=True)
        if account is not None:
            account.failures += 1
            note(session, self._hub.clock, account, "wrong_password", account.name)
            if account.failures >= self._hub.settings.login_tries:
                account.failures = 0
                account.locked_until = self._hub.clock() + timedelta(minutes=self._hub.settings.lockout_minutes)
                note(session, self._hub.clock, account, "locked", account.name)
        return Refused("hub.login.wrong")


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, without telling how far."""
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))


@cache
def _nobody() -> str:
    """Compared when no such account exists, so that names cannot be guessed by the time it takes."""
    return HASHER.hash(secrets.token_urlsafe(16))


def _verify(known_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(known_hash, password[: MAX_PASSWORD + 1])
    except VerifyMismatchError:
        return False


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8")).hexdigest()
