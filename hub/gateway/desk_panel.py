"""The desk's section about a case's data: from which source, how old, what did not come; and asking once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import payload_of
from hub.desk_door import case_id_of, own_form, staff_with
from hub.desk_panels import Panel
from hub.gateway.for_cases import Numbers, case_data
from hub.gateway.reading import Gateway, Purpose, Said, note_reads
from hub.gateway.seen import SEEN, look, reads_of_case
from hub.gateway.tables import DataAnswer, DataRead, DataWait
from hub.gateway.titles import field_labels, source_title
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import SHANGHAI, local_day
from hub.staff import Reception, SignedIn
from hub.tables import Case
from offline.wire.trouble import WireTrouble
from seeds.trouble import UnknownItem


@dataclass(frozen=True, slots=True)
class Row:
    """What one source last said for the case."""

    source: str
    fields: str
    missing: str
    word: str
    as_of: str
    days: int


def data_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """The last word of each source; that the clerk was shown it is written down, once a day."""
    reads = reads_of_case(session, case.id, hub.settings.source_rows)
    if not reads:
        return None
    _note_shown(hub, case, who, [one for one in reads if one.word in ("read", "cached")])
    last: dict[tuple[str, str, str], DataRead] = {}
    for one in reads:
        if one.word != "shown":
            last.setdefault((one.source, one.subject, "denied" if one.word == "unapproved" else ""), one)
    wait = session.get(DataWait, case.id)
    waits = wait if wait is not None and wait.next_at is not None else None
    values = {
        "rows": [_row(hub, one) for one in last.values()],
        "waits": "" if waits is None else "、".join(source_title(hub, one) for one in waits.sources),
        "tries": 0 if waits is None else waits.tries,
        "looks": [look(hub, one) for one in reads if one.word in SEEN][:20],
        "may_ask": case.state == "in_review" and case.handled_in.startswith(who.region_prefix),
    }
    return Panel("desk/data.html", values)


def router(hub: Hub, reception: Reception, gateway: Gateway) -> LateRouter:
    """`POST /desk/cases/{number}/data`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    clerk = Depends(staff_with(reception, Right.DESK))

    @routes.post("/cases/{number}/data")
    def ask_again(number: str, csrf: Annotated[str, Form(max_length=100)] = "", who: SignedIn = clerk) -> Response:
        """Asks the sources anew for what the item's rule reads, in the clerk's name."""
        own_form(csrf, who)
        case_id = case_id_of(hub, number, who)
        with hub.database.reading() as session:
            case = session.get_one(Case, case_id)
            try:
                applied = Application.model_validate(payload_of(session, hub, case))
                item = hub.catalogue.item(case.item)
            except (WireTrouble, ValidationError, UnknownItem):
                return RedirectResponse(f"/desk/cases/{number}?trouble=hub.desk.trouble.data", 303)
        if case.state != "in_review" or not case.handled_in.startswith(who.region_prefix):
            return RedirectResponse(f"/desk/cases/{number}?trouble=hub.desk.trouble.data", 303)
        with hub.database.writing() as session:
            session.execute(delete(DataAnswer).where(DataAnswer.case_id == case_id))
        case_data(hub, gateway, case, item, Numbers.of(applied), who.name)
        return RedirectResponse(f"/desk/cases/{number}", 303)

    return routes


def _row(hub: Hub, one: DataRead) -> Row:
    labels = field_labels(hub, one.source)
    age = 0 if one.as_of is None else (local_day(hub.clock()) - date.fromisoformat(one.as_of)).days
    return Row(
        source=source_title(hub, one.source),
        fields="、".join(labels.get(name, name) for name in one.fields),
        missing="、".join(labels.get(name, name) for name in one.missing),
        word=one.word,
        as_of=one.as_of or "",
        days=age,
    )


def _note_shown(hub: Hub, case: Case, who: SignedIn, reads: list[DataRead]) -> None:
    if not reads:
        return
    began = datetime.combine(local_day(hub.clock()), time(), SHANGHAI)
    known = select(DataRead.id).where(
        DataRead.case_id == case.id, DataRead.who == who.name, DataRead.word == "shown", DataRead.at >= began
    )
    with hub.database.writing() as session:
        if session.scalars(known.limit(1)).first() is not None:
            return
        purpose = Purpose(case.item, case.number, "clerk", who.name, case.region, case.id)
        for source, subject in dict.fromkeys((one.source, one.subject) for one in reads):
            fields = [name for one in reads if (one.source, one.subject) == (source, subject) for name in one.fields]
            note_reads(session, hub, purpose, subject, [Said(source, "shown", tuple(dict.fromkeys(fields)))])
