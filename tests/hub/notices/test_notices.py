"""What people must hear, over real HTTP: made once, heard at a terminal or by a call, and never twice on the list."""

from __future__ import annotations

from sqlalchemy import select

from hub.hub import Hub
from hub.notices.making import notify
from hub.notices.tables import Notice, NoticeCall
from hub.tables import Case
from seeds.people import People
from tests.hub.casework.bench import DAY_S, Browse, apply, decide
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.stores import both_stores


def notices_of(hub: Hub) -> list[tuple[str, str | None]]:
    with hub.database.reading() as session:
        return [(one.kind, one.told_by) for one in session.scalars(select(Notice).order_by(Notice.id))]


@both_stores
def test_a_decision_is_to_be_heard_once_and_is_heard_at_the_next_card(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    person = people["lin-yuelan"]
    apply(terminal, person)
    decide(hub)
    with hub.database.writing() as session:  # another replica, or the same after a restart
        notice, case = session.scalars(select(Notice)).one(), session.scalars(select(Case)).one()
        notify(session, hub, case, "decision", notice.occasion, "again")
    assert notices_of(hub) == [("decision", None)]
    clock.turn(1)
    assert terminal.lookup(person.id_number).status_code == 200
    assert notices_of(hub) == [("decision", f"terminal:{terminal.id}")]


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
    assert people["lin-yuelan"].name not in listed.text
    assert "告诉本人了" not in browse("far").get("/desk/calls").text
    form = {"csrf": csrf_of(listed)}
    assert "没联系上 1 次" in jia.post("/desk/calls/1", data=form | {"reached": "false"}).text
    assert "没有要打的电话" in jia.post("/desk/calls/1", data=form | {"reached": "true"}).text
    assert notices_of(hub) == [("decision", "call:jia")]
    with hub.database.reading() as session:
        assert [one.reached for one in session.scalars(select(NoticeCall).order_by(NoticeCall.id))] == [False, True]
