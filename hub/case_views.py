"""A case as whoever holds its claim code may see it: also what a query found."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from hub.cases import told_beside, view_of
from hub.certificates.orders import with_keys
from hub.certificates.wallet import shows_wallet, wallet_papers
from hub.hub import Hub
from hub.opened_application import read_application
from hub.parties.standing import item_of
from hub.referrals.words import answer_rows
from hub.results import result_of
from hub.savings import saved_in
from hub.tables import Case
from hub.vouchers.granting import found_about, shown_as_paper, voucher_of
from offline.wire.changes import CaseView, Found, FoundRow

MOST_ROWS: Final = 40


def full_view(session: Session, hub: Hub, case: Case) -> CaseView:
    """The whole view; a card alone opens `view_of` only: who has found a card must read neither amounts nor papers."""
    view, found = view_of(session, hub, case), result_of(session, hub, case)
    view = view.model_copy(update={"saved": saved_in(session, hub, case)})
    if voucher_of(hub, case.item) is not None:
        about = _with_answer(session, hub, case, found_about(session, hub, case))
        papers = shown_as_paper(session, hub, case)
        return view.model_copy(update={"result": about, "papers": papers})
    if (answered := _with_answer(session, hub, case, None)) is not None:
        view = view.model_copy(update={"result": answered})
    if view.state == "approved" and shows_wallet(item_of(hub, case.item)):
        applied = read_application(session, hub, case)
        held = () if applied is None else wallet_papers(session, hub, applied, case.decided_at)
        view = view.model_copy(update={"papers": held})
    if view.papers:
        view = view.model_copy(update={"papers": with_keys(session, hub, view.papers)})
    if found is None:
        return view
    rows = tuple(FoundRow(label=row.label, value=row.value) for row in found.rows)
    parts: dict[str, object] = {"result": Found(rows=rows, note=found.note)}
    if found.outcome:  # "passed" would mean nothing to whoever asked a question
        parts |= {"outcome_text": found.outcome, "reasons": told_beside(session, hub, case)}
    return view.model_copy(update=parts)


def _with_answer(session: Session, hub: Hub, case: Case, about: Found | None) -> Found | None:
    """What an outside party answered, before whatever else there is to read."""
    rows = answer_rows(session, hub, case)
    if not rows:
        return about
    return Found(rows=rows) if about is None else Found(rows=(*rows, *about.rows)[:MOST_ROWS], note=about.note)
