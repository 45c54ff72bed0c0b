"""Who may still speak as a terminal: credentials for some weeks, renewed by the key, or let in again by a person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.problems import Problem
from hub.staff import same
from hub.tables import Reenrolment, Terminal
from offline.wire.credential import Credential, CredentialReply, sign_credential

_KEYS_RETRY_S: Final = 60.0
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"


def refuse_revoked(terminal: Terminal) -> None:
    """Raises Problem when the terminal was shut out."""
    if terminal.revoked_at is not None:
        raise Problem("terminal_revoked", 403, "这台终端已被中枢停用，不能再送数据；数据都保留在终端上。")


def refuse_behind(hub: Hub, terminal: Terminal) -> None:
    """Raises Problem where this replica has not got the keys that the terminal has been told of.

    What is sealed to them would be laid aside here, and what is signed here the terminal would not believe.
    """
    if terminal.keys_version > hub.keys.version:
        raise Problem("keys_behind", 503, "中枢的这个副本还没有拿到新密钥，请稍后再送。", retry_after=_KEYS_RETRY_S)


def refuse_expired(hub: Hub, terminal: Terminal) -> None:
    """Raises Problem when the terminal's credential is over; one of protocol 1 has never asked for one."""
    if terminal.credential_until is not None and hub.clock() > terminal.credential_until:
        raise Problem("credential_expired", 401, "终端的凭证已过期，请先续期；数据都保留在终端上。", retry_after=1)


def renew(hub: Hub, terminal_id: str) -> CredentialReply:
    """A new credential for who has proven the enrolled key; after the grace only when a person has agreed to it."""
    now, settings = hub.clock(), hub.settings
    with hub.database.writing() as session:
        terminal = session.get_one(Terminal, terminal_id, with_for_update=True)
        asked = session.get(Reenrolment, terminal_id)
        until = terminal.credential_until
        if until is None or now <= until + timedelta(days=settings.credential_grace_days):
            return _issue(session, hub, terminal)
        if asked is not None and asked.approved_at is not None:
            return _issue(session, hub, terminal)
        if asked is None or asked.expires_at <= now:
            asked = _ask(session, hub, terminal_id, asked)
        return CredentialReply(user_code=asked.user_code, interval_s=settings.reenrol_interval_s)


def readmit(hub: Hub, terminal_id: str, untrusted_code: str, staff: str) -> str | None:
    """Agrees to a terminal's wish to be let in again, by the code read out at the machine; a text id when it cannot."""
    now = hub.clock()
    code = untrusted_code.strip().upper().replace(" ", "").replace("-", "")
    with hub.database.writing() as session:
        asked = session.get(Reenrolment, terminal_id, with_for_update=True)
        if asked is None or asked.expires_at <= now or asked.approved_at is not None:
            return "hub.readmit.nothing"
        if same(code, asked.user_code.replace("-", "")):
            asked.approved_at, asked.approved_by = now, staff
            asked.expires_at = now + timedelta(hours=hub.settings.reenrol_hours)
            return None
        asked.tries += 1
        if asked.tries >= hub.settings.reenrol_tries:
            session.delete(asked)  # the terminal gets another code at its next question
        return "hub.readmit.wrong"


def revoke(session: Session, terminal: Terminal, now: datetime, by: str) -> None:
    """Shuts a terminal out; what it holds stays on it, and what it had asked for is void."""
    terminal.revoked_at, terminal.revoked_by = now, by
    asked = session.get(Reenrolment, terminal.id)
    if asked is not None:
        session.delete(asked)


def _issue(session: Session, hub: Hub, terminal: Terminal) -> CredentialReply:
    now = hub.clock()
    until = now + timedelta(days=hub.settings.credential_days)
    asked = session.get(Reenrolment, terminal.id)
    if asked is not None:
        session.delete(asked)
    terminal.credential_until = until
    issued = Credential(
        terminal=terminal.id,
        region=terminal.region,
        signing_public=terminal.signing_public,
        issued=now,
        not_after=until,
    )
    _, signing = hub.keys.ring.pair(terminal.keys_version)
    return CredentialReply(credential=sign_credential(signing.private, issued))


def _ask(session: Session, hub: Hub, terminal_id: str, asked: Reenrolment | None) -> Reenrolment:
    if asked is not None:
        session.delete(asked)
        session.flush()
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    now = hub.clock()
    asked = Reenrolment(
        terminal_id=terminal_id,
        user_code=f"{letters[:4]}-{letters[4:]}",
        asked_at=now,
        expires_at=now + timedelta(hours=hub.settings.reenrol_hours),
        tries=0,
    )
    session.add(asked)
    session.flush()
    return asked
