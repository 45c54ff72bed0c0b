"""A resident, a hub and its sandbox parties: what tests of outside parties share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.referrals.following import OutsideWorker
from hub.referrals.reading import reads_by_voucher
from hub.referrals.sandbox import Manner, SandboxParty, sandbox_parties
from hub.referrals.tables import OutsideAsk
from hub.tables import Case
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.sealed import Claimed, view

BY_FACE: Final = {"level": "card_face", "way": "face"}


@dataclass
class Counter:
    """Everything a case needs on its way to an outside party, over real HTTP."""

    hub: Hub
    terminal: FakeTerminal
    people: People
    clock: HandClock

    def __post_init__(self) -> None:
        gateway = Gateway(self.hub, SandboxSources(self.hub))
        self.parties = sandbox_parties(self.hub, reads_by_voucher(self.hub, gateway))
        self.decider = DecisionWorker(self.hub, gateway=gateway)
        self.worker = OutsideWorker(self.hub, self.parties)

    def file(
        self, item: str, event_type: str, form: dict[str, object], who: str = "lin-jianguo", **parts: Any
    ) -> Claimed:
        """Files an application and lets its rule decide."""
        payload = self.terminal.application(self.people[who], item=item, form=form, identity=BY_FACE, **parts)
        event = self.terminal.event(payload, event_type)
        assert self.terminal.send(event).results[0].status.value == "stored"
        while self.decider.run_once():
            pass
        claim = payload["claim"]
        assert isinstance(claim, dict)
        return Claimed(str(claim["code"]), str(claim["answer_salt"]), event.id)

    def behave(self, party: str, manner: Manner) -> None:
        """How a party behaves from now on."""
        found = self.parties[party]
        assert isinstance(found, SandboxParty)
        found.behave(manner)

    def rounds(self, count: int = 3, each_s: float = 60.0) -> None:
        """The worker looks a few times, with time between."""
        for _ in range(count):
            self.worker.run_once()
            self.clock.turn(each_s)

    def seen(self, claimed: Claimed) -> CaseView:
        """What the terminal was told last."""
        return view(self.terminal, claimed)

    def asks(self) -> list[OutsideAsk]:
        """What lies with outside parties."""
        with self.hub.database.reading() as session:
            return list(session.scalars(select(OutsideAsk).order_by(OutsideAsk.case_id)))

    def case(self, claimed: Claimed) -> Case:
        """The case that was filed."""
        with self.hub.database.reading() as session:
            wanted = select(Case).where(Case.event_id == claimed.event_id, Case.parent_id.is_(None))
            return session.scalars(wanted).one()
