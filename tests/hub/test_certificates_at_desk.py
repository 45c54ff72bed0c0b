"""A clerk suspends a certificate, lifts that, has it made anew and revokes it; each with a reason, seen everywhere."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.notices.tables import Notice
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.changes import Paper
from seeds.people import People
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import VILLAGE, FakeTerminal, HandClock
from tests.hub.sealed import VILLAGER, Claimed, claim, custodian, fetch, make_papers, page, view, with_seals

COUNTY = f"{VILLAGE[:6]}000000"
REFUSED = "现在不能这样做，或不归您办"


@pytest.fixture
def staff(hub: Hub, clock: HandClock) -> None:
    """Clerks of the county, of the village, and of another county; an auditor."""
    for name, role, region in (
        ("xianli", "clerk", COUNTY),
        ("cunli", "clerk", VILLAGE),
        ("waixian", "clerk", "440902000000"),
        ("shenji", "auditor", "0" * 12),
    ):
        add_staff(hub.database, clock, name, role, region, PASSWORD)


def newest(hub: Hub) -> str:
    with hub.database.reading() as session:
        return session.scalars(select(Case.number).order_by(Case.id.desc()).limit(1)).one()


def proof(hub: Hub, terminal: FakeTerminal, people: People) -> tuple[Claimed, Paper, str]:
    """An enrolment proof that a rule has sealed, and the number of its case."""
    claimed = claim(with_seals(hub), terminal, people["lin-yuelan"])
    assert make_papers(hub) == 1
    (paper,) = view(terminal, claimed).papers
    return claimed, paper, newest(hub)


def act(
    desk: httpx.Client, number: str, paper: Paper, what: str, reason: str = "核对中", **form: str
) -> httpx.Response:
    form |= {"act": what, "identifier": paper.id, "reason": reason, "csrf": csrf_of(desk.get("/desk/seals"))}
    return desk.post(f"/desk/cases/{number}/certificate", data=form)


def offered(desk: httpx.Client, number: str) -> set[str]:
    """What the case's page offers to do to its certificates."""
    return set(
        re.findall(r'name="act" value="(suspended|resumed|revoked|changed)"', desk.get(f"/desk/cases/{number}").text)
    )


@pytest.mark.usefixtures("staff")
def test_suspended_lifted_made_anew_and_revoked_each_with_its_reason_and_told_everywhere(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    claimed, first, number = proof(hub, terminal, people)
    with signed_in(url, "xianli") as desk:
        assert offered(desk, number) == {"suspended", "revoked", "changed"}
        assert "请写明原因" in act(desk, number, first, "suspended", "  ").text
        shown = act(desk, number, first, "suspended", "单位来函核对").text
        assert ("单位来函核对" in shown, "xianli" in shown) == (True, True)
        assert "暂停使用" in page(url, first.id).text
        assert [one.state for one in view(terminal, claimed).papers] == ["void"], "its terminal is told"
        assert terminal.ask("GET", f"/v1/papers/{first.sha256}").status_code == 410
        assert offered(desk, number) == {"resumed", "revoked"}
        act(desk, number, first, "resumed", "核对无误")
        assert "这张证照是真的" in page(url, first.id).text
        assert "请写明要改成什么" in act(desk, number, first, "changed", field="county").text
        assert REFUSED in act(desk, number, first, "changed", field="nonsense", value="x").text
        act(desk, number, first, "changed", "参保地写错了", field="county", value="广东省示例市")
        clock.turn(hub.settings.notice_at_once_s + 1)  # nobody waits at the terminal any more
        assert make_papers(hub) == 1
        (second, old) = view(terminal, claimed).papers
        assert (second.state, old.state, "已经换成新的" in page(url, first.id).text) == ("ready", "void", True)
        assert fetch(terminal, second).startswith(b"%PDF")
        assert "最后几位不对" in act(desk, number, second, "revoked", "信息有误", typed="00000").text
        assert "这张证照是真的" in page(url, second.id).text
        act(desk, number, second, "revoked", "信息有误", typed=number[-5:])
        assert "已经撤销" in page(url, second.id).text
        assert offered(desk, number) == set()
        assert REFUSED in act(desk, number, second, "resumed").text, "it cannot be undone"
    with hub.database.reading() as session:
        fetch_it = [one.told_by for one in session.scalars(select(Notice).where(Notice.kind == "slip"))]
    assert fetch_it == ["case"], "nobody is called to come for what counts no more"
    with signed_in(url, "shenji") as auditor:
        audit = auditor.get("/console/audit").text
    for said in ("暂停证照", "恢复证照", "撤销证照", "单位来函核对", second.id):
        assert said in audit, said


@pytest.mark.usefixtures("staff")
def test_it_is_the_work_of_whoever_handles_the_case_and_nobody_elses(
    hub: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    _, paper, number = proof(hub, terminal, people)
    with signed_in(url, "waixian") as elsewhere:
        assert act(elsewhere, number, paper, "suspended").status_code == 404
    with signed_in(url, "xianli") as desk:
        _, other, another = proof(hub, terminal, people)
        assert REFUSED in act(desk, number, other, "suspended").text, "of another case"
        form = {"act": "suspended", "identifier": other.id, "reason": "x", "csrf": "wrong"}
        assert desk.post(f"/desk/cases/{another}/certificate", data=form).status_code == 403
    assert "这张证照是真的" in page(url, paper.id).text


@pytest.mark.usefixtures("staff")
def test_what_a_custodian_sealed_another_clerk_may_only_suspend(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    codes = custodian(with_seals(hub))
    claimed = claim(hub, terminal, people["lin-yuelan"], VILLAGER, form={"purpose": "bank"})
    number = newest(hub)
    with signed_in(url, "cunguan") as holder, signed_in(url, "cunli") as other:
        form = {"typed": number[-5:], "code": codes.at(clock()), "csrf": csrf_of(holder.get("/desk/seals"))}
        holder.post(f"/desk/cases/{number}/seal", data=form)
        assert make_papers(hub) == 1
        (paper,) = view(terminal, claimed).papers
        assert offered(other, number) == {"suspended"}
        act(other, number, paper, "suspended", "有人举报")
        assert REFUSED in act(other, number, paper, "resumed").text
        assert "暂停使用" in page(url, paper.id).text
        assert offered(holder, number) == {"resumed", "revoked"}
        act(holder, number, paper, "resumed", "查过了，属实")
    assert "这张证照是真的" in page(url, paper.id).text
