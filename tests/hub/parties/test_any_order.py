"""The acts of a sale in any order, twice and late: decided at most once, only after both, everybody told the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.applications import ClaimPart
from hub.casework.tables import CaseStep
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.parties.tables import CaseParty, PartyWord
from hub.parties.taking import sweep_parties
from hub.tables import Case, DecisionRecord
from offline.wire.event import Envelope
from seeds.people import People
from tests.hub.parties.table import BY_FACE, CONFIRMED, HOUSE, PRICE_FEN, TRANSFER
from tests.hub.running import UNTRACED, FakeTerminal, HandClock

DAY_S: Final = 86_400
WITHDRAWN: Final = "cn.zhizhu.case.withdrawn.v1"
ACTS: Final = ("apply", "yes", "yes_by_code", "no", "stranger", "withdraw", "send_again", "work", "late")
ENDED: Final = {"refused": ("party_refused",), "withdrawn": ("withdraw", "lapse")}


class Sale:
    """One sale of the machine: its terminal, its application, and what was sent about it."""

    def __init__(self, hub: Hub, url: str, clock: HandClock, people: People) -> None:
        self.hub, self.clock, self.people = hub, clock, people
        self.terminal = FakeTerminal.enrolled(hub, url, clock)
        form = {"buyer_number": people["chen-deshui"].id_number, "house": HOUSE, "price": PRICE_FEN}
        sale = self.terminal.application(people["lin-jianguo"], item="house-transfer", form=form, identity=BY_FACE)
        self.code = ClaimPart.model_validate(sale["claim"]).normal_code()
        self.event = self.terminal.event(sale, TRANSFER)
        self.sent: list[Envelope] = []

    def act(self, act: str) -> None:
        """One of ACTS."""
        match act:
            case "work":
                worker = DecisionWorker(self.hub)
                while worker.run_once():
                    pass
                return
            case "late":
                self.clock.turn(10 * DAY_S)
                sweep_parties(self.hub)
                return
            case "apply":
                self.sent.append(self.event)
            case "withdraw":
                self.sent.append(self.terminal.event({"case": {"event_id": self.event.id}}, WITHDRAWN))
            case "yes" | "yes_by_code" | "no" | "stranger":
                self.sent.append(self._word(act))
        if self.sent:
            self.terminal.send(self.sent[-1])

    def _word(self, act: str) -> Envelope:
        who = self.people["lin-yuelan" if act == "stranger" else "chen-deshui"]
        named = {"code": self.code} if act == "yes_by_code" else {"asked": self.event.id}
        said = {"answer": "no", "reason": "changed"} if act == "no" else {"answer": "yes"}
        word = self.terminal.application(who, item="case-confirmation", form=named | said, identity=BY_FACE)
        return self.terminal.event(word, CONFIRMED)


@settings(max_examples=8, deadline=None, phases=UNTRACED, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=9))
def test_in_whatever_order_it_is_decided_once_after_both_and_everybody_hears_the_truth(
    hub: Hub, url: str, clock: HandClock, people: People, acts: Sequence[str]
) -> None:
    sale = Sale(hub, url, clock, people)
    for act in (*acts, "apply", "work"):
        sale.act(act)
    with hub.database.reading() as session:
        case = session.scalars(select(Case).where(Case.event_id == sale.event.id)).one()
        party = session.scalars(select(CaseParty).where(CaseParty.case_id == case.id)).one()
        journal = list(session.scalars(select(CaseStep.act).where(CaseStep.case_id == case.id)))
        decided = session.get(DecisionRecord, case.id)
        own = Case.event_id.in_([each.id for each in sale.sent])
        said = session.execute(select(PartyWord, Case).join(Case, Case.id == PartyWord.case_id).where(own)).all()
    assert journal.count("parties_agreed") == (party.answer == "confirmed")
    assert sum(word.state == "counted" for word, _ in said) == (party.answer != "asked")
    assert decided is None  # its rule has asked for the money first, and nobody has paid
    assert ((case.state, case.waits_for) == ("waiting", "payment")) == (party.answer == "confirmed")
    assert (case.state == "refused") == (party.answer == "declined")
    if case.state in ENDED:
        assert set(ENDED[case.state]) & set(journal)
        assert case.reasons
    for word, told in said:
        assert word.state not in ("new", "early")  # the application is here, so each has found it
        assert (told.state == "approved") == (word.state == "counted")
        if word.state in ("again", "stranger", "too_late", "unknown"):
            assert (told.state, told.reasons[0]["code"]) == ("refused", f"word_{word.state}")
        assert word.subject == party.subject or word.state in ("stranger", "unknown")
