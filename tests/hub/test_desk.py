"""A clerk compares the picture and decides; it is written down, answered, and the picture is gone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from hub.blobs import read_blob, sweep_pictures
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import BlobPiece, Case, ClerkDecision, PictureView
from kiosk.face.sandbox import blob
from offline.wire.canonical import unb64
from offline.wire.changes import CaseView
from offline.wire.claims import answer_key, open_answer
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.pictured import PASSWORD, Applied, apply_with_picture, csrf_of, jpeg, put, signed_in
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, make_hub, serving
from tests.hub.stores import both_stores

REASON = "照片太暗，请带身份证请帮办员作证再办一次。"


@pytest.fixture
def staffed(hub: Hub, clock: HandClock) -> Hub:
    """A hub with a clerk of the village, one of another county, and an operator."""
    add_staff(hub.database, clock, "jingban", "clerk", VILLAGE, PASSWORD)
    add_staff(hub.database, clock, "waixian", "clerk", "440902000000", PASSWORD)
    add_staff(hub.database, clock, "zhishou", "operator", "0" * 12, PASSWORD)
    return hub


@pytest.fixture
def clerk(staffed: Hub, url: str) -> Iterator[httpx.Client]:
    """The clerk's browser."""
    with signed_in(url, "jingban") as browser:
        yield browser


def _number(hub: Hub) -> str:
    with hub.database.reading() as session:
        return session.scalars(select(Case.number)).one()


def _decide(clerk: httpx.Client, number: str, outcome: str, reason: str = "") -> httpx.Response:
    page = clerk.get(f"/desk/cases/{number}")
    form = {"outcome": outcome, "reason": reason, "csrf": csrf_of(page)}
    return clerk.post(f"/desk/cases/{number}/decision", data=form)


def _look(clerk: httpx.Client, number: str) -> httpx.Response:
    return clerk.get(f"/desk/cases/{number}/taken.jpg")


def _answer(terminal: FakeTerminal, applied: Applied) -> CaseView:
    body = terminal.changes()["answer"][-1]
    assert body["event_id"] == applied.event_id
    key = answer_key(applied.code, unb64(applied.salt, 16))
    return CaseView.model_validate(open_answer(key, unb64(body["sealed"], 16_384)))


def _waiting_case(hub: Hub, terminal: FakeTerminal, people: People) -> Applied:
    applied = apply_with_picture(terminal, people["lin-yuelan"])
    DecisionWorker(hub).run_once()
    return applied


@both_stores
def test_a_clerk_looks_and_approves_and_the_picture_is_gone(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People, clock: HandClock
) -> None:
    applied = _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    assert number in clerk.get("/desk").text
    page = clerk.get(f"/desk/cases/{number}")
    assert people["lin-yuelan"].name in page.text
    assert people["lin-yuelan"].id_number not in page.text
    assert "身份证上的照片在这里显示不了" in page.text
    shown = _look(clerk, number)
    assert shown.content == applied.taken
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    clock.turn(60)
    done = _decide(clerk, number, "approve")
    assert "工作人员的决定" in done.text
    assert "jingban" in done.text
    answer = _answer(terminal, applied)
    assert (answer.state, answer.next_due) == ("approved", "2027-11")
    assert answer.reasons[0].code == "clerk_approve"
    with staffed.database.reading() as session:
        decision = session.scalars(select(ClerkDecision)).one()
        assert (decision.outcome, decision.staff, decision.decided_at) == ("approve", "jingban", clock())
        view = session.scalars(select(PictureView)).one()
        assert (view.staff, view.what, view.case_id) == ("jingban", "taken", decision.case_id)
        assert session.scalars(select(BlobPiece)).all() == []
    assert _look(clerk, number).status_code == 404
    told = clerk.get(f"/console/cases/{number}").text
    assert "照片已在决定时删除" in told
    assert "jingban 于 2026-11-23 12:00 看过照片" in told


