"""What an operator does about a terminal's line, in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from hub.hub import Hub
from hub.staff import add_staff
from hub.tables import Terminal
from offline.wire.chain import Head
from seeds.people import People
from tests.hub.machine import Machine
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, FakeTerminal, HandClock


@pytest.fixture
def browser(hub: Hub, url: str, clock: HandClock) -> Iterator[httpx.Client]:
    """An operator of the whole region, signed in."""
    add_staff(hub.database, clock, "yunwei", "operator", "0" * 12, PASSWORD)
    with signed_in(url, "yunwei") as client:
        client.follow_redirects = True
        yield client


def test_a_terminal_is_let_in_by_the_code_read_out_at_it(
    hub: Hub, machine: Machine, clock: HandClock, browser: httpx.Client, people: People
) -> None:
    machine.renew()
    kept, name = machine.apply(people), machine.agent.enrolled().terminal_id
    clock.turn(9 * 3600)
    with hub.database.writing() as session:
        row = session.get_one(Terminal, name)
        assert row.credential_until is not None
        row.credential_until = row.credential_until.replace(year=2025)
    code = machine.renew()
    assert code is not None
    page = browser.get(f"/console/terminals/{name}")
    assert "请求重新接入" in page.text
    assert code not in page.text, "it is to be heard from the machine, not read off the screen"
    wrong = browser.post(f"/console/terminals/{name}/readmission", data={"csrf": csrf_of(page), "code": "BBBBBBBB"})
    assert "确认码不对" in wrong.text
    right = browser.post(f"/console/terminals/{name}/readmission", data={"csrf": csrf_of(page), "code": code})
    assert "已同意这台终端接入" in right.text
    assert machine.renew() is None
    machine.drain()
    assert machine.agent.ack(kept) is not None


def test_a_terminal_is_shut_out_only_when_somebody_is_sure(terminal: FakeTerminal, browser: httpx.Client) -> None:
    page = browser.get(f"/console/terminals/{terminal.id}")
    unsure = browser.post(f"/console/terminals/{terminal.id}/revocation", data={"csrf": csrf_of(page)})
    assert "没有停用" in unsure.text
    assert terminal.beat().status_code == 200
    sure = browser.post(f"/console/terminals/{terminal.id}/revocation", data={"csrf": csrf_of(page), "sure": "yes"})
    assert "已停用" in sure.text
    assert terminal.beat().status_code == 403
    assert "已停用的终端还在发请求" in browser.get(f"/console/terminals/{terminal.id}").text


def test_an_alarm_is_shown_until_somebody_has_looked_into_it(
    terminal: FakeTerminal, clock: HandClock, browser: httpx.Client, people: People
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    terminal.head = Head(1, "f" * 64)
    clock.turn(90)
    terminal.beat()
    assert "终端的过去对不上" in browser.get("/console").text
    page = browser.get(f"/console/terminals/{terminal.id}")
    assert "同一条记录变了样" in page.text
    assert "ffff ffff ffff ffff" in page.text, "the head as the technician's slip shows it"
    data = {"csrf": csrf_of(page), "chain": "terminal", "kind": "head_other"}
    assert "这个告警查清了" in browser.post(f"/console/terminals/{terminal.id}/alarms", data=data).text
    assert "已经有人处理过" in browser.post(f"/console/terminals/{terminal.id}/alarms", data=data).text
    assert "终端的过去对不上" not in browser.get("/console").text
    clock.turn(90)
    terminal.beat()
    assert "终端的过去对不上" in browser.get("/console").text, "it is raised anew"


@pytest.mark.parametrize("what", ["readmission", "revocation", "alarms"])
def test_nobody_else_may_do_it(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, browser: httpx.Client, what: str
) -> None:
    path = f"/console/terminals/{terminal.id}/{what}"
    assert LINE.post(f"{url}{path}").status_code == 401
    assert browser.post(path, data={"csrf": "stale"}).status_code == 403
    add_staff(hub.database, clock, "jingban", "clerk", "0" * 12, PASSWORD)
    add_staff(hub.database, clock, "waidi", "operator", "450000000000", PASSWORD)
    for name, status in (("jingban", 403), ("waidi", 404)):
        with signed_in(url, name) as other:
            assert other.post(path, data={"csrf": csrf_of(other.get("/console"))}).status_code == status
