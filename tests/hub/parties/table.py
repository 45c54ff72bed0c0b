"""A seller, a buyer, terminals in two villages, a registrar: what tests of two-party cases share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from hub.certificates.worker import CertificateWorker
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.parties.tables import CaseParty
from hub.tables import Case
from offline.wire.canonical import b64, unb64
from offline.wire.changes import CaseView
from offline.wire.prefill import Prefill, PrefillOption, question_aad, reply_aad
from offline.wire.sealing import new_private, public_of, seal, unseal
from seeds.people import People, Person
from tests.hub.running import FakeTerminal
from tests.hub.sealed import Claimed, view

TRANSFER: Final = "cn.zhizhu.house_transfer.applied.v1"
CONFIRMED: Final = "cn.zhizhu.case.confirmed.v1"
HOUSE: Final = "440981000123"
PRICE_FEN: Final = 30_000_000
FEE_FEN: Final = 8_000 + 300_000
BY_FACE: Final = {"level": "card_face", "way": "face"}


@dataclass
class Table:
    """Everybody at one table, over real HTTP."""

    hub: Hub
    terminal: FakeTerminal
    people: People

    @property
    def seller(self) -> Person:
        """Who sells."""
        return self.people["lin-jianguo"]

    @property
    def buyer(self) -> Person:
        """Who buys."""
        return self.people["chen-deshui"]

    def sell(self, *, seller: Person | None = None, buyer: Person | None = None, decide: bool = True) -> Claimed:
        """The seller applies."""
        form = {"buyer_number": (buyer or self.buyer).id_number, "house": HOUSE, "price": PRICE_FEN}
        return self.file(seller or self.seller, "house-transfer", TRANSFER, form, decide=decide)

    def say(
        self, word: str = "yes", who: Person | None = None, terminal: FakeTerminal | None = None,
        *, decide: bool = True, **named: str,
    ) -> Claimed:  # fmt: skip
        """Somebody says yes or no to a case, named by its event or its code."""
        form = {**named, "answer": word} | ({"reason": "wrong"} if word == "no" else {})
        return self.file(who or self.buyer, "case-confirmation", CONFIRMED, form, decide=decide, terminal=terminal)

    def file(
        self, who: Person, item: str, event_type: str, form: dict[str, object] | dict[str, str],
        *, decide: bool = True, terminal: FakeTerminal | None = None, identity: object = None,
    ) -> Claimed:  # fmt: skip
        """One application, sent at once."""
        at = terminal or self.terminal
        payload = at.application(who, item=item, form=form, identity=identity or BY_FACE)
        event = at.event(payload, event_type)
        assert at.send(event).results[0].status.value == "stored"
        if decide:
            self.work()
        claim = payload["claim"]
        assert isinstance(claim, dict)
        return Claimed(str(claim["code"]), str(claim["answer_salt"]), event.id)

    def work(self) -> None:
        """Everything that waits in the hub is done."""
        worker, papers = DecisionWorker(self.hub), CertificateWorker(self.hub)
        while worker.run_once() + papers.run_once():
            pass

    def seen(self, claimed: Claimed, terminal: FakeTerminal | None = None) -> CaseView:
        """What the terminal was told last."""
        return view(terminal or self.terminal, claimed)

    def case(self, claimed: Claimed) -> Case:
        """The case in the database."""
        with self.hub.database.reading() as session:
            return session.scalars(select(Case).where(Case.event_id == claimed.event_id)).one()

    def answers(self) -> list[str]:
        """How each party stands."""
        with self.hub.database.reading() as session:
            return list(session.scalars(select(CaseParty.answer).order_by(CaseParty.id)))

    def offered(
        self, who: Person | None = None, level: str = "card", at: FakeTerminal | None = None
    ) -> tuple[PrefillOption, ...]:
        """What a terminal is told that waits for somebody."""
        terminal, private = at or self.terminal, new_private()
        question = {
            "item": "case-confirmation",
            "id_number": (who or self.buyer).id_number,
            "level": level,
            "reply_to": b64(public_of(private)),
        }
        public = unb64(terminal.enrolment.hub_sealing_public, 32)
        sealed = seal(question, public, question_aad(terminal.id))
        reply = terminal.ask("POST", f"/v1/terminals/{terminal.id}/prefill", {"sealed": b64(sealed)})
        assert reply.status_code == 200, reply.text
        opened = unseal(unb64(reply.json()["sealed"], 65_536), private, reply_aad(terminal.id))
        return Prefill.model_validate(opened).options["confirmations"]
