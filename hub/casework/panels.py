"""The desk's sections about a case's course: where it lies and how its clock stands, and its journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import payload_of
from hub.casework.joining import name_of, views
from hub.casework.needs import needs
from hub.casework.placing import casework_of, unit_name
from hub.casework.state import may
from hub.casework.steps import journal
from hub.clocks.keeping import extensions, parts_of
from hub.clocks.tables import CasePause
from hub.desk import is_before
from hub.desk_panels import Panel
from hub.explanation import explain
from hub.hub import Hub
from hub.identity.agency import LEGAL_PERSON
from hub.identity.roles import CLERK, DIGITS
from hub.moments import local_text
from hub.staff import SignedIn
from hub.tables import Case, StaffAccount
from offline.wire.trouble import WireTrouble
from seeds.form import FormField
from seeds.identifiers import mask_number
from seeds.trouble import SeedTrouble
from seeds.units import Unit

_COLLEAGUES: Final = 100
_ANSWER_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal as people read it."""

    at: str
    act: str
    who: str
    state: str
    reason: str


def course_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """Where the case lies, how its clock stands, and what can be done about either."""
    mine = is_before(hub, case, who)
    values: dict[str, object] = {
        "unit": unit_name(hub, case.unit, case.handled_in),
        "clerk": case.clerk or "",
        "due": "" if case.due_on is None else case.due_on.isoformat(),
        "light": case.light,
        "limit": case.limit_days,
        "statutory": case.statutory_days,
        "stopped": hub.texts(f"hub.waits_for.{case.waits_for}") if case.waits_for else "",
        "pauses": [
            (hub.texts(f"hub.waits_for.{one.kind}"), one.since.isoformat(), one.until.isoformat() if one.until else "")
            for one in session.scalars(select(CasePause).where(CasePause.case_id == case.id).order_by(CasePause.id))
        ],
        "extended": [
            (one.reason, one.first.isoformat(), one.last.isoformat())
            for one in extensions(session, case.handled_in)
            if case.begins_on is None or one.last >= case.begins_on
        ],
        "mine": mine,
        "procedures": casework_of(hub, case.item).procedures
        if mine and _can(case, "pause") and not case.waits_for
        else (),
        "can_resume": mine and _can(case, "resume") and case.waits_for is not None,
        "can_note": mine and _can(case, "note") and casework_of(hub, case.item).ticket,
        "units": _units(hub, case) if mine and _can(case, "transfer") else (),
        "colleagues": _colleagues(session, case) if mine and _can(case, "hand_over") else (),
        "reason_chars": hub.settings.desk_reason_chars,
    }
    return Panel("desk/course.html", values)


def form_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """What was filled in, and what the rule was given: each with where it came from and how old it is."""
    del who
    told = explain(session, hub, case)
    rows = [*_acted(session, hub, case), *_form(session, hub, case)]
    if not rows and not told.inputs:
        return None
    values = {"rows": rows, "inputs": told.inputs, "sandbox": told.sandbox, "rule": told.rule_version}
    return Panel("desk/form.html", values)


def _acted(session: Session, hub: Hub, case: Case) -> list[tuple[str, str]]:
    """The organisation it is done for, and whether who applied may act for it."""
    try:
        acted = Application.model_validate(payload_of(session, hub, case)).organisation()
    except (WireTrouble, ValidationError):
        return []
    if acted is None:
        return []
    how = "confirmed" if case.identity_level == LEGAL_PERSON else acted.agency
    return [
        (hub.texts("hub.desk.organisation"), f"{acted.name} {acted.uscc}".strip()),
        (hub.texts("hub.desk.agency"), hub.texts(f"hub.desk.agency.{how}")),
    ]


def _form(session: Session, hub: Hub, case: Case) -> list[tuple[str, str]]:
    """The form's answers by the names the item gives them; none where the application cannot be opened."""
    try:
        answers = payload_of(session, hub, case).get("form")
        fields = {field.name: field for field in hub.catalogue.item(case.item).form}
    except (WireTrouble, SeedTrouble):
        return []
    return [
        (fields[name].label.zh_hans, _answer(hub, fields[name], value))
        for name, value in (answers.items() if isinstance(answers, dict) else ())
        if name in fields
    ]


def _answer(hub: Hub, field: FormField, value: object) -> str:
    if isinstance(value, bool):
        return hub.texts("hub.value.yes" if value else "hub.value.no")
    if field.unit == "fen" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d} 元"
    chosen = next((choice.label.zh_hans for choice in field.choices if choice.value == value), str(value))
    return mask_number(chosen) if field.name == "id_number" else chosen[:_ANSWER_CHARS]


def theme_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """The theme a case is a part of, or the parts of a theme's case, with how each stands."""
    del who
    parent_id = case.id if case.item in hub.themes else case.parent_id
    if parent_id is None:
        return None
    parts = parts_of(session, parent_id)
    rows = list(zip(parts, views(hub, parts), strict=True))
    return Panel("desk/theme.html", {"name": name_of(hub, session.get_one(Case, parent_id).item), "rows": rows})


def needs_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """The papers of the application, those that are waited for, and asking for more."""
    mine = is_before(hub, case, who)
    values: dict[str, object] = {
        "documents": _documents(session, hub, case),
        "needs": needs(session, case.id),
        "can_take": mine and _can(case, "bring_paper"),
        "can_ask": mine and _can(case, "ask_papers") and case.waits_for is None,
        "reason_chars": hub.settings.desk_reason_chars,
    }
    shown = values["documents"] or values["needs"] or values["can_ask"]
    return Panel("desk/needs.html", values) if shown else None


def _documents(session: Session, hub: Hub, case: Case) -> list[tuple[str, str]]:
    """Each paper the application names, and how it came; none where it cannot be opened."""
    try:
        papers = Application.model_validate(payload_of(session, hub, case)).papers()
        titles = {one.id: one.words.zh_hans for one in hub.catalogue.item(case.item).documents}
    except (WireTrouble, ValidationError, SeedTrouble):
        return []
    return [(titles.get(one.id, one.id), hub.texts(f"hub.documents.from.{one.source}")) for one in papers]


def journal_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """Everything that was done with the case."""
    del who
    return Panel("desk/journal.html", {"entries": tuple(entries(session, hub, case))}, below=True)


def entries(session: Session, hub: Hub, case: Case) -> Iterator[Entry]:
    """The journal's lines, oldest first."""
    for one in journal(session, case.id, hub.settings.journal_shown):
        yield Entry(
            at=local_text(one.at),
            act=hub.texts(f"hub.act.{one.act}"),
            who=one.actor if one.kind == "clerk" else hub.texts(f"hub.by.{one.kind}"),
            state=hub.texts(f"hub.case.{one.state_after}") if one.state_after != one.state_before else "",
            reason=one.reason,
        )


def _can(case: Case, act: str) -> bool:
    return may(case.state, act, "clerk")


def _units(hub: Hub, case: Case) -> tuple[Unit, ...]:
    try:
        return tuple(unit for unit in hub.units.near(case.handled_in) if unit.id != case.unit)
    except SeedTrouble:
        return ()


def _colleagues(session: Session, case: Case) -> tuple[str, ...]:
    """The clerks who work for the case's division, or for one above it."""
    above = {case.handled_in[:digits].ljust(12, "0") for digits in (*DIGITS, 0)}
    clerks = select(StaffAccount.name).where(
        StaffAccount.role == CLERK, StaffAccount.closed_at.is_(None), StaffAccount.region.in_(above)
    )
    return tuple(session.scalars(clerks.order_by(StaffAccount.name).limit(_COLLEAGUES)))
