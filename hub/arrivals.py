"""What a terminal brought, read and opened before anything is locked: typed values in place of untrusted JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from hub.applications import AboutCase, Application
from hub.casework.calls import CALL_TYPES, Named
from hub.hub import Hub
from hub.problems import Problem
from offline.wire.claims import index_hash, subject_of
from offline.wire.event import Envelope, spelt_hash, terminal_source
from offline.wire.sealing import unseal_event
from offline.wire.trouble import CannotUnseal, MalformedRecord, WireTrouble
from seeds.item import Item
from seeds.themes import Theme

SLIP_SETTLED: Final = "cn.zhizhu.slip.settled.v1"
_SAID_OF_PAPER: Final = {"printed": True, "not_printed": False}
"""Of a slip of which nobody can say whether it came out there is nothing to tell."""
# What terminals and agents tell the hub without asking anything of it.
TOLD_TYPES: Final = frozenset(
    (
        SLIP_SETTLED,
        "cn.zhizhu.agent.enrolled.v1",
        "cn.zhizhu.agent.parked.v1",
        "cn.zhizhu.agent.clock.v1",
    )
)
SPELT: Final = "spelt"
"""Under which the JSON of what is no event is kept, as a text."""
Key = tuple[str, str]
"""What is unique for ever: the source and the id."""
_ID_CHARS: Final = 36


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event of the terminal that sent it."""

    envelope: Envelope
    record: str  # as it is kept: canonical JSON
    hash: str

    @property
    def key(self) -> Key:
        """Its source and id."""
        return self.envelope.source, self.envelope.id


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What cannot be an event of the terminal that sent it; kept once, under a name made from its bytes."""

    source: str
    id: str
    hash: str
    record: str  # JSON
    reason: str
    shown: str  # the id by which the sender knows it

    @property
    def key(self) -> Key:
        """The name under which it is kept."""
        return self.source, self.id


@dataclass(frozen=True, slots=True)
class Opened:
    """What is inside an event: an application, a word about a case, nothing, or a doubt a person must look at."""

    applied: Application | None = None
    about: Named | None = None
    doubt: str | None = None
    slip: tuple[str, bool] | None = None  # of which act, and whether the printer says that it has come out


def arrival(terminal_id: str, untrusted: object) -> Arrival | Unreadable:
    """One element of a batch."""
    own = terminal_source(terminal_id)
    try:
        envelope = Envelope.from_json(untrusted)
    except MalformedRecord as error:
        return _unreadable(own, untrusted, f"malformed: {error.reason}")
    if envelope.source not in (own, f"{own}/agent"):
        # Kept under the sender's own name: nobody may occupy another terminal's ids.
        return _unreadable(own, untrusted, "foreign_source")
    record = envelope.spelt()
    return Arrival(envelope, record, spelt_hash(record))


class Opener:
    """Opens the events of one batch with the hub's keys; slow, so no lock may be held meanwhile."""

    def __init__(self, hub: Hub) -> None:
        self._keys = {key.id: key.private for key in hub.keys.ring.sealing}
        self._indexes = (hub.keys.claim_index, hub.keys.subject_index)
        self._items: Mapping[str, Item | Theme] = {one.event_type: one for one in (*hub.catalogue.items, *hub.themes)}

    def open(self, envelope: Envelope) -> Opened:
        """What an event says."""
        item = self._items.get(envelope.type)
        if item is None and envelope.type not in TOLD_TYPES and envelope.type not in CALL_TYPES:
            return Opened(doubt="unknown_type")
        private = self._keys.get(envelope.key_id)
        if private is None:
            return Opened(doubt="unknown_key")
        try:
            payload = unseal_event(envelope, private)
            if item is not None:
                return _applied(payload, item)
            if envelope.type in CALL_TYPES:
                return _about(payload, *self._indexes)
            return _settled(payload) if envelope.type == SLIP_SETTLED else Opened()
        except CannotUnseal as error:
            return Opened(doubt=f"cannot_unseal: {error.reason}")


def _applied(payload: Mapping[str, object], item: Item | Theme) -> Opened:
    try:
        applied = Application.model_validate(payload)
        applied.claim.salt()
        applied.claim.normal_code()
    except ValidationError as error:
        where = ",".join(sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()}))
        return Opened(doubt=f"payload_invalid: {where}"[:500])
    except WireTrouble:
        return Opened(doubt="payload_invalid: claim")
    if applied.item != item.id:
        return Opened(doubt="item_mismatch")
    if isinstance(item, Theme) and not set(applied.parts or ()) <= set(item.items):
        return Opened(doubt="payload_invalid: parts")
    return Opened(applied)


def _settled(payload: Mapping[str, object]) -> Opened:
    act, outcome = payload.get("event_id"), payload.get("outcome")
    printed = _SAID_OF_PAPER.get(outcome) if isinstance(outcome, str) else None
    return Opened(slip=(act, printed)) if isinstance(act, str) and printed is not None else Opened()


def _about(payload: Mapping[str, object], claim_index: bytes, subject_index: bytes) -> Opened:
    try:
        said = AboutCase.model_validate(payload).case
        code = said.normal_code()
    except (ValidationError, WireTrouble):
        return Opened(doubt="payload_invalid: case")
    if code or said.event_id:
        return Opened(about=Named(said.event_id, index_hash(claim_index, code) if code else ""))
    if not said.number or not said.id_number:
        return Opened(doubt="payload_invalid: case")
    return Opened(about=Named("", number=said.number, subject=subject_of(subject_index, said.id_number)))


def _unreadable(source: str, untrusted: object, reason: str) -> Unreadable:
    raw = _spelt(untrusted)
    digest = hashlib.sha256(raw.encode("ascii")).hexdigest()
    identifier = f"raw-{digest[:32]}"
    said = untrusted.get("id") if isinstance(untrusted, dict) else None
    shown = said if isinstance(said, str) and 0 < len(said) <= _ID_CHARS and said.isprintable() else identifier
    return Unreadable(source, identifier, digest, json.dumps({SPELT: raw}), reason, shown)


def _spelt(untrusted: object) -> str:
    """The JSON of what is no event, as a text: a NaN or a half character inside would be refused by PostgreSQL."""
    try:
        return json.dumps(untrusted, sort_keys=True)
    except RecursionError:
        raise Problem("malformed", 400, "请求内容嵌套太深。", park=True) from None
