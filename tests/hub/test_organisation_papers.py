"""What an organisation is proved and holds: sealed by rule for a legal person, and found again in its wallet."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hub.certificates.changes import act_on
from hub.certificates.tables import Certificate
from hub.hub import Hub
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.sealed import claim, fetch, make_papers, page, view, with_seals

COOP, OTHER = "93440981MA9999012H", "91440981MA9999013T"
NAME = "示例村种养专业合作社"
PROOF = ("employer-insurance-proof", "cn.zhizhu.employer_insurance_proof.applied.v1")
WALLET = ("organisation-wallet", "cn.zhizhu.organisation_wallet.asked.v1")


def asked(
    hub: Hub, terminal: FakeTerminal, people: People, item: tuple[str, str], slug: str, uscc: str = COOP
) -> CaseView:
    """What somebody who acts for an organisation is told; papers that were ordered are made."""
    acting = {"for": "organisation", "organisation": {"uscc": uscc, "name": "", "agency": "told"}}
    identity = {"level": "card_face", "way": "face"}
    claimed = claim(hub, terminal, people[slug], item, acting=acting, identity=identity)
    make_papers(hub)
    return view(terminal, claimed)


def said(seen: CaseView) -> list[tuple[str, str]]:
    """The lines of a result."""
    assert seen.result is not None
    return [(row.label, row.value) for row in seen.result.rows]


def test_the_proof_is_sealed_for_the_organisation_and_names_no_single_person(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, tmp_path: Path
) -> None:
    with_seals(hub)
    seen = asked(hub, terminal, people, PROOF, "wu-guifang")
    (paper,) = seen.papers
    assert (seen.state, paper.state, paper.title) == ("approved", "ready", "单位参保证明")
    (tmp_path / "paper.pdf").write_bytes(fetch(terminal, paper))
    told = subprocess.run(
        ("pdftotext", str(tmp_path / "paper.pdf"), "-"), capture_output=True, text=True, timeout=60, check=True
    ).stdout
    text = "".join(told.split())
    assert all(part in text for part in (NAME, COOP, "参保人数", "欠缴月数", "演示"))
    agent = people["wu-guifang"]
    assert agent.name not in text
    assert agent.id_number not in text
    phone = page(url, paper.id).text
    assert all(part in phone for part in ("这张证照是真的", NAME, COOP))
    assert agent.name not in phone


def test_nobody_else_gets_it_and_what_is_owed_is_looked_at_by_a_person(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    with_seals(hub)
    for slug, uscc in (("chen-deshui", COOP), ("lin-jianguo", OTHER)):
        seen = asked(hub, terminal, people, PROOF, slug, uscc)
        assert (seen.state, seen.papers) == ("in_review", ())


def test_the_wallet_lists_what_the_organisation_holds_and_prints_what_counts_for_its_agents_only(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    with_seals(hub)
    empty = asked(hub, terminal, people, WALLET, "lin-jianguo")
    assert (empty.state, said(empty), empty.papers) == ("approved", [], ())
    assert "还没有电子证照" in empty.outcome_text
    asked(hub, terminal, people, PROOF, "wu-guifang")
    clock.turn(1)
    (mine,) = asked(hub, terminal, people, PROOF, "lin-jianguo").papers
    full = asked(hub, terminal, people, WALLET, "lin-jianguo")
    lines = said(full)
    assert [label for label, _ in lines] == ["单位参保证明", "单位参保证明"]
    assert all(value.startswith("有效，到2027年") for _, value in lines)
    assert mine.id.split(".")[-3] in lines[0][1]
    assert [paper.state for paper in full.papers] == ["ready", "ready"]
    assert fetch(terminal, full.papers[0]).startswith(b"%PDF"), "printed again as it was sealed"
    act_on(hub, mine.id, "revoked", "xian", "开错了")
    later = asked(hub, terminal, people, WALLET, "lin-jianguo")
    assert ("已撤销" in said(later)[0][1], "有效" in said(later)[1][1], len(later.papers)) == (True, True, 1)
    stranger = asked(hub, terminal, people, WALLET, "chen-deshui")
    assert (stranger.state, stranger.papers, stranger.result) == ("in_review", (), None)
    by_card = terminal.lookup(people["lin-jianguo"].id_number).json()["cases"]
    assert all(not paper["key"] for case in by_card for paper in case["papers"])
    clock.turn(timedelta(days=100).total_seconds())
    with hub.database.reading() as session:
        assert len(session.scalars(select(Certificate)).all()) == 2


def test_the_slip_of_a_wallet_opens_nothing_that_was_sealed_after_its_agent_had_looked(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    with_seals(hub)
    asked(hub, terminal, people, PROOF, "wu-guifang")
    clock.turn(60)
    acting = {"for": "organisation", "organisation": {"uscc": COOP, "name": "", "agency": "told"}}
    identity = {"level": "card_face", "way": "face"}
    looked = claim(hub, terminal, people["lin-jianguo"], WALLET, acting=acting, identity=identity)
    clock.turn(60)
    asked(hub, terminal, people, PROOF, "wu-guifang")
    reply = terminal.ask("GET", f"/v1/claims/{looked.code}")
    assert reply.status_code == 200
    assert len(reply.json()["papers"]) == 1
