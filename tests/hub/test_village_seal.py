"""A village's proof: applied for at the terminal, agreed to and sealed at the desk by who holds the seal."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub.certificates.seals import end_seal, hand_over
from hub.certificates.tables import CertificateJob, Seal, SealUse
from hub.commands import hub as program
from hub.hub import Hub
from hub.staff import add_staff
from hub.tables import Case, ClerkDecision
from seeds.people import People
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import VILLAGE, FakeTerminal, HandClock
from tests.hub.sealed import (
    INSURED,
    VILLAGE_SEAL,
    VILLAGER,
    Claimed,
    claim,
    custodian,
    fetch,
    issued,
    make_papers,
    page,
    pdfsig,
    view,
    with_seals,
)


def apply(hub: Hub, terminal: FakeTerminal, people: People) -> tuple[Claimed, str]:
    """An application for the village's proof, and the number of its case."""
    claimed = claim(with_seals(hub), terminal, people["lin-yuelan"], VILLAGER, form={"purpose": "bank"})
    with hub.database.reading() as session:
        return claimed, session.scalars(select(Case.number)).one()


def seal(clerk: httpx.Client, number: str, code: str, typed: str | None = None) -> httpx.Response:
    """The desk's form."""
    form = {"typed": number[-5:] if typed is None else typed, "code": code}
    form["csrf"] = csrf_of(clerk.get(f"/desk/cases/{number}"))
    return clerk.post(f"/desk/cases/{number}/seal", data=form)


def test_the_custodian_agrees_and_seals_in_one_step_and_the_paper_is_believed(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock, tmp_path: Path
) -> None:
    codes = custodian(with_seals(hub))
    claimed, number = apply(hub, terminal, people)
    assert view(terminal, claimed).state == "in_review"
    with signed_in(url, "cunguan") as clerk:
        shown = clerk.get(f"/desk/cases/{number}").text
        assert "是本村居民，经核实情况属实" in shown
        assert "银行业务" in shown
        clock.turn(600)
        done = seal(clerk, number, codes.at(clock()))
        assert "正在签发" in done.text, done.text
        assert make_papers(hub) == 1
        (paper,) = view(terminal, claimed).papers
        pdf = fetch(terminal, paper)
        register = clerk.get("/desk/seals").text
        assert (number in register, paper.id in register, "中位数 10 分钟" in register) == (True, True, True)
        form = {"csrf": csrf_of(clerk.get("/desk/seals"))}
        good = clerk.post("/desk/seals/check", data=form, files={"paper": ("a.pdf", pdf, "application/pdf")})
        bad = clerk.post("/desk/seals/check", data=form, files={"paper": ("a.pdf", pdf[:-9] + b"123456789")})
    assert "这张证照是真的" in good.text
    assert "被改动过" in bad.text
    assert "Certificate is Trusted" in pdfsig(hub, pdf, tmp_path)
    assert "这张证照是真的" in page(url, paper.id).text
    with hub.database.reading() as session:
        use = session.scalars(select(SealUse)).one()
        assert (use.seal_id, use.actor, use.way) == (VILLAGE_SEAL, "cunguan", "code")
        assert session.scalars(select(ClerkDecision.staff)).one() == "cunguan"


