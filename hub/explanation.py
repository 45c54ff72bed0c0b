"""A decision told to people: the rule's version, each thing it was given, and why it came out so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cases import month_text, outcome_text, settled_at, state_text
from hub.casework.joining import name_of
from hub.casework.placing import unit_name
from hub.clock_doubt import applied_text, doubt_text
from hub.decision_inputs import inputs_of
from hub.hub import Hub
from hub.moments import local_text
from hub.tables import Blob, Case, ClerkDecision, DecisionJob, DecisionRecord, InboxEvent, PictureView, Terminal
from offline.wire.trouble import WireTrouble
from seeds.identifiers import mask_name, mask_number

_SOURCES: Final = frozenset(("application", "person", "subject", "organisation", "agency", "today", "applied_on"))
_WORDS: Final = frozenset(("level", "way", "for", "status", "scheme", "role", "kind", "agency"))
_PLACES: Final = frozenset(("region", "terminal_region", "county"))
_MAX_INPUTS: Final = 80
_MAX_LOOKS: Final = 20


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as a list shows it."""

    id: int
    number: str
    item: str
    item_name: str
    state: str
    state_text: str
    outcome: str
    masked_name: str
    masked_number: str
    terminal: str
    terminal_name: str
    identity_way: str
    identity_text: str
    applied: str
    received: str
    decided: str
    next_due: str
    clock_doubt: str
    reasons: tuple[str, ...]
    unit: str
    due: str
    light: str

    def as_json(self) -> dict[str, object]:
        """The row for scripts."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Input:
    """One thing the rule looked at."""

    source: str  # application | person | today | other
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PersonDecided:
    """What a clerk decided, when, and why in words for the resident."""

    outcome_text: str
    staff: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """Who was shown a picture of the case, and when."""

    staff: str
    at: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a case was decided, or why it is not yet."""

    decided: bool
    outcome: str  # approve | manual | refuse; empty where no rule has decided
    outcome_text: str
    rule_version: str
    reasons: tuple[str, ...]
    inputs: tuple[Input, ...]
    sandbox: bool
    decided_at: str
    chain_position: str
    trouble: str
    people: tuple[PersonDecided, ...]
    looks: tuple[Look, ...]
    picture: Literal["none", "here", "missing", "decided", "expired"]


def item_name(hub: Hub, item_id: str) -> str:
    """An item's name, or its id when the catalogue no longer knows it."""
    return name_of(hub, item_id)


def case_row(hub: Hub, case: Case, terminal: Terminal) -> CaseRow:
    """A case as a list shows it."""
    return CaseRow(
        id=case.id,
        number=case.number,
        item=case.item,
        item_name=item_name(hub, case.item),
        state=case.state,
        state_text=state_text(hub, case),
        outcome=outcome_text(hub, case),
        masked_name=case.masked_name,
        masked_number=case.masked_number,
        terminal=case.terminal_id,
        terminal_name=terminal.name,
        identity_way=case.identity_way,
        identity_text=hub.texts(f"hub.identity.{case.identity_level}"),
        applied=applied_text(case),
        received=local_text(case.received_at),
        decided=local_text(settled_at(case)),
        next_due=month_text(case.next_due) if case.next_due else "",
        clock_doubt=doubt_text(hub.texts, case),
        reasons=tuple(str(reason["text"]) for reason in case.reasons),
        unit=unit_name(hub, case.unit, case.handled_in),
        due="" if case.due_on is None else case.due_on.isoformat(),
        light=case.light,
    )


def explain(session: Session, hub: Hub, case: Case) -> Explanation:
    """How a case was decided, with every input, personal ones masked."""
    record = session.get(DecisionRecord, case.id)
    event = session.get_one(InboxEvent, (case.source, case.event_id))
    job = session.get(DecisionJob, case.id)  # a theme's case has none: its parts have
    inputs: tuple[Input, ...] = ()
    trouble = "" if job is None else job.trouble or ""
    if record is not None:
        try:
            inputs = tuple(_inputs(hub, case, inputs_of(hub, record)))[:_MAX_INPUTS]
        except WireTrouble as error:
            trouble = error.sentence
    return Explanation(
        decided=record is not None,
        outcome=record.outcome if record is not None else "",
        outcome_text=hub.texts(f"hub.decision.{record.outcome}") if record is not None else "",
        rule_version=record.rule_version if record is not None else "",
        reasons=tuple(str(reason["text"]) for reason in record.reasons) if record is not None else (),
        inputs=inputs,
        sandbox=record is not None and record.data_source == "sandbox",
        decided_at=local_text(case.decided_at),
        chain_position=event.position,
        trouble=trouble,
        people=tuple(_people(session, hub, case)),
        looks=tuple(_looks(session, case)),
        picture=picture_standing(session, case),
    )


def picture_standing(session: Session, case: Case) -> Literal["none", "here", "missing", "decided", "expired"]:
    """What became of the picture for a clerk's check; missing: its terminal could not bring it."""
    if case.identity_way != "later":
        return "none"
    blob = None if case.picture_sha256 is None else session.get(Blob, (case.terminal_id, case.picture_sha256))
    if blob is None or not blob.complete:
        return "missing"
    if blob.deleted_at is None:
        return "here"
    return "expired" if blob.deleted_why == "expired" else "decided"


def _looks(session: Session, case: Case) -> Iterator[Look]:
    found = select(PictureView).where(PictureView.case_id == case.id, PictureView.what == "taken")
    for one in session.scalars(found.order_by(PictureView.id.desc()).limit(_MAX_LOOKS)):
        yield Look(one.staff, local_text(one.seen_at))


def _people(session: Session, hub: Hub, case: Case) -> Iterator[PersonDecided]:
    found = select(ClerkDecision).where(ClerkDecision.case_id == case.id).order_by(ClerkDecision.id)
    for one in session.scalars(found):
        outcome = hub.texts(f"hub.desk.outcome.{one.outcome}")
        yield PersonDecided(outcome, one.staff, local_text(one.decided_at), one.reason)


def _inputs(hub: Hub, case: Case, inputs: Mapping[str, object]) -> Iterator[Input]:
    """Each thing the rule was given, under the name its item gives it; the bare path where today's item forgot it."""
    item = next((one for one in hub.catalogue.items if one.id == case.item), None)
    labels = {} if item is None else {fact.path: fact.label.zh_hans for fact in item.decision.facts}
    given = dict(_leaves("", inputs))
    for path in (*labels, *(path for path in given if path not in labels)):
        source, _, _ = path.partition(".")
        key = path.rpartition(".")[2]
        public = key == "name" and "organisation" in path.split(".")  # whose name is in a register that anyone reads
        shown = str(given.get(path)) if public and given.get(path) else _value(hub, key, given.get(path))
        yield Input(source if source in _SOURCES else "other", labels.get(path, path), shown)


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), inner)
    else:
        yield path, value


def _value(hub: Hub, key: str, value: object) -> str:
    if value is None:
        return hub.texts("hub.value.none")
    if isinstance(value, bool):
        return hub.texts("hub.value.yes" if value else "hub.value.no")
    if isinstance(value, list):
        return hub.texts("hub.value.rows", count=len(value))
    if key == "name":
        return mask_name(str(value))
    if key in ("id_number", "number"):
        return mask_number(str(value))
    if key in _PLACES:
        code = str(value).ljust(12, "0")
        return f"{hub.regions.full_name(code)}（{value}）" if code in hub.regions else str(value)
    for words in (f"hub.identity.{value}", f"hub.way.{value}", f"hub.value.{value}"):
        if key in _WORDS and words in hub.texts:
            return hub.texts(words)
    return str(value)