def test_a_deleted_picture_leaves_no_bytes_in_the_databases_file(
    tmp_path: Path, clock: HandClock, people: People
) -> None:
    hub = make_hub(tmp_path, clock)
    add_staff(hub.database, clock, "jingban", "clerk", VILLAGE, PASSWORD)
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        applied = _waiting_case(hub, terminal, people)
        trace = applied.sealed.data[100:164]
        with hub.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert trace in (tmp_path / "hub.db").read_bytes()
        with signed_in(url, "jingban") as clerk:
            assert _look(clerk, _number(hub)).is_success
            assert _decide(clerk, _number(hub), "refuse", REASON).is_success
        with hub.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        left = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    assert trace not in left


@pytest.mark.parametrize(("outcome", "state"), [("visit", "waiting"), ("refuse", "refused")])
def test_what_a_clerk_writes_reaches_the_resident(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, url: str, people: People, outcome: str, state: str
) -> None:
    applied = _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    assert _decide(clerk, number, outcome).status_code == 422, "a reason is needed"
    assert _decide(clerk, number, outcome, "长" * 201).status_code == 422
    assert _look(clerk, number).is_success
    assert _decide(clerk, number, outcome, REASON).is_success
    answer = _answer(terminal, applied)
    what_now = ["请带身份证到任一台自助终端重新办：再拍一次脸，或者请帮办员作证。"] if state == "waiting" else []
    assert (answer.state, [one.text for one in answer.reasons]) == (state, [REASON, *what_now])
    assert answer.next_due is None
    phone = LINE.get(f"{url}/verify/{applied.code}").text
    assert "到智助终端" in phone
    for nothing_there in ("请按下面写的办", "原因见下", REASON):
        assert nothing_there not in phone
    with staffed.database.reading() as session:
        assert read_blob(session, terminal.id, applied.sealed.sha256) is None


@both_stores
def test_a_case_is_decided_once(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, url: str, people: People
) -> None:
    _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    old = csrf_of(clerk.get(f"/desk/cases/{number}"))
    assert _look(clerk, number).is_success
    assert _decide(clerk, number, "refuse", REASON).is_success
    again = clerk.post(f"/desk/cases/{number}/decision", data={"outcome": "approve", "csrf": old})
    assert (again.status_code, "已经有人决定了" in again.text) == (409, True)
    with staffed.database.reading() as session:
        assert session.scalars(select(Case.state)).all() == ["refused"]
        assert len(session.scalars(select(ClerkDecision)).all()) == 1


@pytest.mark.parametrize("outcome", ["approve", "refuse"])
def test_nobody_decides_by_a_picture_they_have_not_looked_at(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People, outcome: str
) -> None:
    _waiting_case(staffed, terminal, people)
    refused = _decide(clerk, _number(staffed), outcome, REASON)
    assert (refused.status_code, "还没有看过" in refused.text) == (409, True)
    with staffed.database.reading() as session:
        assert session.scalars(select(Case.state)).all() == ["in_review"]


