"""A resident at a terminal who files what costs something, a phone that pays, and the channel behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.payments.channel import Notice, SignedNotice
from hub.payments.sandbox import Behaviour, SandboxChannel, signed, till
from hub.payments.tables import PaymentOrder
from hub.payments.worker import PaymentWorker
from hub.tables import Case
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.running import LINE, FakeTerminal
from tests.hub.sealed import Claimed, claim, view

MEDICAL = ("residents-medical-insurance", "cn.zhizhu.residents_medical_insurance.applied.v1")
FEE_FEN = 40_000


@dataclass
class Till:
    """Everything a payment needs, over real HTTP."""

    hub: Hub
    url: str
    terminal: FakeTerminal
    people: People
    channel: SandboxChannel = field(init=False)
    refused: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.channel = SandboxChannel(self.hub)

    def file(self, slug: str = "lin-jianguo", payee: str = "") -> Claimed:
        """Files the application; its rule looks at it at once."""
        changes: dict[str, object] = {}
        if payee:
            person = self.people[payee]
            changes["acting"] = {"for": "family", "subject": {"name": person.name, "id_number": person.id_number}}
        return claim(self.hub, self.terminal, self.people[slug], MEDICAL, **changes)

    def seen(self, claimed: Claimed) -> CaseView:
        """What the terminal was told last."""
        return view(self.terminal, claimed)

    def phone(self, claimed: Claimed) -> str:
        """The path behind the QR."""
        order = self.seen(claimed).order
        assert order is not None
        assert order.pay_url is not None
        return urlsplit(order.pay_url).path

    def open(self, path: str) -> str:
        """The phone begins to pay; the cashier's path."""
        reply = LINE.post(f"{self.url}{path}")
        assert reply.status_code == 303, reply.text
        return reply.headers["location"]

    def cashier(self, path: str, act: str) -> httpx.Response:
        """What the phone does at the cashier; where it comes back to."""
        return LINE.post(f"{self.url}{path}", data={"act": act})

    def pay(self, claimed: Claimed, notice: str = "prompt") -> str:
        """Opens and pays; returns the order's path."""
        if notice != "prompt":
            self.channel.behave(Behaviour(notice=notice))  # type: ignore[arg-type]
        path = self.phone(claimed)
        back = self.cashier(self.open(path), "pay")
        assert back.status_code == 303, back.text
        assert back.headers["location"] == path
        return path

    def page(self, path: str) -> str:
        """The order's page as the phone shows it, without its markup."""
        return re.sub(r"<[^>]+>", "", LINE.get(f"{self.url}{path}").text)

    def notify(self, notice: Notice, signature: str | None = None) -> httpx.Response:
        """A notice as the channel sends it, or as somebody else does."""
        told = signed(self.hub, till(self.hub), notice)
        if signature is not None:
            told = SignedNotice(notice=notice, signature=signature)
        return self.post("/v1/payments/notices", told.model_dump_json())

    def post(self, path: str, body: str) -> httpx.Response:
        """A JSON body."""
        return LINE.post(f"{self.url}{path}", content=body, headers={"Content-Type": "application/json"})

    def work(self, *, decide: bool = True) -> None:
        """Both workers do what is due now."""
        PaymentWorker(self.hub, self.channel, self._post).run_once()
        if decide:
            DecisionWorker(self.hub).run_once()

    def order(self, claimed: Claimed) -> PaymentOrder:
        """The order of a case."""
        with self.hub.database.reading() as session:
            from sqlalchemy import select

            wanted = select(PaymentOrder).join(Case, Case.id == PaymentOrder.case_id)
            return session.scalars(wanted.where(Case.event_id == claimed.event_id)).one()

    def _post(self, path: str, body: str) -> bool:
        reply = self.post(path, body)
        if not reply.is_success:
            self.refused.append(reply.status_code)
        return reply.is_success
