"""Reads by a voucher exactly what it names; every try is written down, whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.orm import Session

from hub.certificates.standing import signing_keys
from hub.hub import Hub
from hub.moments import local_day
from hub.sandbox import person_facts
from hub.tables import BasePerson
from hub.vouchers.granting import holder_aad
from hub.vouchers.tables import Voucher, VoucherRead
from hub.vouchers.token import VoucherForged, VoucherSaid, read_token
from offline.wire.trouble import WireTrouble
from seeds.vouchers import Fact, Scope

Word = Literal["read", "forged", "unknown", "foreign", "revoked", "expired", "reach", "missing"]
Source = Callable[[Session, Hub, str], Mapping[str, Any] | None]
"""Whoever has the facts of a person by number: the one seam to the sources of data."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a reader is told: the word, and the facts by name where it may read them."""

    word: Word
    facts: Mapping[str, Any] = field(default_factory=dict)


def library(session: Session, hub: Hub, id_number: str) -> Mapping[str, Any] | None:
    """The sandbox base library (演示) as a source."""
    person = person_facts(session.get(BasePerson, id_number), local_day(hub.clock()))
    return None if person is None else {"person": person}


def read_facts(
    hub: Hub, token: str, reader: str, wanted: tuple[str, ...], reference: str, source: Source = library
) -> Reading:
    """Answers a reader whose request was proven to be its own; the log is written in the same transaction."""
    try:
        said = read_token(token, signing_keys(hub))
    except VoucherForged:
        return Reading("forged")  # of nobody's voucher there is no log; the refusal is counted by the route
    with hub.database.writing() as session:
        row = session.get(Voucher, said.id, with_for_update=True)
        if row is None or row.token != token.strip():
            return Reading("unknown")
        scope = hub.vouchers.scope(row.scope)
        reading = _read(session, hub, row, scope, said, reader, wanted, source)
        row.tell_at = hub.clock()
        session.add(
            VoucherRead(
                voucher_id=row.id,
                reader=reader,
                facts=list(wanted),
                reference=reference,
                word=reading.word,
                at=hub.clock(),
            )
        )
    return reading


def _read(
    session: Session,
    hub: Hub,
    row: Voucher,
    scope: Scope | None,
    said: VoucherSaid,
    reader: str,
    wanted: tuple[str, ...],
    source: Source,
) -> Reading:
    if said.reader != reader:
        return Reading("foreign")
    if row.revoked_at is not None:
        return Reading("revoked")
    if not said.since <= hub.clock() < said.until:
        return Reading("expired")
    if scope is None or not wanted or not set(wanted) <= set(said.facts):
        return Reading("reach")
    try:
        number = hub.keys.unseal(row.holder_sealed, holder_aad(row.id)).get("id_number")
    except WireTrouble:
        return Reading("missing")
    known = source(session, hub, str(number))
    named = [scope.fact(name) for name in wanted]
    values = {fact.name: projected(fact, known or {}) for fact in named if fact is not None}
    if len(values) < len(wanted) or any(value is None for value in values.values()):
        return Reading("missing")
    return Reading("read", values)


def projected(fact: Fact, known: Mapping[str, Any]) -> Any:
    """A fact's value, of records only the columns it names; None where the source does not have it."""
    here: Any = known
    for part in fact.source.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    if not fact.keys:
        return here if isinstance(here, str | int | bool) else None
    if not isinstance(here, list) or not all(isinstance(row, Mapping) for row in here):
        return None
    return [{key: row.get(key) for key in fact.keys} for row in here]