def test_no_seal_without_the_right_code_the_right_number_and_the_right_hands(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    codes = custodian(with_seals(hub))
    add_staff(hub.database, clock, "lingju", "clerk", VILLAGE, PASSWORD)
    _, number = apply(hub, terminal, people)
    with signed_in(url, "lingju") as other:
        assert "同意并盖章" not in other.get(f"/desk/cases/{number}").text
        assert "您不是这枚印章的保管人" in seal(other, number, codes.at(clock())).text
    with signed_in(url, "cunguan") as clerk:
        assert "最后几位不对" in seal(clerk, number, codes.at(clock()), "99999").text
        for _ in range(hub.settings.seal_code_tries):
            assert "动态码不对" in seal(clerk, number, "000000").text
        assert "锁住了" in seal(clerk, number, codes.at(clock())).text
        clock.turn(hub.settings.lockout_minutes * 60 + 1)
        with hub.database.reading() as session:
            assert session.scalars(select(CertificateJob)).all() == []
            assert session.scalars(select(Case.state)).one() == "in_review"
        code = codes.at(clock())
        assert "正在签发" in seal(clerk, number, code).text
        again = seal(clerk, number, code)
        assert "没有要盖章的证照" in again.text
    second, _ = claim(hub, terminal, people["chen-deshui"], VILLAGER, form={"purpose": "work"}), None
    with hub.database.reading() as session:
        newest = session.scalars(select(Case.number).order_by(Case.id.desc()).limit(1)).one()
    with signed_in(url, "cunguan") as clerk:
        assert "用过了" in seal(clerk, newest, code).text
    assert view(terminal, second).state == "in_review"


def test_a_seal_that_ended_or_changed_hands_is_not_offered_any_more(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    codes = custodian(with_seals(hub))
    _, number = apply(hub, terminal, people)
    add_staff(hub.database, clock, "xinguan", "clerk", VILLAGE, PASSWORD)
    hand_over(hub, VILLAGE_SEAL, "xinguan")
    with signed_in(url, "cunguan") as clerk:
        assert "您不是这枚印章的保管人" in seal(clerk, number, codes.at(clock())).text
    end_seal(hub, VILLAGE_SEAL, "retired", "admin", "换届")
    with signed_in(url, "xinguan") as clerk:
        assert "没有可以用的印章" in seal(clerk, number, "123456").text
    with hub.database.reading() as session:
        assert session.get_one(Seal, VILLAGE_SEAL).state == "retired"


def test_a_seal_is_retired_then_revoked_by_a_command_that_says_what_becomes_of_its_papers(
    hub: Hub, tmp_path: Path
) -> None:
    with_seals(hub)
    where = [
        "--by",
        "镇府办",
        "--reason",
        "章丢了",
        "--database",
        f"sqlite:///{tmp_path / 'hub.db'}",
        "--state",
        str(tmp_path),
    ]

    def end(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(program, ["seals", "end", *words, *where])
        return done.exit_code, done.output

    def stands() -> tuple[str, str | None]:
        with hub.database.reading() as session:
            seal = session.get_one(Seal, VILLAGE_SEAL)
            return seal.state, seal.ended_why

    assert end(VILLAGE_SEAL)[0] == 2  # which of the two has to be said
    assert stands()[0] != "retired"
    code, said = end(VILLAGE_SEAL, "--retire")
    assert (code, stands()) == (0, ("retired", "章丢了")), said
    assert "以前盖的照样有效" in said
    code, said = end(VILLAGE_SEAL, "--revoke")
    assert (code, stands()[0]) == (0, "revoked"), said
    assert "都验不过" in said
    code, said = end(VILLAGE_SEAL, "--revoke")
    assert code == 1
    assert "已经撤销了" in said
    assert end("no-such-seal", "--retire")[0] == 1


def test_an_approval_by_the_ordinary_form_waits_for_the_seal_and_says_so(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    codes = custodian(with_seals(hub))
    claimed, number = apply(hub, terminal, people)
    with signed_in(url, "cunguan") as clerk:
        form = {"outcome": "approve", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
        assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
        assert make_papers(hub) == 0
        assert [paper.state for paper in view(terminal, claimed).papers] == ["making"]
        assert number in clerk.get("/desk/seals").text
        assert "等保管人盖章" in clerk.get(f"/desk/cases/{number}").text
        assert "正在签发" in seal(clerk, number, codes.at(clock())).text
    assert make_papers(hub) == 1
    assert [paper.state for paper in view(terminal, claimed).papers] == ["ready"]


@pytest.mark.parametrize("place", ["/desk/seals", "/desk/seals/check"])
def test_only_clerks_reach_the_seals(hub: Hub, url: str, clock: HandClock, place: str) -> None:
    add_staff(hub.database, clock, "zhishou", "operator", "0" * 12, PASSWORD)
    with signed_in(url, "zhishou") as operator:
        ask = operator.get if place.endswith("seals") else operator.post
        kwargs = {} if place.endswith("seals") else {"files": {"paper": ("a.pdf", b"x")}}
        assert ask(place, **kwargs).status_code == 403  # type: ignore[arg-type]


def test_a_sealed_by_rule_paper_needs_nobody_at_the_desk(
    hub: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    custodian(with_seals(hub))
    issued(hub, terminal, people["lin-yuelan"])
    with hub.database.reading() as session:
        number = session.scalars(select(Case.number).where(Case.item == INSURED[0])).one()
    with signed_in(url, "cunguan") as clerk:
        shown = clerk.get(f"/desk/cases/{number}").text
    assert "有效" in shown
    assert "同意并盖章" not in shown
