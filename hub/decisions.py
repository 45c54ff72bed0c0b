"""The decision worker: claims cases under a lease, lets the item's rule decide, and answers, once each."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.answers import Addressee, addressee_of, conclude, lock_cases
from hub.applications import Application
from hub.attachments.standing import any_missing
from hub.blobs import sweep_pictures
from hub.bookings.offered import booking_facts, holds_place, take
from hub.cases import payload_of
from hub.casework.calls_taken import take_up_calls
from hub.casework.chain import only_within
from hub.casework.offered import ELSEWHERE, elsewhere_text, offered_in
from hub.casework.papers import Promise, await_promised, promises, with_brought
from hub.casework.placing import assigned_reason, casework_of, send_where_it_belongs
from hub.casework.reminders import Remind, remind_in_feed, sweep_needs
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again
from hub.casework.vouching import vouched
from hub.clock_doubt import Window, keep_window, window_of
from hub.clocks.keeping import sweep_clocks
from hub.decision_inputs import seal_inputs
from hub.dues import refresh_dues
from hub.gateway.for_cases import CaseData, Numbers, case_data, silent_reasons
from hub.gateway.orders import recorded_meanwhile
from hub.gateway.reading import Gateway
from hub.gateway.remote import port_of
from hub.gateway.sandbox import SandboxSources
from hub.gateway.villages import Villages
from hub.gateway.waiting import await_sources, patience_over
from hub.houses.standing import handover_of, reads_list, take_house
from hub.hub import Hub
from hub.identity.agency import LEGAL_PERSON, whose_doubt
from hub.identity.real_name import level_doubt, real_name_doubt
from hub.moments import local_day
from hub.parties.asking import Asked, UnclearParties, await_parties, party_facts, to_ask
from hub.parties.taking import sweep_parties, take_up_words
from hub.payments.before_deciding import await_payment, payment_facts
from hub.payments.following import unpaid
from hub.rechecks.sweeping import sweep_rechecks
from hub.replays import sweep_requests
from hub.sandbox import DATA_SOURCE
from hub.tables import Case, DecisionJob, DecisionRecord, InboxEvent, Terminal
from hub.withdrawals import Outdated, outdated_by, withdraw
from offline.wire.canonical import unb64
from offline.wire.trouble import WireTrouble
from seeds.decision import Decision, Reason, decide

log = logging.getLogger(__name__)
_ACTS: Final = {"approve": "rule_approve", "manual": "rule_manual", "refuse": "rule_refuse"}


@dataclass(frozen=True, slots=True)
class _Verdict:
    decision: Decision | None  # none: papers that were promised have to come first
    addressee: Addressee | None
    outdated: tuple[Outdated, ...]
    made: Window
    promised: tuple[Promise, ...] = ()
    paid_for: str = ""  # by number: whose business it is
    unanswered: tuple[str, ...] = ()  # sources that have to answer first
    asked: tuple[Asked, ...] = ()  # people who have to confirm first
    form: Mapping[str, object] = field(default_factory=dict)
    agency: bool = False  # who applied was confirmed as acting for an organisation
    read_at: datetime | None = None  # from when the data are


class DecisionWorker:
    """Decides waiting cases; several may run at once, in one process or many."""

    def __init__(
        self, hub: Hub, name: str | None = None, remind: Remind = remind_in_feed, gateway: Gateway | None = None
    ) -> None:
        self._hub = hub
        self._gateway = gateway or Gateway(hub, port_of(hub, SandboxSources(hub)))
        self._remind = remind
        self._name = name or f"worker-{secrets.token_hex(4)}"
        self._stop = Event()
        self._thread = Thread(target=self.run, name=self._name, daemon=True)
        self._dues_day = ""
        self._keys_wanted = 0
        self._swept_at: datetime | None = None
        self._forgot_at: datetime | None = None
        self._clocks_at: datetime | None = None

    def start(self) -> None:
        """Begins working in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the case in hand and ends."""
        self.end()
        self._thread.join()

    def end(self) -> None:
        """Asks `run` to return after the case in hand."""
        self._stop.set()
        self._hub.work.set()

    def run(self) -> None:
        """Works until it is ended; a database that does not answer is waited for."""
        while not self._stop.is_set():
            try:
                busy = self.run_once() > 0
                self._new_day()
                self._sweep()
                self._sweep_clocks()
                self._forget_requests()
            except SQLAlchemyError as error:
                log.warning("decisions pause, the database does not answer: %s", type(error).__name__)
                busy = False
            except Exception:  # one bad clock or picture must not end the deciding
                log.exception("a round of decisions failed")
                busy = False
            if not busy:
                self._hub.work.wait(self._hub.settings.decision_poll_s)
                self._hub.work.clear()

    def run_once(self) -> int:
        """Decides the cases that wait now; returns how many."""
        done = 0
        for case_id in self.claim():
            try:
                done += self.decide(case_id)
            except SQLAlchemyError:
                raise
            except Exception:  # one bad case must not stop the others: its lease ends, and in the end a person looks
                log.exception("case %d could not be decided", case_id)
        return done + take_up_calls(self._hub) + take_up_words(self._hub)

    def claim(self) -> list[int]:
        """Takes a handful of waiting or abandoned cases for the length of a lease."""
        now = self._hub.clock()
        free = or_(DecisionJob.state == "waiting", (DecisionJob.state == "claimed") & (DecisionJob.lease_until < now))
        wanted = select(DecisionJob).where(free).order_by(DecisionJob.case_id)
        with self._hub.database.reading() as session:
            if session.scalars(wanted.limit(1)).first() is None:
                return []  # looking takes no write lock
            told = session.scalar(select(func.max(Terminal.keys_version)))
        if told is not None and told > self._hub.keys.version:
            if told != self._keys_wanted:
                log.warning("没有中枢的新密钥（第 %d 对），不决定任何办件：请把 keys 文件夹复制到这台机器。", told)
                self._keys_wanted = told
            return []  # a case that cannot be opened here is no case for a person
        with self._hub.database.writing() as session:
            limited = wanted.limit(self._hub.settings.decision_batch).with_for_update(skip_locked=True)
            jobs = session.scalars(limited).all()
            for job in jobs:
                job.state, job.claimed_by, job.lease_until = "claimed", self._name, self._lease()
            return [job.case_id for job in jobs]

    def decide(self, case_id: int) -> bool:
        """Decides a claimed case; false when another worker has taken it over or decided it."""
        if not self._begin(case_id):
            return False
        verdict = self._consider(case_id)
        with self._hub.database.writing() as session:
            job = session.get_one(DecisionJob, case_id, with_for_update=True)
            if job.state != "claimed" or job.claimed_by != self._name:
                return False
            job.state, job.lease_until = "done", None
            lock_cases(session, {case_id, *(one.case_id for one in verdict.outdated)})
            withdraw(session, self._hub, verdict.outdated)
            case = session.get_one(Case, case_id)
            keep_window(case, verdict.made)
            if verdict.agency:
                case.identity_level = LEGAL_PERSON
            self._conclude(session, case, verdict)
        return True

    def _begin(self, case_id: int) -> bool:
        """Counts the attempt and takes the lease anew: the last of a handful has as long as the first.

        Were attempts counted when cases are claimed, slow neighbours would bring a case to a person untried.
        """
        with self._hub.database.writing() as session:
            job = session.get_one(DecisionJob, case_id, with_for_update=True)
            if job.state != "claimed" or job.claimed_by != self._name:
                return False
            job.attempts, job.lease_until = job.attempts + 1, self._lease()
        return True

    def _lease(self) -> datetime:
        return self._hub.clock() + timedelta(seconds=self._hub.settings.lease_s)

    def _consider(self, case_id: int) -> _Verdict:
        """Everything slow (opening, the rule, the answer's key) before the write lock is taken."""
        hub = self._hub
        with hub.database.reading() as session:
            case = session.get_one(Case, case_id)
            outdated: tuple[Outdated, ...] = ()
            attempts = session.get_one(DecisionJob, case_id).attempts
            made = window_of(session, case, {})
            try:
                payload = payload_of(session, hub, case)
                made = window_of(session, case, payload)
                applied = Application.model_validate(payload)
                addressee = addressee_of(applied)
                if not offered_in(hub, case.item, case.region):  # nor does it take the place of one made at home
                    return _Verdict(_elsewhere(hub, case), addressee, outdated, made)
                if theme := only_within(hub, case):
                    return _Verdict(_not_alone(hub, theme), addressee, outdated, made)
                outdated = outdated_by(session, hub, case, applied.whom())
            except (WireTrouble, ValueError):
                return _Verdict(_to_a_person(hub, "payload_unreadable"), None, outdated, made)
            try:
                asked = to_ask(session, hub, case, payload)
            except UnclearParties:
                return _Verdict(_to_a_person(hub, "parties_unclear"), addressee, outdated, made)
            if asked:
                return _Verdict(None, addressee, outdated, made, asked=asked)
            sure = vouched(session, case_id)
            if not sure and (doubt := _real_name(session, hub, case, applied)) is not None:
                return _Verdict(_to_a_person(hub, doubt), addressee, outdated, made)
            if attempts > hub.settings.decision_attempts:
                return _Verdict(_to_a_person(hub, "too_many_attempts"), addressee, outdated, made)
            if promised := promises(session, hub, case, applied, local_day(made.latest)):
                return _Verdict(None, addressee, outdated, made, promised)
            if not sure and any_missing(session, case):
                return _Verdict(_to_a_person(hub, "attachment_missing"), addressee, outdated, made)
            item = hub.catalogue.item(case.item)
            weak = (None if sure else level_doubt(applied.identity.level, item)) or whose_doubt(applied, item)
            if weak is not None:
                return _Verdict(_to_a_person(hub, weak), addressee, outdated, made)
            payload, patient = with_brought(session, case, payload), not patience_over(session, case_id)
        # Sources are asked outside of any transaction; what they were asked is written down before it is used.
        began = hub.clock()
        data = case_data(hub, self._gateway, case, item, Numbers.of(applied), on=local_day(made.earliest))
        if data.unanswered and patient:
            return _Verdict(None, addressee, outdated, made, unanswered=data.unanswered)
        today = local_day(hub.clock())
        facts: dict[str, object] = {
            **data.facts,
            **(handover_of(data.facts, payload) if reads_list(item) else {}),
            "application": payload,
            "today": today.isoformat(),
            # A deadline is asked of the earliest day it can have been: a doubtful clock makes nobody late.
            "applied_on": local_day(made.earliest).isoformat(),
        }
        with hub.database.reading() as session:
            if item.booking is not None:
                facts["booking"] = booking_facts(session, item, _of_form(payload, item.booking.field), today)
            if (payment := payment_facts(session, hub, case, applied.whom())) is not None:
                facts["payment"] = payment
            if people := party_facts(session, hub, case):
                facts["parties"] = people
        decided = _doubted(hub, decide(item, facts), data)
        form = payload.get("form")
        return _Verdict(
            decided,
            addressee,
            outdated,
            made,
            paid_for=applied.whom(),
            agency=data.agency is not None,
            read_at=began,
            form=form if isinstance(form, Mapping) else {},
        )

    def _conclude(self, session: Session, case: Case, verdict: _Verdict) -> None:
        hub, decision = self._hub, verdict.decision
        if verdict.asked:
            await_parties(session, hub, case, verdict.asked, verdict.addressee)
            return
        if verdict.unanswered:
            await_sources(session, hub, case, verdict.unanswered, verdict.addressee)
            return
        if decision is None:
            await_promised(session, hub, case, verdict.promised, verdict.addressee)
            return
        if verdict.read_at is not None and recorded_meanwhile(session, hub, case, verdict.paid_for, verdict.read_at):
            before_its_rule_again(session, case.id)
            return
        taken = decision.outcome != "refuse" and not take_house(session, case, decision.inputs)
        if taken:
            decision = _to_a_person(hub, "house_taken", decision.inputs)
        if not taken and await_payment(session, hub, case, decision, verdict.paid_for, verdict.addressee, verdict.form):
            return
        if decision.outcome == "approve" and unpaid(session, hub, case):  # given back before the rule had its say
            decision = _to_a_person(hub, "given_back", decision.inputs)
        if decision.outcome == "approve":
            decision = _with_a_place(session, hub, case, decision)
        hub.measures.decisions.labels(decision.outcome).inc()
        reasons = [{"code": reason.code, "text": reason.text} for reason in decision.reasons]
        session.add(
            DecisionRecord(
                case_id=case.id,
                outcome=decision.outcome,
                rule_version=str(decision.rule_version),
                reasons=reasons,
                inputs_sealed=seal_inputs(hub, case.id, decision.inputs),
                data_source=DATA_SOURCE,
                decided_at=hub.clock(),
            )
        )
        session.flush()
        by = By("rule", str(decision.rule_version))
        if decision.outcome == "manual":
            send_where_it_belongs(session, hub, case, decision.inputs, by)
        outcome = decision.outcome
        if casework_of(hub, case.item).ticket and outcome == "approve":
            # What a rule lets pass is a report that somebody now has to act on.
            outcome = "manual"
            reasons = [assigned_reason(hub, case)]
        conclude(session, hub, case, _ACTS[outcome], by, reasons, verdict.addressee)

    def _new_day(self) -> None:
        today = local_day(self._hub.clock()).isoformat()
        if today != self._dues_day:
            refresh_dues(self._hub, Villages(self._hub, self._gateway.port))
            self._dues_day = today

    def _sweep(self) -> None:
        now = self._hub.clock()
        if self._swept_at is None or now - self._swept_at >= timedelta(seconds=self._hub.settings.sweep_s):
            sweep_pictures(self._hub)
            self._swept_at = now

    def _sweep_clocks(self) -> None:
        now = self._hub.clock()
        if self._clocks_at is None or now - self._clocks_at >= timedelta(seconds=self._hub.settings.clock_sweep_s):
            sweep_clocks(self._hub)
            sweep_needs(self._hub, self._remind)
            sweep_parties(self._hub)
            sweep_rechecks(self._hub)
            self._clocks_at = now

    def _forget_requests(self) -> None:
        now = self._hub.clock()
        if self._forgot_at is None or now - self._forgot_at >= timedelta(seconds=self._hub.settings.replay_sweep_s):
            sweep_requests(self._hub.database, now)
            self._hub.refusals.flush()
            self._forgot_at = now


def _doubted(hub: Hub, decision: Decision, data: CaseData) -> Decision:
    """What a source refused, or contradicted, is for a person to look at, whatever the rule made of the rest."""
    reasons = data.doubts
    if data.unanswered:
        reasons += silent_reasons(hub, data.unanswered, "hub.data.doubt.silent")
    if not reasons:
        return decision
    if all(one.code == "contradiction" for one in reasons) and decision.outcome == "manual":
        return decision  # the rule has said so itself
    kept = decision.reasons if decision.outcome == "manual" else ()
    return Decision("manual", (*reasons, *kept), decision.rule_version, decision.inputs)


def _real_name(session: Session, hub: Hub, case: Case, applied: Application) -> str | None:
    """Why the terminal's word on who applied is doubted."""
    terminal = session.get_one(Terminal, case.terminal_id)
    event = session.get_one(InboxEvent, (case.source, case.event_id))
    public = unb64(terminal.signing_public, 32)
    return real_name_doubt(applied, public, event.time, hub.settings.real_name_minutes)


def _of_form(payload: Mapping[str, object], name: str) -> object:
    form = payload.get("form")
    return form.get(name) if isinstance(form, Mapping) else None


def _with_a_place(session: Session, hub: Hub, case: Case, decision: Decision) -> Decision:
    """Takes the place that the approval books; where there is none for this person, somebody calls."""
    item = hub.catalogue.item(case.item)
    if holds_place(session, case, item, local_day(hub.clock())):
        return _to_a_person(hub, "place_held", decision.inputs)
    if not take(session, case, item, decision.inputs):
        return _to_a_person(hub, "place_taken", decision.inputs)
    return decision


def _elsewhere(hub: Hub, case: Case) -> Decision:
    """What the catalogue says beyond doubt: no rule has to weigh it, and a clerk of here could do nothing."""
    text = elsewhere_text(hub, hub.catalogue.item(case.item), case.region)
    return Decision(outcome="refuse", reasons=(Reason(code=ELSEWHERE, text=text),), rule_version="", inputs={})


def _not_alone(hub: Hub, theme: str) -> Decision:
    """What comes after another part means nothing without it: a house is not registered past its tax."""
    text = hub.texts("hub.reason.not_alone", theme=theme)
    return Decision(outcome="refuse", reasons=(Reason(code="not_alone", text=text),), rule_version="", inputs={})


def _to_a_person(hub: Hub, code: str, inputs: Mapping[str, object] | None = None) -> Decision:
    reason = Reason(code=code, text=hub.texts(f"hub.reason.{code}"))
    return Decision(outcome="manual", reasons=(reason,), rule_version="", inputs=dict(inputs or {}))
