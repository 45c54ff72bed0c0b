"""A developer, buyers at a terminal, a phone that pays, a registrar: what tests of new homes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx
from sqlalchemy import select

from hub.certificates.worker import CertificateWorker
from hub.decisions import DecisionWorker
from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.gateway.waiting import SourceWorker
from hub.houses.following import HouseWorker
from hub.houses.sandbox import DEVELOPER, Manner, SandboxDeveloper
from hub.houses.tables import HouseEntry, HouseList, HouseSource, SandboxHouseList
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Case
from offline.wire.canonical import b64, unb64
from offline.wire.changes import CaseView
from offline.wire.prefill import Prefill, PrefillOption, question_aad, reply_aad
from offline.wire.sealing import new_private, public_of, seal, unseal
from seeds.people import People, Person
from tests.hub.payments.till import Till
from tests.hub.pictured import csrf_of, signed_in
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.sealed import Claimed, view

THEME: Final = ("new-house", "cn.zhizhu.new_house.applied.v1")
PROJECT: Final = "XM0000000014"
HOUSE: Final = "440981000456"
PRICE_FEN: Final = 35_800_000
FEE_FEN: Final = 8_000 + 358_000
BY_FACE: Final = {"level": "card_face", "way": "face"}


@dataclass
class Site:
    """Everything a new home needs on its way to a certificate, over real HTTP."""

    hub: Hub
    url: str
    terminal: FakeTerminal
    people: People
    clock: HandClock

    def __post_init__(self) -> None:
        self.developer = SandboxDeveloper(self.hub, DEVELOPER)
        self.gateway = Gateway(self.hub, SandboxSources(self.hub))
        self.till = Till(self.hub, self.url, self.terminal, self.people)
        self.lists = HouseWorker(self.hub, (self.developer,), self.hub.projects)

    @property
    def buyer(self) -> Person:
        """Who bought."""
        return self.people["pan-jinfeng"]

    def behave(self, manner: Manner) -> None:
        """How the developer behaves from now on."""
        self.developer.behave(manner)

    def line(self, buyer: Person | None = None, **changes: Any) -> dict[str, Any]:
        """A line as a developer writes it."""
        said = {
            "word": "delivered",
            "project": PROJECT,
            "building": "3栋",
            "room": "502房",
            "house": HOUSE,
            "buyer_number": (buyer or self.buyer).id_number,
            "area": "89.50",
            "price_fen": PRICE_FEN,
            "delivered_on": local_day(self.clock()).isoformat(),
        }
        return said | changes

    def report(self, *lines: dict[str, Any]) -> str:
        """The developer reports, and the hub takes the list if it can."""
        number = self.developer.give(lines or (self.line(),))
        self.round()
        return number

    def round(self) -> None:
        """A while later the hub asks the developer again, and everything that follows is done."""
        self.clock.turn(4_000)
        self.lists.run_once()
        self.work()

    def work(self) -> None:
        """Everything that waits for a rule or a source is done."""
        decider = DecisionWorker(self.hub, gateway=self.gateway)
        SourceWorker(self.hub, self.gateway).turn()
        while decider.run_once():
            pass

    def make_papers(self) -> None:
        """The certificates that were ordered are made; that takes a second each."""
        while CertificateWorker(self.hub).run_once():
            pass

    def file(self, who: Person | None = None, identity: object = None, **form: str) -> Claimed:
        """The buyer applies."""
        item, event_type = THEME
        payload = self.terminal.application(who or self.buyer, item=item, form=form, identity=identity or BY_FACE)
        event = self.terminal.event(payload, event_type)
        assert self.terminal.send(event).results[0].status.value == "stored"
        self.work()
        claim = payload["claim"]
        assert isinstance(claim, dict)
        return Claimed(str(claim["code"]), str(claim["answer_salt"]), event.id)

    def pay(self, claimed: Claimed) -> None:
        """A phone pays what the buyer is shown."""
        self.till.pay(claimed)
        self.till.work()
        self.work()

    def withdraw(self, claimed: Claimed) -> None:
        """The buyer takes it back."""
        self.terminal.send(self.terminal.event({"case": {"event_id": claimed.event_id}}, "cn.zhizhu.case.withdrawn.v1"))
        self.work()

    def seen(self, claimed: Claimed) -> CaseView:
        """What the terminal was told last."""
        return view(self.terminal, claimed)

    def part(self, claimed: Claimed, item: str) -> Case:
        """A part in the database: tax or registration."""
        wanted = select(Case).where(Case.event_id == claimed.event_id, Case.item == f"new-house-{item}")
        with self.hub.database.reading() as session:
            return session.scalars(wanted).one()

    def decide(self, claimed: Claimed, outcome: str = "approve", item: str = "registration") -> httpx.Response:
        """The registrar decides at the desk."""
        number = self.part(claimed, item).number
        with signed_in(self.url, "dengji") as browser:
            page = browser.get(f"/desk/cases/{number}")
            form = {"outcome": outcome, "reason": "已核对", "csrf": csrf_of(page)}
            reply = browser.post(f"/desk/cases/{number}/decision", data=form)
        self.work()
        return reply

    def entries(self) -> list[tuple[str, bool]]:
        """Every home's standing, and whether a case is at it."""
        with self.hub.database.reading() as session:
            rows = session.scalars(select(HouseEntry).order_by(HouseEntry.id))
            return [(row.state, row.case_id is not None) for row in rows]

    def trouble(self) -> str:
        """How asking the developer goes."""
        with self.hub.database.reading() as session:
            return session.get_one(HouseSource, DEVELOPER).trouble

    def taken(self) -> list[str]:
        """The lists that were taken."""
        with self.hub.database.reading() as session:
            return list(session.scalars(select(HouseList.number).order_by(HouseList.number)))

    def heard(self, number: str) -> list[tuple[int, str]] | None:
        """What the developer heard of a list; None: nothing yet."""
        with self.hub.database.reading() as session:
            row = session.scalars(select(SandboxHouseList).where(SandboxHouseList.number == number)).one()
        return None if row.heard_at is None else [(int(n), str(said)) for n, said in row.heard]

    def offered(self, who: Person | None = None, level: str = "card") -> tuple[PrefillOption, ...]:
        """What a terminal is told of somebody's new homes."""
        private = new_private()
        question = {
            "item": "new-house-tax",
            "id_number": (who or self.buyer).id_number,
            "level": level,
            "reply_to": b64(public_of(private)),
        }
        public = unb64(self.terminal.enrolment.hub_sealing_public, 32)
        sealed = seal(question, public, question_aad(self.terminal.id))
        reply = self.terminal.ask("POST", f"/v1/terminals/{self.terminal.id}/prefill", {"sealed": b64(sealed)})
        assert reply.status_code == 200, reply.text
        opened = unseal(unb64(reply.json()["sealed"], 65_536), private, reply_aad(self.terminal.id))
        return Prefill.model_validate(opened).options.get("new_houses", ())
