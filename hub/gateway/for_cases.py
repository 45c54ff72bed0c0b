"""What a case's rule is given of people: read through the gateway, under the case's number, and nothing besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from hub.applications import Application
from hub.gateway.holdings import all_places, holdings
from hub.gateway.reading import Gateway, Purpose, Reading
from hub.gateway.seen import looks_of
from hub.gateway.titles import source_title
from hub.gateway.words import DENIED
from hub.hub import Hub
from hub.identity.agency import LEGAL_PERSON, Agency, agencies_of, standing
from hub.moments import local_day
from hub.tables import Case
from seeds.decision import Reason
from seeds.item import Item

AGENCIES: Final = "agencies"
"""Where the library tells for whom somebody may act."""
_AS_OF: Final = "as_of"
_LOOKS: Final = "access"
_HOLDINGS: Final = "holdings"
"""What the gateway itself knows: who looked at somebody's data, and everything that is held of somebody."""


@dataclass(frozen=True, slots=True, repr=False)
class CaseData:
    """The facts of a case's people, and what stands in their way."""

    facts: Mapping[str, object] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    doubts: tuple[Reason, ...] = ()  # a person has to look at these, whatever the rule makes of the rest
    agency: Agency | None = None  # confirmed, where it is done for an organisation


def case_data(
    hub: Hub,
    gateway: Gateway,
    case: Case,
    item: Item,
    applied: Application,
    clerk: str = "",
    on: date | None = None,
) -> CaseData:
    """Reads what the item's rule declares of who applied (`person`) and whose business it is (`subject`).

    Of an organisation nothing is read before the library has confirmed that who applied may act for it on the day of
    the application (`on`; none: the day that the case says).
    """
    applicant, subject, acted = applied.applicant.id_number, applied.subject_number(), applied.organisation()
    declared = [fact.path.partition(".") for fact in item.decision.facts]
    places = {
        role: frozenset(path for root, _, path in declared if root == role and path != _AS_OF)
        for role in ("person", "subject", "organisation")
    }
    if acted is not None:
        places["person"] |= {AGENCIES}
    same = applicant.upper() == subject.upper()
    purpose = Purpose(
        id=item.id,
        reference=case.number,
        reader="clerk" if clerk else "rule",
        who=clerk or item.decision.version,
        region=case.region,
        case_id=case.id,
    )
    both = places["person"] | places["subject"]
    readings = {
        "person": gateway.read(purpose, applicant, both if same else places["person"]),
    }
    readings["subject"] = readings["person"] if same else gateway.read(purpose, subject, places["subject"])
    agency, why = None, None
    if acted is not None:
        agencies = readings["person"].values.get(AGENCIES)
        if _answered(hub, readings["person"]):
            day = on or local_day(case.applied_from or case.applied_at)
            found = standing(agencies_of(agencies), acted.uscc, item, day)
            agency, why = found.agency, found.doubt
        else:
            why = "agency_unchecked"
    if acted is not None and agency is not None:
        readings["organisation"] = gateway.read(purpose, acted.uscc, places["organisation"])
    said = {id(one): one for one in readings.values()}.values()
    facts: dict[str, object] = {role: one.facts() for role, one in readings.items()}
    if agency is not None:
        facts["agency"] = {"level": LEGAL_PERSON, "role": agency.role}
    waits = [source for one in said for source in one.unanswered]
    roots = {root for root, _, _ in declared}
    if _LOOKS in roots:
        with hub.database.reading() as session:
            facts[_LOOKS] = {"looks": looks_of(session, hub, applicant)}
    if _HOLDINGS in roots:
        held = gateway.read(replace(purpose, own=True, reader="resident", who=""), applicant, all_places(hub))
        facts[_HOLDINGS] = {"rows": holdings(hub, held)}
        waits += held.unanswered
    return CaseData(
        facts=facts,
        unanswered=tuple(dict.fromkeys(waits)),
        doubts=(*_agency_doubt(hub, why), *dict.fromkeys(reason for one in said for reason in _doubts(hub, one))),
        agency=agency,
    )


def _answered(hub: Hub, reading: Reading) -> bool:
    """Whether the library of legal persons has said for whom somebody may act, be it for nobody."""
    place = hub.sources.at(AGENCIES)
    return place is not None and any(
        one.source == place[0].id and place[1].name in one.fields and one.word in ("read", "cached", "unknown")
        for one in reading.said
    )


def _agency_doubt(hub: Hub, why: str | None) -> tuple[Reason, ...]:
    return () if why is None else (Reason(why, hub.texts(f"hub.reason.{why}")),)


def silent_reasons(hub: Hub, sources: tuple[str, ...], text_id: str) -> tuple[Reason, ...]:
    """Which sources have not answered, in the resident's words."""
    titles = "、".join(source_title(hub, source) for source in sources)
    return (Reason("source_silent", hub.texts(text_id, source=titles)),)


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
