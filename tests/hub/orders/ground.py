"""One hub, and everybody it has to do with: a resident at a terminal, her phone, a clerk, a bank, and the parties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select

from hub.certificates.seals import load_sandbox_seals
from hub.certificates.worker import CertificateWorker
from hub.decisions import DecisionWorker
from hub.delivery.sandbox import SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.gateway.node_routes import register_node
from hub.gateway.reading import Gateway
from hub.gateway.remote import port_of
from hub.gateway.sandbox import SandboxSources
from hub.gateway.sharing import load_sharing
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub, open_hub
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.payments.sandbox import SandboxChannel
from hub.payments.worker import PaymentWorker
from hub.sandbox import load_base_library
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from hub.vouchers.readers import load_sandbox_readers
from hub.web import create_app
from offline.wire.canonical import b64, unb64
from offline.wire.changes import CaseView
from offline.wire.claims import answer_key, new_code, open_answer
from offline.wire.event import Envelope
from seeds.casework import Casework, LatePapers
from seeds.catalogue import Catalogue
from seeds.people import People
from seeds.seals import SealSpecs
from tests.hub.casework.bench import paper
from tests.hub.orders.outside import CENTRE, STAMPS, STAMPS_PATH, Outside, Switch
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock
from tests.hub.stores import sqlite_file

NODE, CITY = "maoming", "440900000000"
CLERKS = {"cun": VILLAGE, "xian": "440981000000"}
DECISIONS = 50
PEOPLE = People.load()


@dataclass(frozen=True, slots=True)
class Filed:
    """What a resident filed: her slip's code and salt, the event, and what she wished for."""

    kind: str
    code: str
    salt: str
    event_id: str
    who: str
    wishes: Mapping[str, object] = field(default_factory=dict)


@dataclass
class World:
    """What all lives share: two ports, and a provincial centre."""

    hub: Switch
    outside: Outside
    hub_url: str
    outside_url: str
    centre: Hub
    clock: HandClock


