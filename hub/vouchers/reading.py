"""Reads by a voucher exactly what it names; every try is written down, whatever comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select

from hub.certificates.standing import signing_keys
from hub.gateway.port import SourceSilent
from hub.gateway.reading import Gateway, Purpose
from hub.gateway.sharing import voucher_purpose
from hub.hub import Hub
from hub.tables import Case
from hub.vouchers.granting import holder_aad
from hub.vouchers.tables import Voucher, VoucherRead
from hub.vouchers.token import VoucherForged, VoucherSaid, read_token
from offline.wire.trouble import WireTrouble
from seeds.vouchers import Fact, Scope

_AS_OF: Final = "as_of"
Word = Literal["read", "forged", "unknown", "foreign", "revoked", "expired", "reach", "missing", "silent", "often"]
Source = Callable[[Voucher, str, tuple[str, ...]], Mapping[str, Any] | None]
"""Whoever has the facts of a person by number, as far as these places go: the one seam to the sources of data.

Raises SourceSilent where somebody has not answered: what is silent is not what is not there.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a reader is told: the word, and the facts by name where it may read them."""

    word: Word
    facts: Mapping[str, Any] = field(default_factory=dict)


def by_gateway(hub: Hub, gateway: Gateway) -> Source:
    """The data gateway as a source: the purpose is the voucher's, and its case is the one that authorised it."""

    def read(voucher: Voucher, id_number: str, paths: tuple[str, ...]) -> Mapping[str, Any] | None:
        with hub.database.reading() as session:
            case = session.get_one(Case, voucher.case_id)
        party = hub.vouchers.reader(voucher.reader)
        who = voucher.reader if party is None else party.name
        purpose = Purpose(voucher_purpose(voucher.scope), case.number, "party", who, case.region)
        reading = gateway.read(purpose, id_number, paths)
        if reading.unanswered:
            raise SourceSilent
        person = reading.facts()
        return None if person is None else {"person": person}

    return read


def read_facts(hub: Hub, token: str, reader: str, wanted: tuple[str, ...], reference: str, source: Source) -> Reading:
    """Answers a reader whose request was proven to be its own; the log is written before it hears anything.

    The sources are asked in between two looks at the voucher: one that is taken back meanwhile opens nothing.
    """
    try:
        said = read_token(token, signing_keys(hub))
    except VoucherForged:
        return Reading("forged")  # of nobody's voucher there is no log; the refusal is counted by the route
    with hub.database.reading() as session:
        row = session.get(Voucher, said.id)
        lately = select(func.count()).where(VoucherRead.voucher_id == said.id, VoucherRead.reader == reader)
        tries = session.scalar(lately.where(VoucherRead.at > hub.clock() - timedelta(minutes=1))) or 0
    if row is None or row.token != token.strip():
        return Reading("unknown")
    if tries >= hub.settings.voucher_reads_per_minute:
        return Reading("often")  # nor is the log made longer, nor its holder told again
    scope = hub.vouchers.scope(row.scope)
    known: Mapping[str, Any] | None = None
    silent = False
    if scope is not None and _refused(hub, row, scope, said, reader, wanted) is None:
        try:
            known = _known(hub, row, scope, wanted, source)
        except SourceSilent:
            silent = True
    with hub.database.writing() as session:
        row = session.get_one(Voucher, said.id, with_for_update=True)
        word = _refused(hub, row, scope, said, reader, wanted)
        reading = _found(scope, wanted, known) if word is None and scope is not None else Reading(word or "reach")
        if silent and word is None:
            reading = Reading("silent")
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


def _refused(
    hub: Hub, row: Voucher, scope: Scope | None, said: VoucherSaid, reader: str, wanted: tuple[str, ...]
) -> Word | None:
    if said.reader != reader:
        return "foreign"
    if row.revoked_at is not None:
        return "revoked"
    if not said.since <= hub.clock() < said.until:
        return "expired"
    if scope is None or not wanted or not set(wanted) <= set(said.facts):
        return "reach"
    return None


def _known(hub: Hub, row: Voucher, scope: Scope, wanted: tuple[str, ...], source: Source) -> Mapping[str, Any] | None:
    try:
        number = hub.keys.unseal(row.holder_sealed, holder_aad(row.id)).get("id_number")
    except WireTrouble:
        return None
    places = {fact.name: fact.source.partition(".")[2] for fact in scope.facts}
    paths = tuple(places[name] for name in wanted if name in places and places[name] != _AS_OF)
    # The day alone is the day of what the scope is about: that has to be asked for.
    return source(row, str(number), paths or tuple(path for path in places.values() if path != _AS_OF))


def _found(scope: Scope, wanted: tuple[str, ...], known: Mapping[str, Any] | None) -> Reading:
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