def test_a_picture_that_never_came_is_said_and_cannot_be_approved_by(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    applied = apply_with_picture(terminal, people["lin-yuelan"], bring=False)
    DecisionWorker(staffed).run_once()
    number = _number(staffed)
    assert "照片没有送到中枢" in clerk.get(f"/desk/cases/{number}").text
    assert _decide(clerk, number, "approve").status_code == 409
    assert _decide(clerk, number, "visit", REASON).is_success
    assert _answer(terminal, applied).state == "waiting"


@pytest.mark.parametrize(
    "identity", [{"picture_key": "AAAA"}, {"picture_key": 7}, {"picture_sha256": 7}, {"picture_sha256": "../x"}]
)
def test_a_spoilt_key_or_name_is_a_picture_that_does_not_open_never_a_lost_case(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People, identity: dict[str, object]
) -> None:
    apply_with_picture(terminal, people["lin-yuelan"], spoilt=identity)
    DecisionWorker(staffed).run_once()
    number = _number(staffed)
    page = clerk.get(f"/desk/cases/{number}").text
    assert "照片打不开" in page or "照片没有送到中枢" in page
    assert _look(clerk, number).status_code == 404
    assert _decide(clerk, number, "visit", REASON).is_success


def test_an_undecided_picture_goes_after_its_days_and_the_page_says_so(
    staffed: Hub, terminal: FakeTerminal, people: People, clock: HandClock, url: str
) -> None:
    _waiting_case(staffed, terminal, people)
    clock.turn(staffed.settings.picture_days * 86_400 + 1)
    assert sweep_pictures(staffed) == 1
    with signed_in(url, "jingban") as clerk:
        number = _number(staffed)
        assert "照片到了保存期限" in clerk.get(f"/desk/cases/{number}").text
        assert _look(clerk, number).status_code == 404
        assert _decide(clerk, number, "visit", REASON).is_success


def test_only_clerks_of_the_region_see_a_picture_and_nobody_without_signing_in(
    staffed: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    places = (f"/desk/cases/{number}", f"/desk/cases/{number}/taken.jpg", f"/desk/cases/{number}/card.png")
    for name, status in (("zhishou", 403), ("waixian", 404)):
        with signed_in(url, name) as browser:
            assert [browser.get(place).status_code for place in places] == [status] * 3
            form = {"outcome": "approve", "csrf": csrf_of(browser.get("/console"))}
            assert browser.post(f"/desk/cases/{number}/decision", data=form).status_code == status
            assert number not in browser.get("/desk").text
    assert LINE.get(f"{url}{places[1]}").status_code == 401
    assert LINE.get(f"{url}/desk").headers["location"] == "/console/login"
    with staffed.database.reading() as session:
        assert session.scalars(select(PictureView)).all() == []


def test_a_decision_from_a_foreign_page_is_refused(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    forged = clerk.post(f"/desk/cases/{number}/decision", data={"outcome": "refuse", "reason": REASON, "csrf": "x"})
    assert forged.status_code == 403
    with staffed.database.reading() as session:
        assert session.scalars(select(Case.state)).all() == ["in_review"]


def test_an_application_without_a_picture_is_decided_at_the_same_desk(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    identity = {"level": "typed_witnessed", "way": "witness", "witness": {"id_number": "440999197806209044"}}
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"], identity=identity)))
    DecisionWorker(staffed).run_once()
    assert _decide(clerk, _number(staffed), "approve").is_success
    assert terminal.changes()["answer"][-1]["state"] == "approved"


def test_the_cards_photo_is_shown_where_a_decoder_is_set_and_named_a_sandbox_where_it_is_one(
    tmp_path: Path, clock: HandClock, people: People, logs: LogWatch
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "lin-yuelan.jpg").write_bytes(jpeg(102, 126, (120, 90, 60)))
    command = (sys.executable, "-m", "kiosk.face.sandbox_decoder", str(photos))
    hub = make_hub(tmp_path, clock, HubSettings(card_decoder=command, card_decoder_s=30))
    add_staff(hub.database, clock, "jingban", "clerk", VILLAGE, PASSWORD)
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        apply_with_picture(terminal, people["lin-yuelan"], card_photo=blob("lin-yuelan"))
        DecisionWorker(hub).run_once()
        with signed_in(url, "jingban") as clerk:
            number = _number(hub)
            assert "card.png" in clerk.get(f"/desk/cases/{number}").text
            assert '<span class="sandbox">' in clerk.get(f"/desk/cases/{number}").text
            card = clerk.get(f"/desk/cases/{number}/card.png")
            assert (card.headers["content-type"], card.content[:4]) == ("image/png", b"\x89PNG")
            (photos / "lin-yuelan.jpg").unlink()
            assert "card.png" not in clerk.get(f"/desk/cases/{number}").text
            assert clerk.get(f"/desk/cases/{number}/card.png").status_code == 404
        with hub.database.reading() as session:
            assert [view.what for view in session.scalars(select(PictureView))] == ["card"]


def test_a_picture_repeated_after_the_decision_is_not_kept_again(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    applied = _waiting_case(staffed, terminal, people)
    _decide(clerk, _number(staffed), "visit", REASON)
    assert put(terminal, applied.sealed.sha256, applied.sealed.data).json()["complete"]
    with staffed.database.reading() as session:
        assert session.scalars(select(BlobPiece)).all() == []


def test_a_visit_is_asked_for_once_however_many_tabs_are_open(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    assert _decide(clerk, number, "visit", REASON).is_success
    told = len(terminal.changes()["answer"])
    stale = _decide(clerk, number, "visit", "请再来一次。")
    assert (stale.status_code, "已经有人决定了" in stale.text) == (409, True)
    assert 'value="visit"' not in clerk.get(f"/desk/cases/{number}").text
    assert len(terminal.changes()["answer"]) == told
    with staffed.database.reading() as session:
        assert [one.reason for one in session.scalars(select(ClerkDecision))] == [REASON]
    assert _decide(clerk, number, "refuse", "一直没有来补办。").is_success


def test_applying_again_closes_the_case_that_waited_for_it_and_says_so(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    applied = _waiting_case(staffed, terminal, people)
    number = _number(staffed)
    assert _decide(clerk, number, "visit", REASON).is_success
    before = len(terminal.changes()["answer"])
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    DecisionWorker(staffed).run_once()
    closed, decided = terminal.changes()["answer"][before:]
    assert (closed["event_id"], closed["state"], decided["state"]) == (applied.event_id, "withdrawn", "approved")
    key = answer_key(applied.code, unb64(applied.salt, 16))
    told = CaseView.model_validate(open_answer(key, unb64(closed["sealed"], 16_384)))
    assert [(one.code, one.text) for one in told.reasons] == [
        ("applied_again", "您后来又办了一次，这一件不用再办，看新办的那一件就行。")
    ]
    assert number not in clerk.get("/desk").text
    assert "您后来又办了一次" in clerk.get(f"/console/cases/{number}").text
    assert _decide_stale(clerk, number).status_code == 409
    with staffed.database.reading() as session:
        assert session.scalars(select(Case.state).order_by(Case.id)).all() == ["withdrawn", "approved"]


def _decide_stale(clerk: httpx.Client, number: str) -> httpx.Response:
    """A decision from a tab that was open before the case was closed."""
    form = {"outcome": "refuse", "reason": REASON, "csrf": csrf_of(clerk.get("/console"))}
    return clerk.post(f"/desk/cases/{number}/decision", data=form)


def test_a_waiting_case_is_closed_at_the_terminal_where_it_was_begun_and_only_by_the_same_person(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People, url: str, clock: HandClock
) -> None:
    applied = _waiting_case(staffed, terminal, people)
    assert _decide(clerk, _number(staffed), "visit", REASON).is_success
    other = FakeTerminal.enrolled(staffed, url, clock)
    other.send(other.event(other.application(people["wu-guifang"])))
    DecisionWorker(staffed).run_once()
    assert terminal.changes()["answer"][-1]["state"] == "waiting"
    other.send(other.event(other.application(people["lin-yuelan"])))
    DecisionWorker(staffed).run_once()
    last = terminal.changes()["answer"][-1]
    assert (last["event_id"], last["state"]) == (applied.event_id, "withdrawn")
    assert [one["state"] for one in other.changes()["answer"]].count("withdrawn") == 0


def test_an_older_application_that_is_decided_late_closes_nothing(
    staffed: Hub, terminal: FakeTerminal, clerk: httpx.Client, people: People
) -> None:
    late = apply_with_picture(terminal, people["lin-yuelan"])
    worker = DecisionWorker(staffed)
    assert worker.claim()
    newer = apply_with_picture(terminal, people["lin-yuelan"])
    DecisionWorker(staffed).run_once()
    with staffed.database.reading() as session:
        first, second = session.scalars(select(Case).order_by(Case.id)).all()
        ids = (first.id, second.number)
    assert _decide(clerk, ids[1], "visit", REASON).is_success
    assert worker.decide(ids[0])
    with staffed.database.reading() as session:
        states = {case.event_id: case.state for case in session.scalars(select(Case))}
    assert states == {late.event_id: "in_review", newer.event_id: "waiting"}
