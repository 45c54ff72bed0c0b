"""How a terminal is admitted: one-off keys made by the staff, spent once, safe to repeat after a lost answer."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Database
from hub.dues import publish_dues
from hub.helper_lists import publish_helpers
from hub.hub import Hub
from hub.moments import Clock
from hub.problems import Problem
from hub.settings import HubSettings
from hub.tables import EnrolmentKey, Terminal
from offline.wire.canonical import b64, unb64
from offline.wire.enrolment import EnrolmentReply, EnrolmentRequest
from offline.wire.sealing import key_id


def new_enrolment_key(database: Database, settings: HubSettings, clock: Clock, region: str, name: str) -> str:
    """Makes a key that admits one terminal; it is shown once and kept only as a hash."""
    key = secrets.token_urlsafe(24)
    now = clock()
    with database.writing() as session:
        session.add(
            EnrolmentKey(
                key_hash=_hash(key),
                region=region,
                name=name,
                made_at=now,
                expires_at=now + timedelta(hours=settings.enrolment_hours),
            )
        )
    return key


def enrol(hub: Hub, asked: EnrolmentRequest) -> EnrolmentReply:
    """Admits the terminal and tells it its village; the same key with the same terminal gives the same answer."""
    now = hub.clock()
    with hub.database.writing() as session:
        key = session.scalars(
            select(EnrolmentKey).where(EnrolmentKey.key_hash == _hash(asked.key)).with_for_update()
        ).one_or_none()
        if key is None:
            raise Problem("enrolment_key_unknown", 403, "登记密钥不对。请技术人员向中枢重新要一个。", park=True)
        if key.used_at is not None:
            if key.signing_public != asked.signing_public or key.terminal_id is None:
                raise Problem("enrolment_key_spent", 409, "登记密钥已被另一台终端用过，请另要一个。", park=True)
            return _again(session, hub, key.terminal_id)
        if key.expires_at <= now:
            raise Problem("enrolment_key_expired", 403, "登记密钥已过期，请另要一个。", park=True)
        if asked.region != key.region:
            raise Problem("enrolment_region", 409, f"登记密钥属于区划 {key.region}，与终端配置不符。", park=True)
        return _reply(hub, _admit(session, hub, key, asked))


def _admit(session: Session, hub: Hub, key: EnrolmentKey, asked: EnrolmentRequest) -> Terminal:
    now = hub.clock()
    terminal = Terminal(
        id=f"t-{secrets.token_hex(6)}",
        name=asked.name,
        region=asked.region,
        signing_public=asked.signing_public,
        signing_key_id=key_id(unb64(asked.signing_public, 32)),
        settings_schema=asked.settings_schema,
        enrolled_at=now,
        feed=0,
        helpers_version=0,
        keys_version=hub.keys.version,
    )
    session.add(terminal)
    key.used_at, key.terminal_id, key.signing_public = now, terminal.id, asked.signing_public
    session.flush()
    publish_helpers(session, hub, terminal)
    publish_dues(session, hub, terminal)
    return terminal


def _again(session: Session, hub: Hub, terminal_id: str) -> EnrolmentReply:
    """The answer once more; the list is signed anew where the keys have changed since the first."""
    terminal = session.get_one(Terminal, terminal_id, with_for_update=True)
    if terminal.keys_version != hub.keys.version:
        publish_helpers(session, hub, terminal)
    return _reply(hub, terminal)


def _reply(hub: Hub, terminal: Terminal) -> EnrolmentReply:
    sealing, signing = hub.keys.ring.pair(terminal.keys_version)
    return EnrolmentReply(
        terminal_id=terminal.id,
        hub_sealing_public=b64(sealing.public),
        hub_sealing_key_id=sealing.id,
        hub_signing_public=b64(signing.public),
        hub_keys_version=terminal.keys_version,
        claim_key=b64(hub.keys.claim_key(terminal.id)),
        subject_key=b64(hub.keys.subject_key(terminal.id)),
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
