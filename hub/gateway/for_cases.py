"""What a case's rule is given of people: read through the gateway, under the case's number, and nothing besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from hub.applications import Application
from hub.certificates.wallet import WALLET, wallet_rows
from hub.gateway.holdings import all_places, holdings
from hub.gateway.orders import being_recorded
from hub.gateway.reading import Gateway, Purpose, Reading
from hub.gateway.seen import looks_of
from hub.gateway.sharing import DUE_REGION
from hub.gateway.titles import source_title
from hub.gateway.words import DENIED
from hub.houses.standing import NEW_HOUSES, reads_list
from hub.hub import Hub
from hub.identity.agency import LEGAL_PERSON, Agency, Standing, agencies_of, standing
from hub.moments import local_day
from hub.tables import Case
from seeds.decision import Reason
from seeds.item import Item

AGENCIES: Final = "agencies"
"""Where the library tells for whom somebody may act."""
_AS_OF: Final = "as_of"
_WITNESS: Final = "witness.listed"
_HELPER_OF: Final = "helper_of"
_LOOKS: Final = "access"
_HOLDINGS: Final = "holdings"
"""What the gateway itself knows: who looked at somebody's data, and everything that is held of somebody."""


@dataclass(frozen=True, slots=True, repr=False)
class CaseData:
    """The facts of a case's people, and what stands in their way."""

    facts: Mapping[str, object] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()  # sources that may answer later, or have not written down yet what was decided
    doubts: tuple[Reason, ...] = ()  # a person has to look at these, whatever the rule makes of the rest
    agency: Agency | None = None  # confirmed, where it is done for an organisation


@dataclass(frozen=True, slots=True, repr=False)
class Numbers:
    """By number: who applied, whose business it is, who witnessed that it was her, and the organisation acted for."""

    applicant: str
    subject: str
    witness: str | None = None
    organisation: str = ""

    @classmethod
    def of(cls, applied: Application) -> Numbers:
        """Those that an application names."""
        acted = applied.organisation()
        return cls(
            applied.applicant.id_number,
            applied.subject_number(),
            applied.identity.witness_number(),
            "" if acted is None else acted.uscc,
        )


def case_data(
    hub: Hub, gateway: Gateway, case: Case, item: Item, numbers: Numbers, clerk: str = "", on: date | None = None
) -> CaseData:
    """Reads what the item's rule declares of who applied (`person`) and whose business it is (`subject`).

    Of a witness it reads whose helper she is, and nothing else. Of an organisation nothing is read before the library
    has confirmed that who applied may act for it on the day of the application (`on`; none: the day the case says).
    """
    applicant, subject = numbers.applicant, numbers.subject
    with hub.database.reading() as session:
        if late := being_recorded(session, hub, case, subject):
            return CaseData(unanswered=late)
    declared = [fact.path.partition(".") for fact in item.decision.facts]
    places = {
        role: frozenset(path for root, _, path in declared if root == role and path != _AS_OF)
        for role in ("person", "subject", "organisation")
    }
    if numbers.organisation:
        places["person"] |= {AGENCIES}
    same = applicant.upper() == subject.upper()
    purpose = Purpose(
        id=item.id,
        reference=case.number,
        reader="clerk" if clerk else "rule",
        who=clerk or item.decision.version,
        region=case.region,
        case_id=case.id,
        fresh=_asked_anew(item),
    )
    both = places["person"] | places["subject"]
    readings = {
        "person": gateway.read(purpose, applicant, both if same else places["person"]),
    }
    readings["subject"] = readings["person"] if same else gateway.read(purpose, subject, places["subject"])
    acted = Standing()
    if numbers.organisation:
        acted = _acted(hub, readings["person"], numbers, item, on or local_day(case.applied_from or case.applied_at))
    if acted.agency is not None:
        readings["organisation"] = gateway.read(purpose, numbers.organisation, places["organisation"])
    facts: dict[str, object] = {role: one.facts() for role, one in readings.items()}
    if acted.agency is not None:
        facts["agency"] = {"level": LEGAL_PERSON, "role": acted.agency.role}
    if numbers.witness is not None and _WITNESS in {fact.path for fact in item.decision.facts}:
        readings["witness"] = gateway.read(purpose, numbers.witness, (_HELPER_OF,))
        facts["witness"] = {"listed": readings["witness"].values.get(_HELPER_OF) == case.region}
    said = {id(one): one for one in readings.values()}.values()
    waits = [source for one in said for source in one.unanswered]
    roots = {root for root, _, _ in declared}
    her_own = replace(purpose, own=True, reader="resident", who="")
    if _LOOKS in roots:
        lives = gateway.read(her_own, applicant, (DUE_REGION,))
        waits += lives.unanswered
        with hub.database.reading() as session:
            looks = looks_of(session, hub, applicant, lives.values.get(DUE_REGION), case.number)
        facts[_LOOKS] = {"looks": looks}
    if WALLET in roots and acted.agency is not None:
        with hub.database.reading() as session:
            facts[WALLET] = {"rows": wallet_rows(session, hub, numbers.organisation)}
    if _HOLDINGS in roots:
        held = gateway.read(her_own, applicant, all_places(hub))
        facts[_HOLDINGS] = {"rows": holdings(hub, held)}
        waits += held.unanswered
    return CaseData(
        facts=facts,
        unanswered=tuple(dict.fromkeys(waits)),
        doubts=(*_agency_doubt(hub, acted), *dict.fromkeys(reason for one in said for reason in _doubts(hub, one))),
        agency=acted.agency,
    )


def _asked_anew(item: Item) -> str:
    """The place whose source is asked again each time: what is given once, and a list that is put right meanwhile."""
    if item.record is not None and item.record.keep == "first":
        return item.record.at
    return NEW_HOUSES if reads_list(item) else ""


def _answered(hub: Hub, reading: Reading) -> bool:
    """Whether the library of legal persons has said for whom somebody may act, be it for nobody."""
    place = hub.sources.at(AGENCIES)
    return place is not None and any(
        one.source == place[0].id and place[1].name in one.fields and one.word in ("read", "cached", "unknown")
        for one in reading.said
    )


def _acted(hub: Hub, applicant: Reading, numbers: Numbers, item: Item, day: date) -> Standing:
    """Whether who applied may act for the organisation; a library that has not answered confirms nobody."""
    if not _answered(hub, applicant):
        return Standing(doubt="agency_unchecked")
    return standing(agencies_of(applicant.values.get(AGENCIES)), numbers.organisation, item, day)


def _agency_doubt(hub: Hub, acted: Standing) -> tuple[Reason, ...]:
    return () if acted.doubt is None else (Reason(acted.doubt, hub.texts(f"hub.reason.{acted.doubt}")),)


def silent_reasons(hub: Hub, sources: tuple[str, ...], text_id: str) -> tuple[Reason, ...]:
    """Which sources have not answered, in the resident's words."""
    titles = "、".join(source_title(hub, source) for source in sources)
    own = f"{text_id}.{sources[0]}" if len(sources) == 1 else ""
    return (Reason("source_silent", hub.texts(own if own in hub.texts else text_id, source=titles)),)


def _doubts(hub: Hub, reading: Reading) -> list[Reason]:
    denied = [
        Reason(f"source_{one.word}", hub.texts(f"hub.data.doubt.{one.word}", source=source_title(hub, one.source)))
        for one in reading.said
        if one.word in DENIED
    ]
    kinds = {one.id: one for one in hub.sources.contradictions}
    against = [
        Reason("contradiction", hub.texts("hub.data.doubt.contradiction", what=kinds[kind].words.zh_hans))
        for kind in reading.contradictions
    ]
    return denied + against
