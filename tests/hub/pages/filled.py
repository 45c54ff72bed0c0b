"""A hub of one county after some busy days: invented residents' cases of every kind, and what clerks did with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp
from sqlalchemy import select

from hub.casework.reminders import sweep_needs
from hub.certificates.changes import act_on
from hub.certificates.seals import hand_over
from hub.certificates.tables import Certificate
from hub.clocks.keeping import sweep_clocks
from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.houses.following import HouseWorker
from hub.houses.sandbox import SandboxDeveloper, load_first_lists
from hub.hub import Hub
from hub.identity.oidc.client import OidcClient
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.payments.reconciling import reconcile
from hub.payments.sandbox import Behaviour
from hub.ratings.tables import RatingTicket
from hub.rechecks.sweeping import sweep_rechecks
from hub.referrals.following import OutsideWorker
from hub.referrals.reading import reads_by_voucher
from hub.referrals.sandbox import SandboxParty, sandbox_parties
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from kiosk.face.sandbox import blob
from offline.wire.heartbeat import DeviceReport
from seeds.people import People
from tests.hub.attachments.bench import PLAIN, brought
from tests.hub.attachments.bench import named as given
from tests.hub.casework.bench import BY_TYPING, DAY_S, decide
from tests.hub.payments.till import Till
from tests.hub.pictured import PASSWORD, apply_with_picture, csrf_of, jpeg, secret_on
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, make_hub, serving
from tests.hub.sealed import INSURED, VILLAGE_SEAL, VILLAGER, Claimed, claim, make_papers, with_seals
from tests.hub.test_vouchers import grant

COUNTY, PROVINCE = "440981000000", "440000000000"
STAFF: Mapping[str, tuple[str, str, str]] = {
    "clerk": ("chenjingban", "clerk", COUNTY),
    "custodian": ("wucunguan", "clerk", VILLAGE),
    "operator": ("zhangzhishou", "operator", PROVINCE),
    "keeper": ("liguanli", "system_admin", COUNTY),
    "confirmer": ("yangyewu", "business_admin", COUNTY),
    "auditor": ("heshenji", "auditor", COUNTY),
    "officer": ("zhoushuju", "data_officer", PROVINCE),
    "new": ("xinlaide", "clerk", VILLAGE),  # has given a password for the first time, and no code yet
}
"""Whom the pages are for: account, role, division."""
HALFWAY = "halfway"  # the clerk, who has given the password and not yet the code
FACE = {"level": "card_face", "way": "face"}
ALLOWANCE = ("elderly-allowance", "cn.zhizhu.elderly_allowance.applied.v1")
RELIEF = ("temporary-relief", "cn.zhizhu.temporary_relief.applied.v1")
LIGHT = ("street-light", "cn.zhizhu.street_light.reported.v1")
NEWBORN = ("newborn", "cn.zhizhu.newborn.applied.v1")
WRITTEN_TO = ("sms-notices", "cn.zhizhu.sms_notices.applied.v1")
PENSION = ("pension-qualification", "cn.zhizhu.pension_qualification.applied.v1")


LOAN = ("loan-need", "cn.zhizhu.loan_need.applied.v1")
HOUSE = ("house-transfer", "cn.zhizhu.house_transfer.applied.v1")
CONFIRMED = ("case-confirmation", "cn.zhizhu.case.confirmed.v1")
COOP = "93440981MA9999012H"


@dataclass(frozen=True, slots=True)
class Filled:
    """Where the hub answers, what the words in its addresses stand for, and the cookies of whoever signed in."""

    hub: Hub
    url: str
    named: Mapping[str, str]
    cookies: Mapping[str, Mapping[str, str]]


@contextmanager
def filled(folder: Path, people: People) -> Iterator[Filled]:
    """The hub runs until the test, or the photographer, has done."""
    clock, photos = HandClock(), folder / "photos"
    photos.mkdir(parents=True)
    (photos / "lin-yuelan.jpg").write_bytes(jpeg(102, 126, (120, 90, 60)))
    decoder = (sys.executable, "-m", "kiosk.face.sandbox_decoder", str(photos))
    settings = HubSettings(
        refresh_s=600,
        card_decoder=decoder,
        card_decoder_s=30,
        claim_tries_per_minute=1000,
        recheck_per_mille=1000,  # the draw hangs on the hub's secret, the pictures must not
        recheck_rows=4,
        oidc=OidcClient("http://127.0.0.1:1", "zhizhu-hub"),  # a province that never answers
    )
    hub = with_seals(make_hub(folder / "hub", clock, settings, factors=True))
    for name, role, region in STAFF.values():
        add_staff(hub.database, clock, name, role, region, PASSWORD)
    hand_over(hub, VILLAGE_SEAL, STAFF["custodian"][0])
    with ExitStack() as opened:
        url = opened.enter_context(serving(hub, decide=False))
        named = Days(hub, url, clock, people).happen()
        cookies = {who: _signed_in(url, name, clock) for who, (name, _, _) in STAFF.items() if who != "new"}
        _extend(url, cookies["operator"])
        _find_wrong(url, cookies["clerk"], (named["drawn_wrong"], named["drawn_refused"]))
        _begin_codes(url, cookies["keeper"])
        cookies |= {"new": _password_given(url, STAFF["new"][0]), HALFWAY: _password_given(url, STAFF["clerk"][0])}
        yield Filled(hub, url, named, cookies)


def _password_given(url: str, name: str) -> dict[str, str]:
    """The cookies of whoever has yet to show a code."""
    with httpx.Client(base_url=url, verify=False, trust_env=False) as browser:
        form = {"name": name, "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
        assert browser.post("/console/login", data=form).status_code == 303
        return dict(browser.cookies)


def _signed_in(url: str, name: str, clock: HandClock) -> dict[str, str]:
    """The cookies of whoever came for the first time and showed a code."""
    cookies = _password_given(url, name)
    with httpx.Client(base_url=url, verify=False, trust_env=False, cookies=cookies) as browser:
        page = browser.get("/console/login/enrolment")
        secret = secret_on(page.text)
        assert secret is not None
        form = {"code": pyotp.TOTP(secret).at(clock()), "csrf": csrf_of(page)}
        assert browser.post("/console/login/enrolment", data=form).is_success
        return dict(browser.cookies)


def _begin_codes(url: str, cookies: Mapping[str, str]) -> None:
    """A clerk has lost his phone; the business administrator has not confirmed it yet."""
    with httpx.Client(base_url=url, cookies=dict(cookies), verify=False, trust_env=False) as browser:
        form = {"act": "codes", "name": STAFF["custodian"][0], "csrf": csrf_of(browser.get("/console/accounts"))}
        assert browser.post("/console/accounts/change", data=form).status_code == 303


def _extend(url: str, cookies: Mapping[str, str]) -> None:
    """An operator gives a town under a storm more time."""
    with httpx.Client(base_url=url, verify=False, trust_env=False, cookies=dict(cookies)) as operator:
        form = {"region": "440981102", "first": "2026-11-25", "last": "2026-11-26", "reason": "台风“示例”停工"}
        csrf = csrf_of(operator.get("/console/account"))
        assert operator.post("/console/extensions", data=form | {"csrf": csrf}).status_code == 303


def _find_wrong(url: str, cookies: Mapping[str, str], numbers: tuple[str, ...]) -> None:
    """The clerk looks at what was drawn, and finds that a rule was wrong."""
    with httpx.Client(base_url=url, verify=False, trust_env=False, cookies=dict(cookies)) as clerk:
        csrf = csrf_of(clerk.get("/desk"))
        for number in numbers:
            form = {"word": "wrong", "reason": "户口簿上的出生日期和登记的不一样", "csrf": csrf}
            assert clerk.post(f"/desk/cases/{number}/recheck", data=form).status_code == 303


class Days:
    """What residents, clerks and the channel did, in order, over real HTTP."""

    def __init__(self, hub: Hub, url: str, clock: HandClock, people: People) -> None:
        self._hub, self._url, self._clock, self._people = hub, url, clock, people
        self._terminal = FakeTerminal.enrolled(hub, url, clock)

    def happen(self) -> dict[str, str]:
        """Everything; what the addresses name comes back."""
        self._claim("chen-deshui", WRITTEN_TO, form={"want": "yes", "phone": "13800000002"})
        named = self._settled() | self._papers()
        named |= self._money()
        load_first_lists(self._hub, self._hub.projects, self._people)
        HouseWorker(self._hub, (SandboxDeveloper(self._hub),), self._hub.projects).run_once()
        self._claim("chen-deshui", PENSION)
        self._clock.turn(4 * DAY_S)
        NoticeWorker(self._hub, SandboxSms(self._hub)).run_once()
        named |= self._open() | self._unpaid() | self._loans() | self._house()
        named |= self._rated(named)
        sweep_needs(self._hub)
        sweep_clocks(self._hub)
        assert sweep_rechecks(self._hub)
        named |= self._machines()
        self._clock.turn(1)
        body = {"id": "a" * 32, "screen": "face"}
        assert self._terminal.ask("POST", f"/v1/terminals/{self._terminal.id}/bell", body).is_success
        self._clock.turn(60 * self._hub.settings.bell_above_minutes)
        return named

    def _claim(self, slug: str, item: tuple[str, str], **changes: object) -> Claimed:
        self._clock.turn(600)
        return claim(self._hub, self._terminal, self._people[slug], item, **({"identity": FACE} | changes))

    def _number(self, claimed: Claimed) -> str:
        with self._hub.database.reading() as session:
            return session.scalars(select(Case.number).where(Case.event_id == claimed.event_id)).one()

    def _for(self, slug: str) -> dict[str, object]:
        person = self._people[slug]
        return {"for": "family", "subject": {"name": person.name, "id_number": person.id_number}}

    def _settled(self) -> dict[str, str]:
        """What rules decided by themselves."""
        pension = self._claim("lin-yuelan", PENSION)
        allowance = self._claim(
            "lin-jianguo", ALLOWANCE, acting=self._for("cai-xiuying"), form={"pay_to": "social_card"}
        )
        born = self._claim("lin-yuelan", NEWBORN, form={"birth_certificate_no": "440123456", "household_with": "self"})
        young = self._claim("wu-guifang", ALLOWANCE, form={"pay_to": "social_card"})
        return {
            "young": young.code,
            "settled": self._number(pension),
            "drawn_wrong": self._number(allowance),
            "drawn_refused": self._number(young),
            "code": pension.code,
            "allowance": allowance.code,
            "born": born.code,
        }

    def _papers(self) -> dict[str, str]:
        """Certificates, and the bank that reads by a voucher."""
        enrolled = self._claim("lin-yuelan", INSURED)
        make_papers(self._hub)
        with self._hub.database.reading() as session:
            identifier = session.scalars(select(Certificate.identifier).order_by(Certificate.id)).first()
        assert identifier is not None
        _, voucher = grant(self._hub, self._terminal, self._people)
        act_on(self._hub, identifier, "suspended", "示例经办", "单位来函，参保地要核对")
        act_on(self._hub, identifier, "resumed", "示例经办", "核对无误")
        return {"identifier": identifier, "n": "1", "voucher": voucher, "enrolled": self._number(enrolled)}

    def _money(self) -> dict[str, str]:
        """One fee paid, one open, one that the channel tells otherwise."""
        till = Till(self._hub, self._url, self._terminal, self._people)
        paid = till.pay(till.file(payee="chen-deshui"))
        till.work()
        strange = till.file(slug="pan-jinfeng")
        till.pay(strange, "never")
        till.channel.behave(Behaviour(notice="never", statement="amount"))
        day = self._clock().date()
        self._clock.turn(DAY_S)
        reconcile(self._hub, till.channel, day)
        till.channel.behave(Behaviour())
        return {"paid": paid.rpartition("/")[2]}

    def _unpaid(self) -> dict[str, str]:
        """A fee that the phone has begun to pay."""
        till = Till(self._hub, self._url, self._terminal, self._people)
        filed = till.file(slug="lin-yuelan")
        path = till.phone(filed)
        return {
            "token": path.rpartition("/")[2],
            "unpaid": filed.code,
            "unpaid_number": self._number(filed),
            "key": till.open(path).rpartition("/")[2],
        }

    def _loans(self) -> dict[str, str]:
        """Needs of people and of a firm; one bank has answered, the other does not yet."""
        gateway = Gateway(self._hub, SandboxSources(self._hub))
        parties = sandbox_parties(self._hub, reads_by_voucher(self._hub, gateway))
        banks = OutsideWorker(self._hub, parties)
        firm = {"for": "organisation", "organisation": {"uscc": COOP, "name": "", "agency": "claimed"}}
        first = [
            self._claim(slug, LOAN, form={"bank": "demo-rural-bank", "amount": fen, "use": use}, acting=acting)
            for slug, fen, use, acting in (
                ("lin-jianguo", 30_000_00, "farm", {"for": "self"}),
                ("lin-jianguo", 200_000_00, "works", firm),
                ("pan-jinfeng", 8_000_00, "shop", {"for": "self"}),
            )
        ]
        for _ in range(4):
            banks.run_once()
            self._clock.turn(60)
        silent = parties["demo-savings-bank"]
        assert isinstance(silent, SandboxParty)
        silent.behave("silent")
        form = {"bank": "demo-savings-bank", "amount": 50_000_00, "use": "works"}
        waits = self._claim("huang-axing", LOAN, form=form)
        for _ in range(3):
            banks.run_once()
            self._clock.turn(60)
        return {"loan": self._number(first[0]), "loan_waits": self._number(waits)}

    def _house(self) -> dict[str, str]:
        """One sale that the buyer has confirmed, and one that nobody has answered yet."""
        numbers = [
            self._claim(
                "lin-jianguo",
                HOUSE,
                form={"buyer_number": self._people[buyer].id_number, "house": "440981000123", "price": 300_000_00},
            )
            for buyer in ("chen-deshui", "pan-jinfeng")
        ]
        self._claim("chen-deshui", CONFIRMED, form={"asked": numbers[0].event_id, "answer": "yes"})
        return {"house": self._number(numbers[0]), "house_asked": self._number(numbers[1])}

    def _open(self) -> dict[str, str]:
        """What waits for people."""
        people = self._people
        clear = apply_with_picture(self._terminal, people["lin-yuelan"], card_photo=blob("lin-yuelan"))
        self._clock.turn(900)
        apply_with_picture(self._terminal, people["he-guoming"])
        decide(self._hub)
        relief = self._claim(
            "lin-jianguo",
            RELIEF,
            form={"why": "illness", "people": 4, "cost_fen": 800000},
            documents=[{"id": "household_book", "from": "certificate"}, {"id": "evidence", "from": "later"}],
        )
        photo, note = brought(self._terminal, jpeg(640, 480)), brought(self._terminal, PLAIN["voice"])
        lost = brought(self._terminal, bring=False)
        report = self._claim(
            "chen-deshui",
            LIGHT,
            form={"place": "river", "what": "dark", "since": "days"},
            attachments=[
                given(photo, "photo", "picture"),
                given(note, "voice", "said", seconds=12),
                given(lost, "scan", "drawing", pages=1),
            ],
        )
        proof = self._claim("lin-yuelan", VILLAGER, form={"purpose": "bank"})
        split = self._claim(
            "lin-yuelan", NEWBORN, form={"birth_certificate_no": "440123457", "household_with": "spouse"}
        )
        typed = self._claim("chen-deshui", PENSION, identity=BY_TYPING)
        with self._hub.database.reading() as session:
            pictured = session.scalars(select(Case.number).where(Case.event_id == clear.event_id)).one()
        return {
            "number": pictured,
            "relief": self._number(relief),
            "report": self._number(report),
            "proof": self._number(proof),
            "split": split.code,
            "typed": self._number(typed),
        }

    def _rated(self, named: Mapping[str, str]) -> dict[str, str]:
        """One who was content and one who was not."""
        for code, level, options in ((named["allowance"], "5", ()), (named["code"], "2", ("slow", "unclear"))):
            said = {
                "level": level,
                "options": list(options),
                "version": "zhizhu-1",
                "said": "等了半天" if options else "",
            }
            assert LINE.post(f"{self._url}/rate/{code}", data=said).status_code == 303
        with self._hub.database.reading() as session:
            ticket = session.scalars(select(RatingTicket.id)).one()
        return {"ticket_id": str(ticket)}

    def _machines(self) -> dict[str, str]:
        """One terminal that is well, one out of paper, and one that nobody hears of."""
        away = FakeTerminal.enrolled(self._hub, self._url, self._clock)
        ready = DeviceReport(state="ready")
        away.beat(id_card=ready)
        self._clock.turn(3600)
        self._terminal.beat(
            id_card=ready,
            receipt_printer=DeviceReport(state="failed", cause="environment", code="receipt_printer.paper_end"),
            face_camera=DeviceReport(state="absent", cause="device", code="camera.unplugged"),
        )
        FakeTerminal.enrolled(self._hub, self._url, self._clock).beat(
            id_card=ready, receipt_printer=ready, face_camera=ready
        )
        return {"terminal_id": self._terminal.id, "source": "pension"}
