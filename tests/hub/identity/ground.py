"""A hub with one thing of every kind in one village, and everybody who might ask for it, signed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bells.tables import Bell
from hub.carry import take_part
from hub.clocks.tables import RegionExtension
from hub.decisions import DecisionWorker
from hub.gateway.tables import DataContradiction
from hub.hub import Hub
from hub.identity.tables import StaffChange
from hub.notices.tables import Notice
from hub.payments.tables import PaymentTicket
from hub.ratings.tables import Rating, RatingTicket
from hub.rechecks.tables import CaseRecheck
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.batch import HeadReport
from offline.wire.canonical import time_text
from offline.wire.carry import Kind, Manifest, PartHead, model_record, read_part, write_part
from offline.wire.identity import uuid7
from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from seeds.people import People
from tests.hub.attachments.bench import PLAIN, brought
from tests.hub.attachments.bench import named as given
from tests.hub.identity.matrix import STAFF
from tests.hub.pictured import PASSWORD, apply_with_picture, csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, make_hub, serving
from tests.hub.sealed import VILLAGE_SEAL, with_seals

COUNTY, PROVINCE, ELSEWHERE = "440981000000", "440000000000", "440982000000"
MANY_TRIES = 1_000_000
SETTINGS = HubSettings(claim_tries_per_minute=MANY_TRIES, code_misses=MANY_TRIES, prefill_per_minute=MANY_TRIES)


@dataclass
class Asking:
    """Somebody's browser, and the proof that its forms are its own."""

    browser: httpx.Client
    csrf: str = ""


@dataclass
class Ground:
    """Everything there is, by the names that addresses use, and everybody who may come."""

    hub: Hub
    url: str
    own: FakeTerminal  # of the village
    other: FakeTerminal  # of another county
    named: Mapping[str, str]
    stick: bytes  # of the village's terminal
    nobody: Asking
    staff: dict[tuple[str, str], Asking] = field(default_factory=dict)  # by role and region


@contextmanager
def ground(folder: Path, people: People) -> Iterator[Ground]:
    """The hub runs until the test is over."""
    clock = HandClock()
    hub = with_seals(make_hub(folder, clock, SETTINGS))
    with ExitStack() as opened:
        url = opened.enter_context(serving(hub, decide=False))
        own, other = (FakeTerminal.enrolled(hub, url, clock, region) for region in (VILLAGE, "440100000000"))
        photo = given(brought(own, PLAIN["photo"]), "photo", "picture")
        applied = apply_with_picture(own, people["lin-yuelan"], attachments=[photo])
        DecisionWorker(hub).run_once()
        stick = _stick(own)
        take_part(hub, read_part(stick, lambda _: signing_public(own.signing)), "jia")
        with hub.database.writing() as session:
            named = _furnish(session, hub, own)
        named |= {"sha256": applied.sealed.sha256, "code": applied.code, "tail": applied.code}
        named["attachment_id"] = "1"
        add_staff(hub.database, clock, named["account"], "clerk", VILLAGE, PASSWORD)
        there = Ground(hub, url, own, other, named, stick, Asking(_browser(opened, url)))
        for role in STAFF:
            for region in (COUNTY, ELSEWHERE):
                there.staff[role, region] = signed_in_as(opened, there, role, region)
        yield there


def signed_in_as(opened: ExitStack, there: Ground, role: str, region: str) -> Asking:
    """A new account of this role and division, in a browser of its own."""
    name = f"{role}-{region}-{uuid4().hex[:6]}"
    add_staff(there.hub.database, there.hub.clock, name, role, region, PASSWORD)
    browser = _browser(opened, there.url)
    form = {"name": name, "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
    assert browser.post("/console/login", data=form).status_code == 303
    return Asking(browser, csrf_of(browser.get("/console/account")))


def _browser(opened: ExitStack, url: str) -> httpx.Client:
    return opened.enter_context(httpx.Client(base_url=url, verify=False, trust_env=False, timeout=60))


def _stick(terminal: FakeTerminal) -> bytes:
    """A part of a stick with nothing in it."""
    head = PartHead(
        version=1,
        to="hub",
        terminal=terminal.id,
        signer=key_id(signing_public(terminal.signing)),
        carry=uuid7(terminal.clock()),
        made_at=time_text(terminal.clock()),
        first_seq=0,
        last_seq=0,
        head=HeadReport(seq=terminal.head.seq, hash=terminal.head.hash),
    )
    return write_part(head, (model_record(Kind.MANIFEST, Manifest(parts=())),), terminal.signing).data


def _furnish(session: Session, hub: Hub, terminal: FakeTerminal) -> dict[str, str]:
    """One thing of every kind about the village's one case."""
    now, case = hub.clock(), session.scalars(select(Case)).one()
    long_ago, day = now - timedelta(hours=hub.settings.notice_call_hours + 1), date(2026, 11, 20)
    notice = Notice(case_id=case.id, kind="papers", occasion="1", text="请补材料", made_at=long_ago, call_at=now)
    ticket = PaymentTicket(
        kind="amount_differs",
        about="P-440981-1",
        region=VILLAGE,
        case_id=case.id,
        day=day,
        ours_fen=1,
        theirs_fen=2,
        state="open",
        done="",
        made_at=now,
    )
    rating = Rating(
        case_id=case.id,
        level=1,
        options=[],
        version=hub.questionnaires.current.version,
        words="",
        way="phone",
        given_at=now,
        month="2026-11",
        region=VILLAGE,
        item=case.item,
    )
    extension = RegionExtension(prefix="440981102", first=day, last=day, reason="山洪停工", staff="jia", made_at=now)
    against = DataContradiction(
        kind="wrong-person",
        sources=["pension"],
        subject=case.subject,
        reference="found-1",
        region=VILLAGE,
        found_at=now,
    )
    rung = Bell(
        ring="a" * 32,
        terminal_id=terminal.id,
        region=VILLAGE,
        screen="face",
        rung_at=now - timedelta(minutes=hub.settings.bell_above_minutes),
    )
    change = StaffChange(
        key="begun-1",
        act="password",
        about="daiqueren",
        role="clerk",
        region=VILLAGE,
        begun_by="xitong",
        begun_at=now,
        expires_at=now + timedelta(hours=1),
    )
    again = CaseRecheck(
        case_id=case.id,
        day=day,
        outcome="approve",
        due_on=day,
        word="wrong",
        reason="不该通过",
        staff="jia",
        answered_at=now,
        followed="ticket",
    )
    session.add_all((notice, ticket, rating, extension, against, rung, change, again))
    session.flush()
    bad = RatingTicket(
        case_id=case.id,
        region=VILLAGE,
        state="open",
        kind="",
        asked_by="",
        begins_on=day,
        limit_days=5,
        draft="",
        reply="",
    )
    session.add(bad)
    session.flush()
    return {
        "number": case.number,
        "terminal_id": terminal.id,
        "ticket_id": str(bad.id),
        "rating_link": f"/desk/ratings/{bad.id}",
        "ticket": str(ticket.id),
        "order": ticket.about,
        "notice_id": str(notice.id),
        "bell_id": str(rung.id),
        "extension": extension.reason,
        "extension_id": str(extension.id),
        "account": "cungan",
        "change": change.key,
        "begun": change.about,
        "item": hub.catalogue.item(case.item).name,
        "seal": VILLAGE_SEAL,
        "identifier": "1.2.156.3005.2.x",
        "n": "1",
        "source": "pension",
        "party": "demo-water",
        "contradiction": str(against.id),
        "found_for": against.reference,
        "token": "A" * 20,
        "key": "A" * 20,
    }
