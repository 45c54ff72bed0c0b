"""What a terminal is told before a form is filled in, to whom, and what is written down of it; and places booked."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from hub.bookings.offered import slots
from hub.bookings.tables import Booking
from hub.decisions import DecisionWorker
from hub.gateway.tables import DataRead
from hub.hub import Hub
from hub.prefill.source import BEFORE_FORM
from hub.tables import Case
from offline.wire.canonical import b64, unb64
from offline.wire.changes import CaseView
from offline.wire.claims import subject_of
from offline.wire.prefill import Prefill, question_aad, reply_aad
from offline.wire.sealing import new_private, public_of, seal, unseal
from seeds.people import People, Person
from tests.hub.casework.bench import decide
from tests.hub.running import FakeTerminal, HandClock

ALLOWANCE, AID, BOOKED = "elderly-allowance", "legal-aid-appointment", "cn.zhizhu.legal_aid.booked.v1"


def ask(
    terminal: FakeTerminal, person: Person, item: str = ALLOWANCE, level: str = "card_face", private: bytes = b""
) -> httpx.Response:
    question = {"item": item, "id_number": person.id_number, "level": level, "reply_to": b64(public_of(private))}
    public = unb64(terminal.enrolment.hub_sealing_public, 32)
    sealed = seal(question, public, question_aad(terminal.id))
    return terminal.ask("POST", f"/v1/terminals/{terminal.id}/prefill", {"sealed": b64(sealed)})


def told(terminal: FakeTerminal, person: Person, item: str = ALLOWANCE, level: str = "card_face") -> Prefill:
    private = new_private()
    reply = ask(terminal, person, item, level, private)
    assert reply.status_code == 200, reply.text
    assert not person.phone or person.phone not in reply.text
    opened = unseal(unb64(reply.json()["sealed"], 65_536), private, reply_aad(terminal.id))
    return Prefill.model_validate(opened)


def seen_by(terminal: FakeTerminal, person: Person) -> CaseView:
    """The newest case of a card holder."""
    return CaseView.model_validate(terminal.lookup(person.id_number).json()["cases"][0])


def test_who_has_shown_who_they_are_is_told_household_telephone_and_certificates(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    found = told(terminal, people["lin-jianguo"])
    assert found.values == {"phone": people["lin-jianguo"].phone}
    assert {kin.id_number for kin in found.household} == {
        people["lin-yuelan"].id_number,
        people["cai-xiuying"].id_number,
    }
    assert "电子户口簿" in found.certificates
    with hub.database.reading() as session:
        asked = session.scalars(select(DataRead).where(DataRead.reference == BEFORE_FORM)).all()
    mine = subject_of(hub.keys.subject_index, people["lin-jianguo"].id_number)
    assert {(one.who, one.purpose, one.word) for one in asked} == {("示例村委会", ALLOWANCE, "read")}
    assert {name for one in asked if one.subject == mine for name in one.fields} == {
        *("phone", "household_members", "certificates")
    }
    assert people["lin-jianguo"].id_number not in str([vars(one) for one in asked])


def test_a_picture_that_nobody_has_looked_at_yet_opens_nothing(terminal: FakeTerminal, people: People) -> None:
    assert told(terminal, people["lin-jianguo"], level="card_later_check") == Prefill()


def test_what_an_item_does_not_ask_for_is_not_told(terminal: FakeTerminal, people: People) -> None:
    found = told(terminal, people["lin-jianguo"], "social-insurance-record")
    assert found == Prefill()


@pytest.mark.parametrize(
    ("item", "level", "status"), [("no-such-item", "card_face", 404), (ALLOWANCE, "trust_me", 400)]
)
def test_a_question_that_makes_no_sense_is_refused(
    terminal: FakeTerminal, people: People, item: str, level: str, status: int
) -> None:
    reply = ask(terminal, people["lin-jianguo"], item, level, new_private())
    assert (reply.status_code, reply.json()["park"]) == (status, True)


class Forestalled(DecisionWorker):
    """A worker that read all cases before any place was taken, as several at once do."""

    def claim(self) -> list[int]:
        ids = super().claim()
        self.read = {case: super(Forestalled, self)._consider(case) for case in ids}
        assert all(verdict.decision and verdict.decision.outcome == "approve" for verdict in self.read.values())
        return ids

    def _consider(self, case_id: int):  # type: ignore[no-untyped-def]
        return self.read[case_id]


def test_places_are_given_out_once_each_and_who_comes_too_late_is_called_by_a_person(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    rule = hub.catalogue.item(AID).booking
    assert rule is not None
    first = told(terminal, people["lin-jianguo"], AID).options["slots"][0]
    assert (first.value, first.left) == (next(slots(rule, clock().date()))[0], rule.places)
    slugs = ("lin-jianguo", "lin-yuelan", "chen-deshui", "pan-jinfeng")
    assert len(slugs) == rule.places + 1
    for slug in slugs:
        form = {"matter": "land", "slot": first.value}
        terminal.send(terminal.event(terminal.application(people[slug], item=AID, form=form), BOOKED))
    worker = Forestalled(hub)
    for case in worker.claim():
        worker.decide(case)
    with hub.database.reading() as session:
        cases = list(session.scalars(select(Case).order_by(Case.id)))
        assert [case.state for case in cases] == ["approved"] * rule.places + ["in_review"]
        assert len(set(session.scalars(select(Booking.seat)))) == rule.places
    left = told(terminal, people["lin-jianguo"], AID).options["slots"][0].left
    assert left == 0


def test_a_booking_given_back_in_time_is_somebody_elses_at_once_and_later_it_is_not(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    first = told(terminal, people["lin-jianguo"], AID).options["slots"][0]
    events = []
    for slug in ("lin-jianguo", "lin-yuelan"):
        form = {"matter": "land", "slot": first.value}
        events.append(terminal.event(terminal.application(people[slug], item=AID, form=form), BOOKED))
        terminal.send(events[-1])
    decide(hub)

    offered = seen_by(terminal, people["lin-jianguo"]).withdraw
    assert offered is not None
    assert (offered.what, f"d{offered.until}".replace("-", "") < first.value) == ("place", True)

    def withdraw(event_id: str) -> None:
        terminal.send(terminal.event({"case": {"event_id": event_id}}, "cn.zhizhu.case.withdrawn.v1"))
        decide(hub)

    withdraw(events[0].id)
    left = told(terminal, people["chen-deshui"], AID).options["slots"][0].left
    assert first.left is not None
    assert left == first.left - 1, "of two one was given back"
    withdraw(events[0].id)
    assert told(terminal, people["chen-deshui"], AID).options["slots"][0].left == left, "a second time frees nothing"
    clock.turn(86_400)
    withdraw(events[1].id)
    with hub.database.reading() as session:
        assert session.scalars(select(Booking.case_id)).all() == [2], "the day has come: the place is kept"
        cases = session.scalars(select(Case).order_by(Case.id)).all()
    assert [case.state for case in cases] == ["approved", "approved"]
    assert "名额让出来了" in cases[0].reasons[0]["text"]
    given, kept = (seen_by(terminal, people[slug]) for slug in ("lin-jianguo", "lin-yuelan"))
    assert (given.given_back, given.withdraw, given.result) == (True, None, None)
    assert given.outcome_text == "已经退掉了。"
    assert (kept.given_back, kept.withdraw) == (False, None), "the day has come"


def test_nobody_takes_a_second_place_before_the_first_is_over(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    def book(n: int) -> str:
        slot = told(terminal, people["lin-jianguo"], AID).options["slots"][n]
        form = {"matter": "land", "slot": slot.value}
        terminal.send(terminal.event(terminal.application(people["lin-jianguo"], item=AID, form=form), BOOKED))
        decide(hub)
        with hub.database.reading() as session:
            newest = session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
        return "place_held" if newest.reasons[0]["code"] == "place_held" else newest.state

    assert [book(0), book(0), book(2)] == ["approved", "place_held", "place_held"]
    clock.turn(2 * 86_400)
    assert book(0) == "approved", "that one is over"
    with hub.database.reading() as session:
        assert len(session.scalars(select(Booking.case_id)).all()) == 2
