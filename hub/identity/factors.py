"""The second factor of the staff: one-time codes by time, and codes to recover with, each good once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.identity.one_time_codes import address_of, new_secret, step_of
from hub.identity.staff_log import note
from hub.identity.tables import StaffFactor, StaffRecovery
from hub.tables import StaffAccount
from offline.wire.sealing import seal

ISSUER: Final = "智助中枢"
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # five bits a sign, none of which is taken for another
_SIGNS: Final = 12


@dataclass(frozen=True, slots=True)
class FactorRefused:
    """A code does not count: a text id."""

    text: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh second factor, told once: the address for the app, and the codes to recover with."""

    address: str
    recovery: tuple[str, ...]


def has_factor(session: Session, name: str) -> bool:
    """Whether this account has proved once that it has its codes."""
    row = session.get(StaffFactor, name)
    return row is not None and row.confirmed_at is not None


def offered(hub: Hub, name: str) -> str | None:
    """The address (otpauth) of the secret that waits for its first code, the same until then; None once it counts."""
    with hub.database.writing() as session:
        session.get_one(StaffAccount, name, with_for_update=True)
        row = session.get(StaffFactor, name)
        if row is not None and row.confirmed_at is not None:
            return None
        if row is None:
            row = _fresh(session, hub, name)
        return address_of(_secret(hub, row), name, ISSUER)


def confirm(hub: Hub, name: str, code: str) -> tuple[str, ...] | FactorRefused:
    """Has the offered secret count from its first right code on; the codes to recover with, told once."""
    with hub.database.writing() as session:
        account = session.get_one(StaffAccount, name, with_for_update=True)
        row = session.get(StaffFactor, name)
        if row is None or row.confirmed_at is not None:
            return FactorRefused("hub.factor.stale")
        refused = _spend(session, hub, account, row, code)
        if refused is not None:
            return refused
        row.confirmed_at = hub.clock()
        note(session, hub.clock, account, "enrolled", name)
        return _recovery(session, hub, name)


def check(hub: Hub, name: str, typed: str) -> FactorRefused | None:
    """Spends a one-time code or a code to recover with; wrong ones are counted and lock the account for a while."""
    with hub.database.writing() as session:
        account = session.get_one(StaffAccount, name, with_for_update=True)
        row = session.get(StaffFactor, name)
        if row is None or row.confirmed_at is None:
            return FactorRefused("hub.factor.stale")
        if _recovers(session, hub, account, row, typed):
            return None
        return _spend(session, hub, account, row, typed)


def issue(hub: Hub, name: str, actor: str) -> Issued:
    """A second factor from the hub's own machine; whatever the account had before counts no more."""
    with hub.database.writing() as session:
        account = session.get_one(StaffAccount, name, with_for_update=True)
        end_factor(session, name)
        row = _fresh(session, hub, name)
        row.confirmed_at = hub.clock()
        note(session, hub.clock, account, "enrolled", actor)
        return Issued(address_of(_secret(hub, row), name, ISSUER), _recovery(session, hub, name))


def end_factor(session: Session, name: str) -> None:
    """Forgets an account's second factor: at the next sign-in it gets another."""
    session.execute(delete(StaffRecovery).where(StaffRecovery.staff == name))
    session.execute(delete(StaffFactor).where(StaffFactor.staff == name))
    session.flush()


def recovery_left(session: Session, name: str) -> int:
    """How many codes to recover with are left."""
    wanted = select(func.count()).where(StaffRecovery.staff == name, StaffRecovery.used_at.is_(None))
    return session.scalar(wanted) or 0


def _spend(session: Session, hub: Hub, account: StaffAccount, row: StaffFactor, code: str) -> FactorRefused | None:
    now = hub.clock()
    if row.locked_until is not None and row.locked_until > now:
        return FactorRefused("hub.factor.locked")
    step = step_of(_secret(hub, row), code, now)
    if step is not None and step <= row.step:
        return FactorRefused("hub.factor.used")  # not counted: who knows it is no guesser
    if step is not None:
        row.step, row.failures, row.locked_until = step, 0, None
        return None
    row.failures += 1
    note(session, hub.clock, account, "wrong_code", account.name)
    if row.failures >= hub.settings.factor_tries:
        row.failures, row.locked_until = 0, now + timedelta(minutes=hub.settings.lockout_minutes)
        note(session, hub.clock, account, "locked", account.name)
    return FactorRefused("hub.factor.wrong")


def _recovers(session: Session, hub: Hub, account: StaffAccount, row: StaffFactor, typed: str) -> bool:
    signs = "".join(sign for sign in typed.upper() if sign in _ALPHABET)
    if len(signs) != _SIGNS or (row.locked_until is not None and row.locked_until > hub.clock()):
        return False
    kept = session.get(StaffRecovery, (account.name, _digest(hub, account.name, signs)))
    if kept is None or kept.used_at is not None:
        return False
    kept.used_at, row.failures, row.locked_until = hub.clock(), 0, None
    note(session, hub.clock, account, "recovery", account.name)
    return True


def _fresh(session: Session, hub: Hub, name: str) -> StaffFactor:
    sealed = seal({"secret": new_secret()}, hub.keys.sealing_public, _aad(name))
    row = StaffFactor(staff=name, secret_sealed=sealed, step=0, failures=0, made_at=hub.clock())
    session.add(row)
    session.flush()
    return row


def _recovery(session: Session, hub: Hub, name: str) -> tuple[str, ...]:
    codes = tuple("".join(secrets.choice(_ALPHABET) for _ in range(_SIGNS)) for _ in range(RECOVERY_CODES))
    session.add_all(StaffRecovery(staff=name, digest=_digest(hub, name, one)) for one in codes)
    return tuple("-".join((one[:4], one[4:8], one[8:])) for one in codes)


def _secret(hub: Hub, row: StaffFactor) -> str:
    return str(hub.keys.unseal(row.secret_sealed, _aad(row.staff))["secret"])


def _digest(hub: Hub, name: str, code: str) -> str:
    return hmac.new(hub.keys.recovery_index, f"{name}/{code}".encode(), hashlib.sha256).hexdigest()


def _aad(name: str) -> bytes:
    return f"staff-factor/{name}".encode()
