"""Cases that wait for a source: it is asked again, ever more seldom, and the case goes on when it has answered.

Beside it the sources are told what residents have had put right.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, conclude, lock_cases
from hub.applications import Application
from hub.background import BackgroundWorker
from hub.cases import payload_of
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again, move
from hub.gateway.changes import make_changes
from hub.gateway.for_cases import Numbers, case_data, silent_reasons
from hub.gateway.kept import sweep_data
from hub.gateway.reading import Gateway
from hub.gateway.remote import NodeSources
from hub.gateway.tables import DataWait
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.outside import wait
from hub.tables import Case
from offline.wire.trouble import WireTrouble
from seeds.trouble import UnknownItem


def await_sources(
    session: Session, hub: Hub, case: Case, sources: tuple[str, ...], addressee: Addressee | None
) -> None:
    """The case waits, and says for whom; in the transaction that holds it."""
    row = session.get(DataWait, case.id)
    if row is None:
        row = DataWait(case_id=case.id, since=hub.clock(), tries=0, over=False)
        session.add(row)
    elif row.next_at is None:  # it had gone on: this is another wait, with a patience of its own
        row.since, row.tries = hub.clock(), 0
    row.sources = list(sources)
    row.next_at = hub.clock() + timedelta(seconds=hub.settings.source_retry_s)
    reasons = [{"code": one.code, "text": one.text} for one in silent_reasons(hub, sources, "hub.data.waits")]
    conclude(session, hub, case, "await_source", By("rule"), reasons, addressee, waits_for=SOURCE)


def patience_over(session: Session, case_id: int) -> bool:
    """Whether the case has waited long enough."""
    row = session.get(DataWait, case_id)
    return row is not None and row.over


class SourceWorker(BackgroundWorker):
    """Asks again for the cases that wait."""

    def __init__(self, hub: Hub, gateway: Gateway) -> None:
        super().__init__("sources", "questions to sources", hub.settings.source_poll_s)
        self._hub = hub
        self._gateway = gateway
        self._swept_at: datetime | None = None

    def turn(self) -> bool:
        """One round over what is due; whether there was anything."""
        if isinstance(self._gateway.port, NodeSources):
            self._gateway.port.sync_when_due()
        self._sweep()
        due = select(DataWait.case_id).where(DataWait.next_at <= self._hub.clock()).order_by(DataWait.next_at)
        with self._hub.database.reading() as session:
            ids = session.scalars(due.limit(self._hub.settings.source_batch)).all()
        for case_id in ids:
            self._again(case_id)
        return make_changes(self._hub, self._gateway.port) + len(ids) > 0

    def _sweep(self) -> None:
        now = self._hub.clock()
        if self._swept_at is None or now - self._swept_at >= timedelta(seconds=self._hub.settings.sweep_s):
            sweep_data(self._hub)
            self._swept_at = now

    def _again(self, case_id: int) -> None:
        hub = self._hub
        with hub.database.reading() as session:
            case = session.get_one(Case, case_id)
            try:
                applied = Application.model_validate(payload_of(session, hub, case))
                item = hub.catalogue.item(case.item)
            except (WireTrouble, ValidationError, UnknownItem):
                applied, item = None, None
        waits = (case.state, case.waits_for) == ("waiting", SOURCE)
        unanswered: tuple[str, ...] = ()
        if waits and applied is not None and item is not None:
            unanswered = case_data(hub, self._gateway, case, item, Numbers.of(applied)).unanswered
        with hub.database.writing() as session:
            (case,) = lock_cases(session, {case_id})
            row = session.get(DataWait, case_id, with_for_update=True)
            if row is None or row.next_at is None:
                return  # another worker was quicker, or the case is settled
            if (case.state, case.waits_for) != ("waiting", SOURCE):
                session.delete(row)
                return
            over = hub.clock() - row.since >= timedelta(hours=hub.settings.source_wait_hours)
            if unanswered and not over:
                row.tries, row.sources = row.tries + 1, list(unanswered)
                pause = wait(row.tries, hub.settings.source_retry_s, hub.settings.source_retry_most_s)
                row.next_at = hub.clock() + pause
                return
            row.next_at, row.over = None, bool(unanswered)
            said = hub.texts("hub.data.given_up" if unanswered else "hub.data.answered")
            move(session, hub, case, "source_back", By("party"), reason=said)
            case.reasons = [{"code": "source_back", "text": said}]
            before_its_rule_again(session, case_id)
        hub.work.set()
