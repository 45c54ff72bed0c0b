"""What people must hear, over real HTTP: made once, heard at a terminal or by a call, each once."""

from __future__ import annotations

from sqlalchemy import select

from hub.hub import Hub
from hub.notices.dues import sweep_due_again
from hub.notices.making import notify
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.notices.tables import Notice, NoticeStep
from hub.tables import Case
from seeds.people import People
from tests.hub.casework.bench import DAY_S, Browse, apply, case_of, decide
from tests.hub.notices.hands import notices_of
from tests.hub.pictured import apply_with_picture, csrf_of
from tests.hub.running import FakeTerminal, HandClock

SETTLED = "cn.zhizhu.slip.settled.v1"


def steps_of(hub: Hub) -> list[tuple[str, str, str]]:
    with hub.database.reading() as session:
        found = session.scalars(select(NoticeStep).order_by(NoticeStep.id))
        return [(one.channel, one.word, one.who) for one in found]


def test_a_decision_is_to_be_heard_once_and_is_heard_at_the_next_card(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    person = people["lin-yuelan"]
    apply(terminal, person)
    decide(hub)
    with hub.database.writing() as session:  # another replica, or the same after a restart
        notice, case = session.scalars(select(Notice)).one(), session.scalars(select(Case)).one()
        assert not notify(session, hub, case, "decision", notice.occasion, "again")
    assert notices_of(hub) == [("decision", None)]
    clock.turn(1)
    other = FakeTerminal.enrolled(hub, terminal.url, clock)
    for _ in range(2):
        assert other.lookup(person.id_number).status_code == 200
    assert notices_of(hub) == [("decision", f"terminal:{other.id}")]
    assert steps_of(hub) == [("card", "heard", other.id)]


def test_who_comes_to_no_terminal_is_on_the_call_list_until_somebody_reached_them(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    assert "没有要打的电话" in browse("jia").get("/desk/calls").text
    clock.turn(4 * DAY_S)
    jia = browse("jia")
    listed = jia.get("/desk/calls")
    assert "告诉本人了" in listed.text
    assert "没有同意收短信的手机号" in listed.text
    assert people["lin-yuelan"].name not in listed.text
    assert "告诉本人了" not in browse("far").get("/desk/calls").text
    form = {"csrf": csrf_of(listed)}
    assert "没人接 1 次" in jia.post("/desk/calls/1", data=form | {"answer": "no_answer"}).text
    assert "号码不对 1 次" in jia.post("/desk/calls/1", data=form | {"answer": "wrong_number"}).text
    assert "没有要打的电话" in jia.post("/desk/calls/1", data=form | {"answer": "reached"}).text
    jia.post("/desk/calls/1", data=form | {"answer": "reached"})
    assert notices_of(hub) == [("decision", "call:jia")]
    assert [word for _, word, _ in steps_of(hub)] == ["no_answer", "wrong_number", "reached"]
    assert "jia 打通电话，告诉了本人" in jia.get(f"/desk/cases/{case_of(hub).number}").text


def test_a_refused_picture_says_what_to_do_now_and_is_said_at_any_terminal(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    apply_with_picture(terminal, people["lin-yuelan"])
    decide(hub)
    jia, page = browse("jia"), f"/desk/cases/{case_of(hub).number}"
    assert jia.get(f"{page}/taken.jpg").status_code == 200
    form = {"outcome": "visit", "reason": "照片太暗", "csrf": csrf_of(jia.get(page))}
    assert jia.post(f"{page}/decision", data=form).is_success
    assert notices_of(hub) == [("picture", None)]
    reply = FakeTerminal.enrolled(hub, terminal.url, clock).lookup(people["lin-yuelan"].id_number).json()
    said = {one["code"]: one["text"] for one in reply["cases"][0]["reasons"]}
    assert said["clerk_visit"] == "照片太暗"
    assert "再拍一次脸，或者请帮办员作证" in said["notice_picture"]


def test_what_is_due_again_is_told_once_in_its_month_unless_it_was_done_before(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    for slug in ("lin-yuelan", "chen-deshui"):
        apply(terminal, people[slug])
        decide(hub)
    clock.turn(330 * DAY_S)
    assert sweep_due_again(hub) == 0
    apply(terminal, people["chen-deshui"])
    decide(hub)
    clock.turn(20 * DAY_S)
    assert (sweep_due_again(hub), sweep_due_again(hub)) == (1, 0)
    assert [kind for kind, _ in notices_of(hub)].count("due") == 1
    views = terminal.lookup(people["lin-yuelan"].id_number).json()["cases"]
    assert any("2027年11月又要办了" in one["text"] for one in views[0]["reasons"])


def test_a_slip_that_was_not_printed_waits_for_its_owner_at_any_terminal(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    applied = apply(terminal, people["lin-yuelan"])
    for act, outcome in (
        (applied["event_id"], "printed"),
        (applied["event_id"], "not_printed"),
        (applied["event_id"], "not_printed"),
        ("0" * 36, "not_printed"),
    ):
        settled = terminal.event({"event_id": act, "outcome": outcome}, SETTLED)
        assert terminal.send(settled).results[0].status.value == "stored"
    assert notices_of(hub) == [("slip", None)]
    with hub.database.reading() as session:
        assert session.scalars(select(Case.state)).one() == "received"
    claim = applied["claim"]
    assert isinstance(claim, dict)
    view = terminal.ask("GET", f"/v1/claims/{claim['code']}").json()
    assert any("可以再打一张" in one["text"] for one in view["reasons"])
    assert notices_of(hub) == [("slip", f"terminal:{terminal.id}")]


def test_a_slip_that_came_out_after_all_is_called_for_no_more(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    both, later = (str(apply(terminal, people[slug])["event_id"]) for slug in ("lin-yuelan", "chen-deshui"))

    def settle(*said: tuple[str, str]) -> None:
        terminal.send(*(terminal.event({"event_id": act, "outcome": outcome}, SETTLED) for act, outcome in said))

    settle((both, "not_printed"), (both, "printed"), (later, "not_printed"))
    assert notices_of(hub) == [("slip", None)], "of the first there is nothing to tell"
    settle((later, "cannot_know"))
    clock.turn(4 * DAY_S)
    jia = browse("jia")
    assert "上次的凭条没有打出来" in jia.get("/desk/calls").text
    settle((later, "printed"), (later, "printed"))
    assert "没有要打的电话" in jia.get("/desk/calls").text
    assert steps_of(hub) == [("card", "fetched", "")]
    with hub.database.reading() as session:
        number = session.scalars(select(Case.number).where(Case.event_id == later)).one()
    assert "凭条已经打出来了，不用再说" in jia.get(f"/desk/cases/{number}").text


def test_what_nobody_comes_for_leaves_the_call_list_after_some_days_and_can_still_be_printed(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    act = apply(terminal, people["lin-yuelan"])["event_id"]
    terminal.send(terminal.event({"event_id": act, "outcome": "not_printed"}, SETTLED))
    worker = NoticeWorker(hub, SandboxSms(hub))
    clock.turn((hub.settings.notice_slip_days - 1) * DAY_S)
    worker.run_once()
    assert "上次的凭条没有打出来" in browse("jia").get("/desk/calls").text
    clock.turn(2 * DAY_S)
    worker.run_once()
    assert notices_of(hub) == [("slip", "case")]
    jia = browse("jia")
    assert "没有要打的电话" in jia.get("/desk/calls").text
    assert "很久没有人来取，不再打电话" in jia.get(f"/desk/cases/{case_of(hub).number}").text
