"""Who may look at the console: accounts, passwords (argon2), sessions, and the lock after wrong guesses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.database import Database
from hub.identity.roles import home_of, may, region_prefix
from hub.moments import Clock
from hub.settings import HubSettings
from hub.tables import StaffAccount, StaffSession
from hub.trouble import StaffTrouble

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 200
COST: Final = RFC_9106_LOW_MEMORY
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


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nobody was signed in: a text id."""

    text: str


def add_staff(database: Database, clock: Clock, name: str, role: str, region: str, password: str) -> None:
    """Makes an account; an existing one gets the new role and password, and every open session ends."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise StaffTrouble(
            f"口令要有 {MIN_PASSWORD} 到 {MAX_PASSWORD} 个字符。The password is too short or too long.",
            "请换一个。Choose another.",
        )
    with database.writing() as session:
        account = session.get(StaffAccount, name)
        if account is None:
            account = StaffAccount(name=name, made_at=clock(), failures=0)
            session.add(account)
        account.role, account.region, account.password_hash = role, region, HASHER.hash(password)
        account.failures, account.locked_until = 0, None
        session.execute(delete(StaffSession).where(StaffSession.staff == name))


class Reception:
    """Signs staff in and out."""

    def __init__(self, database: Database, clock: Clock, settings: HubSettings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._nobody = _nobody()

    def sign_in(self, name: str, password: str) -> str | Refused:
        """A fresh session's cookie value, or why not; wrong guesses are counted and lock the account for a while."""
        now = self._clock()
        with self._database.reading() as session:
            account = session.get(StaffAccount, name)
            locked = account is not None and account.locked_until is not None and account.locked_until > now
            known_hash = account.password_hash if account is not None else self._nobody
        if locked:
            return Refused("hub.login.locked")
        right = _verify(known_hash, password) and account is not None
        with self._database.writing() as session:
            return self._open(session, name) if right else self._count_failure(session, name)

    def who(self, cookie: str | None) -> SignedIn | None:
        """Whose session a cookie is, while it lasts."""
        if not cookie or len(cookie) > 100:
            return None
        with self._database.reading() as session:
            row = session.get(StaffSession, _hash(cookie))
            if row is None or row.expires_at <= self._clock():
                return None
            account = session.get_one(StaffAccount, row.staff)
            return SignedIn(account.name, account.role, account.region, row.csrf)

    def sign_out(self, cookie: str) -> None:
        """Ends a session."""
        with self._database.writing() as session:
            session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(cookie)))

    def _open(self, session: Session, name: str) -> str:
        now, cookie = self._clock(), secrets.token_urlsafe(32)
        account = session.get_one(StaffAccount, name)
        account.failures, account.locked_until = 0, None
        session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
        session.add(
            StaffSession(
                token_hash=_hash(cookie),
                staff=name,
                csrf=secrets.token_urlsafe(24),
                expires_at=now + timedelta(hours=self._settings.session_hours),
            )
        )
        return cookie

    def _count_failure(self, session: Session, name: str) -> Refused:
        account = session.get(StaffAccount, name, with_for_update=True)
        if account is not None:
            account.failures += 1
            if account.failures >= self._settings.login_tries:
                account.failures = 0
                account.locked_until = self._clock() + timedelta(minutes=self._settings.lockout_minutes)
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
