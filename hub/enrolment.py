"""How a terminal is admitted: one-off keys made by the staff, spent once, safe to repeat after a lost answer."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Database
from hub.dues import refresh_dues
from hub.gateway.port import SourcePort
from hub.gateway.villages import Villages
from hub.helper_lists import tell_helpers
from hub.hub import Hub
from hub.key_news import tell_keys
from hub.moments import Clock
from hub.problems import Problem
from hub.settings import HubSettings
from hub.tables import EnrolmentKey, Terminal
from offline.wire.canonical import b64, unb64
from offline.wire.enrolment import EnrolmentReply, EnrolmentRequest
from offline.wire.sealing import key_id

TERMINAL_ID: Final = re.compile(r"t-[0-9a-f]{12}")


def new_enrolment_key(
    database: Database, settings: HubSettings, clock: Clock, region: str, name: str, again: str | None = None
) -> str:
    """Makes a key that admits one terminal; it is shown once and kept only as a hash.

    `again` is the id that the terminal had: a machine whose agent had to be set up anew, or that enrolled after the
    backup from which the hub came back.
    """
    key = secrets.token_urlsafe(24)
    now = clock()
    with database.writing() as session:
        session.add(
            EnrolmentKey(
                key_hash=_hash(key),
                region=region,
                name=name,
                terminal_id=again,
                made_at=now,
                expires_at=now + timedelta(hours=settings.enrolment_hours),
            )
        )
    return key


def enrol(hub: Hub, port: SourcePort, asked: EnrolmentRequest) -> EnrolmentReply:
    """Admits the terminal and tells it its village; the same key with the same terminal gives the same answer."""
    again = _repeats(hub, asked)
    terminal_id, villages = _admitted(hub, asked), Villages(hub, port)
    # The sources are asked outside of any transaction; who is cut short here asks again, with the same key.
    if not again:
        tell_helpers(hub, villages, terminal_id)
    refresh_dues(hub, villages, (terminal_id,))
    with hub.database.reading() as session:
        return _reply(hub, session.get_one(Terminal, terminal_id))


def _repeats(hub: Hub, asked: EnrolmentRequest) -> bool:
    """Whether this key has admitted its terminal before, and that has a list of helpers signed with the keys of now."""
    with hub.database.reading() as session:
        key = session.scalars(select(EnrolmentKey).where(EnrolmentKey.key_hash == _hash(asked.key))).one_or_none()
        spent = key is not None and key.used_at is not None and key.terminal_id is not None
        known = session.get(Terminal, key.terminal_id) if key is not None and spent else None
        return known is not None and known.helpers_version > 0 and known.keys_version == hub.keys.version


def _admitted(hub: Hub, asked: EnrolmentRequest) -> str:
    """Whom the key admits; one whose source of helpers is silent is admitted all the same."""
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
        if key.terminal_id is not None and (known := session.get(Terminal, key.terminal_id)) is not None:
            return _readmit(session, hub, key, asked, known)
        return _admit(session, hub, key, asked)


def _admit(session: Session, hub: Hub, key: EnrolmentKey, asked: EnrolmentRequest) -> str:
    now = hub.clock()
    same = select(Terminal.id).where(Terminal.signing_key_id == key_id(unb64(asked.signing_public, 32)))
    if (other := session.scalars(same).first()) is not None:
        # As another terminal it could never bring what it kept as this one; and a copied disk would be two in one.
        raise Problem(
            "terminal_known",
            409,
            f"这台终端的密钥已登记为 {other}。同一台机器请用 zhizhu hub enrol --again {other} 生成的登记码；"
            "复制出来的另一台请清空状态目录再登记。",
            park=True,
        )
    terminal = Terminal(
        id=key.terminal_id or f"t-{secrets.token_hex(6)}",
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
    return terminal.id


def _readmit(session: Session, hub: Hub, key: EnrolmentKey, asked: EnrolmentRequest, terminal: Terminal) -> str:
    """The same machine, which has forgotten that it is enrolled: same id, same chain, the whole feed from its start."""
    if terminal.revoked_at is not None:
        raise Problem("terminal_revoked", 403, "这台终端已被中枢停用，请先恢复。", park=True)
    if terminal.signing_public != asked.signing_public or terminal.region != asked.region:
        raise Problem("terminal_other", 409, f"登记码是给终端 {terminal.id} 的，密钥或区划不是它的。", park=True)
    terminal.name, terminal.settings_schema = asked.name, asked.settings_schema
    terminal.credential_until = None
    key.used_at, key.signing_public = hub.clock(), asked.signing_public
    tell_keys(session, hub, terminal)  # what was signed with earlier keys it will not believe
    return terminal.id


def _again(session: Session, hub: Hub, terminal_id: str) -> str:
    """The answer once more; what it may have been told the first time is signed with the newest keys."""
    tell_keys(session, hub, session.get_one(Terminal, terminal_id, with_for_update=True))
    return terminal_id


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