class Ground:
    """A life: its own database, hub and terminal."""

    def __init__(self, world: World, *, node: bool) -> None:
        self.world, self.clock, self.is_node = world, world.clock, node
        self._opened = ExitStack()
        self._folder = Path(self._opened.enter_context(TemporaryDirectory()))
        self._url = sqlite_file(self._folder / "hub.db")
        self.filed: list[Filed] = []
        self.sent: list[Envelope] = []
        self.posted: list[int] = []
        self._heard: dict[str, dict[str, object]] = {}
        self._cursor = 0
        world.outside.begin_anew()
        self.hub = self._open()
        load_base_library(self.hub.database, PEOPLE, self.clock)
        load_sharing(self.hub)
        load_sandbox_seals(self.hub, SealSpecs.load())
        load_sandbox_readers(self.hub)
        for name, division in CLERKS.items():
            add_staff(self.hub.database, self.clock, name, "clerk", division, PASSWORD)
        if node:
            register_node(world.centre, NODE, "茂名市节点", CITY, self.hub.keys.signing_public)
        self.terminal = FakeTerminal.enrolled(self.hub, world.hub_url, self.clock)

    def close(self) -> None:
        """The end of this life."""
        self.hub.database.close()
        self._opened.close()

    def restart(self) -> None:
        """The hub and its workers are gone, and come again over the same database."""
        self.hub.database.close()
        self.hub = self._open()

    # --- the parties ---

    @property
    def courier(self) -> SandboxCourier:
        """The sandbox's courier."""
        return SandboxCourier(self.hub.database, self.clock, self.hub.settings)

    @property
    def channel(self) -> SandboxChannel:
        """The sandbox's channel."""
        return SandboxChannel(self.hub)

    def work(self) -> None:
        """Every worker does what is due, until the rules have nothing to decide any more."""
        self._sources.turn()
        self._payments.run_once()
        for _ in range(DECISIONS):
            if not self._decisions.run_once():
                break
        else:
            raise AssertionError("the rules come to no end")
        self._deliveries.run_once()
        self._papers.run_once()
        self._notices.run_once()

    def _post(self, path: str, body: str) -> bool:
        headers = {"Content-Type": "application/json"}
        reply = LINE.post(f"{self.world.hub_url}{path}", content=body, headers=headers)
        self.posted.append(reply.status_code)
        return reply.is_success

    # --- the resident ---

    def file(
        self, kind: str, item: str, who: str, wishes: Mapping[str, object] | None = None, **parts: object
    ) -> Filed:
        """An application, as a terminal sends it; sent twice, as a line that breaks has it sent."""
        code, event_type = new_code(), self.hub.catalogue.item(item).event_type
        payload = self.terminal.application(PEOPLE[who], code, **({"item": item} | parts))
        filed = Filed(kind, code, _salt(payload), self.say(payload, event_type), who, wishes or {})
        self.filed.append(filed)
        return filed

    def say(self, payload: Mapping[str, object], event_type: str) -> str:
        """One event of the terminal's chain, stored; its id."""
        event = self.terminal.event(dict(payload), event_type)
        assert self.terminal.send(event).results[0].status.value in ("stored", "parked")
        self.sent.append(event)
        return event.id

    def listen(self) -> None:
        """The terminal fetches what is new in its feed, and keeps each case's last answer."""
        while True:
            page = self.terminal.ask("GET", f"/v1/terminals/{self.terminal.id}/changes?cursor={self._cursor}").json()
            self._heard |= {one["body"]["event_id"]: one["body"] for one in page["changes"] if one["kind"] == "answer"}
            self._cursor = page["cursor"]
            if not page["changes"]:
                return

    def told(self, filed: Filed) -> CaseView | None:
        """The last answer that the terminal has heard, opened with the slip's code."""
        body = self._heard.get(filed.event_id)
        if body is None:
            return None
        key = answer_key(filed.code, unb64(filed.salt, 16))
        return CaseView.model_validate(open_answer(key, unb64(body["sealed"], 16_384)))

    def asked(self, filed: Filed) -> CaseView:
        """What she reads now, at any terminal, by her slip's code."""
        reply = self.terminal.ask("GET", f"/v1/claims/{filed.code}")
        assert reply.status_code == 200, reply.text
        return CaseView.model_validate(reply.json())

    def phone(self, filed: Filed, act: str) -> bool:
        """Her phone at the cashier, by the slip's QR; false where there is nothing to be paid now."""
        order = self.asked(filed).order
        if order is None or order.pay_url is None:
            return False
        began = LINE.post(f"{self.world.hub_url}{urlsplit(order.pay_url).path}")
        if began.status_code != 303:
            return False
        return LINE.post(f"{self.world.hub_url}{began.headers['location']}", data={"act": act}).status_code == 303

    # --- the clerk ---

    def clerk(self, filed: Filed, outcome: str, reason: str = "已核对") -> None:
        """Looks at the case and posts the form, where the page has one."""
        case = self.case(filed)
        page, name = f"/desk/cases/{case.number}", "cun" if case.handled_in == VILLAGE else "xian"
        with signed_in(self.world.hub_url, name) as browser:
            shown = browser.get(page)
            assert shown.status_code in (200, 404), shown.text
            if shown.status_code == 200 and "csrf" in shown.text:
                form = {"outcome": outcome, "reason": reason, "csrf": csrf_of(shown)}
                if re.search(r"taken\.jpg", shown.text):
                    browser.get(f"{page}/taken.jpg")
                assert browser.post(f"{page}/decision", data=form).status_code < 500

    def case(self, filed: Filed) -> Case:
        """The case that an application became."""
        with self.hub.database.reading() as session:
            return session.scalars(select(Case).where(Case.event_id == filed.event_id)).one()

    @staticmethod
    def ask(url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """A party's own request."""
        return LINE.post(url, content=body, headers=dict(headers))

    def _open(self) -> Hub:
        world = self.world
        centre = {"centre_url": world.outside_url, "centre_node": NODE} if self.is_node else {}
        settings = HubSettings(
            second_factor=False,
            stamp_url=f"{world.outside_url}{STAMPS_PATH}",
            public_url=world.hub_url,
            claim_tries_per_minute=100_000,
            code_misses=100_000,
            **centre,  # type: ignore[arg-type]
            centre_key=b64(world.centre.keys.sealing_public) if self.is_node else "",
        )
        hub = _with_wishes(open_hub(self._url, self._folder, settings, self.clock))
        app = create_app(hub, decide=False)
        world.hub.app = app
        world.outside.apps = {STAMPS: app, CENTRE: world.outside.apps[CENTRE]}
        # Workers as long-lived as the hub's process: what they keep in memory is lost with it.
        gateway = Gateway(hub, port_of(hub, SandboxSources(hub)))
        self._sources = SourceWorker(hub, gateway)
        self._payments = PaymentWorker(hub, SandboxChannel(hub), self._post)
        self._decisions = DecisionWorker(hub, gateway=gateway)
        self._deliveries = DeliveryWorker(hub, SandboxCourier(hub.database, self.clock, hub.settings))
        self._papers = CertificateWorker(hub)
        self._notices = NoticeWorker(hub, SandboxSms(hub))
        return hub


def _with_wishes(hub: Hub) -> Hub:
    """The pension's item, whose result may also be posted, and which lets a paper come later."""
    late = Casework(late_papers=LatePapers(remind_days=3, at_end="refuse"), level="village")
    changes = {"delivery": ("print", "post"), "documents": (paper("income", "收入证明", 10),), "casework": late}
    items = [
        one.model_copy(update=changes) if one.id == "pension-qualification" else one for one in hub.catalogue.items
    ]
    return replace(hub, catalogue=Catalogue(tuple(items)))


def _salt(payload: Mapping[str, object]) -> str:
    claim = payload["claim"]
    assert isinstance(claim, dict)
    return str(claim["answer_salt"])
