"""Acting for an organisation, over real HTTP: the library's word alone makes a legal person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.gateway.tables import DataRead
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.identity.agency import agencies_of, offered, standing
from hub.staff import add_staff
from hub.tables import Case, DecisionRecord
from offline.wire.real_name import Proven, sign_real_name
from seeds.organisations import Organisations
from seeds.people import People
from tests.hub.casework.bench import case_of, decide
from tests.hub.pictured import PASSWORD, signed_in
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.test_prefill import told

ITEM, ASKED = "employer-insurance-record", "cn.zhizhu.employer_insurance_record.asked.v1"
COOP, FACTORY, SHOP = "93440981MA9999012H", "91440981MA9999013T", "92440981MA9999021J"
NOBODYS = "91440981MA9999021M"
WITNESS = "440999197806209044"


def ask(terminal: FakeTerminal, people: People, slug: str, uscc: str, agency: str = "told", **parts: object) -> None:
    """The query for an organisation; `parts` change the payload."""
    acting = {"for": "organisation", "organisation": {"uscc": uscc, "name": "", "agency": agency}}
    identity = {"level": "card_face", "way": "face"}
    payload = terminal.application(people[slug], item=ITEM, acting=acting, identity=identity) | parts
    assert terminal.send(terminal.event(payload, ASKED)).results[0].status.value == "stored"


def outcome(hub: Hub) -> tuple[str, str]:
    """What the rule or the hub said, and the first reason's code."""
    decide(hub)
    with hub.database.reading() as session:
        record = session.scalars(select(DecisionRecord).order_by(DecisionRecord.case_id.desc())).first()
        assert record is not None
        return record.outcome, str(record.reasons[0]["code"])


@pytest.mark.parametrize(("slug", "agency"), [("lin-jianguo", "told"), ("wu-guifang", "claimed")])
def test_a_representative_and_an_agent_in_time_and_scope_act_as_a_legal_person(
    hub: Hub, terminal: FakeTerminal, people: People, slug: str, agency: str
) -> None:
    ask(terminal, people, slug, COOP, agency)
    assert outcome(hub)[0] == "approve"
    assert case_of(hub, ITEM).identity_level == "legal_person"


@pytest.mark.parametrize(
    ("slug", "uscc", "code", "agency"),
    [
        ("chen-deshui", COOP, "agency_unknown", "told"),
        ("lin-jianguo", NOBODYS, "agency_unknown", "claimed"),
        ("pan-jinfeng", COOP, "agency_ended", "told"),
        ("lin-jianguo", FACTORY, "agency_scope", "told"),
        ("chen-deshui", SHOP, "organisation_closed", "claimed"),
    ],
)
def test_whom_the_library_does_not_confirm_is_looked_at_by_a_person_whatever_the_terminal_says(
    hub: Hub, terminal: FakeTerminal, people: People, slug: str, uscc: str, code: str, agency: str
) -> None:
    ask(terminal, people, slug, uscc, agency)
    assert outcome(hub) == ("manual", code)
    case = case_of(hub, ITEM)
    assert (case.state, case.identity_level) == ("in_review", "card_face")
    # of an organisation one may not act for, nothing was read
    subjects = {row.subject for row in _reads(hub) if row.source == "social-insurance"}
    assert subjects <= {case.subject}


def test_the_clerk_reads_for_whom_it_is_and_whether_that_was_confirmed(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    add_staff(hub.database, clock, "jia", "clerk", "440981000000", PASSWORD)
    ask(terminal, people, "chen-deshui", COOP, "claimed")
    decide(hub)
    first = case_of(hub, ITEM).number
    ask(terminal, people, "lin-jianguo", COOP)
    decide(hub)
    with hub.database.reading() as session:
        second = session.scalars(select(Case.number).where(Case.number != first)).one()
    with signed_in(terminal.url, "jia") as clerk:
        claimed, confirmed = (clerk.get(f"/desk/cases/{number}").text for number in (first, second))
    assert COOP in claimed
    assert "办事人自己说的，没有核对上" in claimed
    assert "没有查到您是这个单位的法定代表人或经办人" in claimed
    assert "法人库已核对" in confirmed
    assert "示例村种养专业合作社" in confirmed, "its name is public"


def test_an_agency_cannot_be_moved_to_another_act(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    now, lin = terminal.clock(), people["lin-jianguo"]
    for number, signed_for, code in ((1, COOP, "same_person"), (2, FACTORY, "real_name_forged"), (3, "", "")):
        said = Proven(lin.id_number, "card_face", "face", "", signed_for, "told" if signed_for else "")
        session = sign_real_name(terminal.signing, said, f"visit-{number}", now - timedelta(minutes=2), now)
        ask(terminal, people, "lin-jianguo", COOP, identity={"level": "card_face", "way": "face", "session": session})
        assert outcome(hub)[1] == (code or "real_name_forged")


@pytest.mark.parametrize(
    ("item", "acting", "code"),
    [
        (ITEM, {"for": "self"}, "organisation_wanted"),
        (ITEM, {"for": "organisation"}, "organisation_wanted"),
        (ITEM, {"for": "organisation", "organisation": {"uscc": "x"}}, "organisation_wanted"),
        (
            "pension-qualification",
            {"for": "organisation", "organisation": {"uscc": COOP, "agency": "told"}},
            "organisation_not_offered",
        ),
    ],
)
def test_an_item_for_organisations_is_for_nobody_else_and_the_others_are_not_for_them(
    hub: Hub, terminal: FakeTerminal, people: People, item: str, acting: object, code: str
) -> None:
    payload = terminal.application(people["lin-jianguo"], item=item, acting=acting)
    terminal.send(terminal.event(payload, hub.catalogue.item(item).event_type))
    assert outcome(hub) == ("manual", code)


def test_a_silent_library_lets_the_case_wait_and_go_on(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    sandbox = SandboxSources(hub)
    sandbox.behave("legal-persons", "silent")
    ask(terminal, people, "lin-jianguo", COOP, "claimed")
    decide(hub)
    assert (case_of(hub, ITEM).state, case_of(hub, ITEM).waits_for) == ("waiting", "source")
    sandbox.behave("legal-persons", "well")
    clock.turn(hub.settings.source_retry_s + 1)
    SourceWorker(hub, Gateway(hub, sandbox)).turn()
    assert outcome(hub)[0] == "approve"


@pytest.mark.parametrize("manner", ["wrong", "silent"])
def test_a_library_that_answers_of_somebody_else_or_never_confirms_nobody(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, manner: str
) -> None:
    sandbox = SandboxSources(hub)
    sandbox.behave("legal-persons", manner)  # type: ignore[arg-type]
    ask(terminal, people, "lin-jianguo", COOP)
    decide(hub)
    if manner == "silent":
        clock.turn(hub.settings.source_wait_hours * 3600 + 1)
        SourceWorker(hub, Gateway(hub, sandbox)).turn()
    assert outcome(hub) == ("manual", "agency_unchecked")


def test_two_organisations_of_one_agent_do_not_push_each_other_aside(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    ask(terminal, people, "wu-guifang", COOP)
    with hub.database.writing() as session:
        first = session.scalars(select(Case)).one()
        first.state, first.waits_for = "waiting", None
        number = first.id
    ask(terminal, people, "wu-guifang", FACTORY)
    decide_only(hub, newer_than=number)
    with hub.database.reading() as session:
        assert session.get_one(Case, number).state == "waiting"


def decide_only(hub: Hub, newer_than: int) -> None:
    worker = DecisionWorker(hub)
    for case_id in worker.claim():
        if case_id > newer_than:
            worker.decide(case_id)


def test_the_terminal_is_told_only_of_those_one_may_act_for_today_in_this_matter(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    found = told(terminal, people["lin-jianguo"], ITEM).organisations
    assert [(one.uscc, one.role) for one in found] == [(COOP, "representative")]
    assert {one.uscc for one in told(terminal, people["wu-guifang"], ITEM).organisations} >= {COOP, FACTORY}
    assert told(terminal, people["pan-jinfeng"], ITEM).organisations == ()
    assert told(terminal, people["lin-jianguo"], ITEM, level="card").organisations == ()
    assert told(terminal, people["lin-jianguo"]).organisations == ()  # another item does not ask


def test_an_authority_ends_after_its_last_day_and_what_cannot_be_read_confirms_nothing(hub: Hub) -> None:
    item, last = hub.catalogue.item(ITEM), date(2026, 11, 23)
    row = {"uscc": COOP, "name": "合作社", "state": "存续", "role": "agent", "scope": "all", "until": last.isoformat()}
    assert standing(agencies_of([row]), COOP, item, last).agency is not None
    assert standing(agencies_of([row]), COOP, item, last + timedelta(days=1)).doubt == "agency_ended"
    for broken in ({**row, "until": "soon"}, {**row, "role": "owner"}, {**row, "uscc": "1"}, {}, "row"):
        assert standing(agencies_of([broken]), COOP, item, last).doubt == "agency_unknown"
    assert standing(agencies_of("rows"), COOP, item, last).doubt == "agency_unknown"
    both = [{**row, "until": "2020-01-01"}, {**row, "until": "", "scope": "human-resources"}]
    assert standing(agencies_of(both), COOP, item, last).agency is not None
    assert [one.uscc for one in offered(agencies_of([*both, row]), item, last)] == [COOP]


@pytest.mark.parametrize(
    ("item", "level", "way", "code"),
    [
        ("pension-qualification", "card", "card", "level_too_low"),
        ("legal-aid-appointment", "typed_witnessed", "witness", "level_too_low"),
        ("street-light", "card", "card", "mended"),
        ("street-light", "card_face", "face", "mended"),  # more than is asked for is enough
        ("street-light", "card_later_check", "later", "mended"),
    ],
)
def test_what_was_shown_of_a_person_has_to_be_as_much_as_the_item_asks(
    hub: Hub, terminal: FakeTerminal, people: People, item: str, level: str, way: str, code: str
) -> None:
    form = {"place": "river", "what": "dark", "since": "days"}
    identity = {"level": level, "way": way}
    payload = terminal.application(people["lin-yuelan"], item=item, identity=identity, form=form)
    terminal.send(terminal.event(payload, hub.catalogue.item(item).event_type))
    decide(hub)
    with hub.database.reading() as session:
        record = session.scalars(select(DecisionRecord)).one()
    assert (record.outcome, [one["code"] for one in record.reasons]) == ("manual", [code])


def test_every_organisation_of_the_sandbox_can_be_told_as_rules_and_terminals_read_it() -> None:
    organisations, today = Organisations.load(), date(2026, 11, 28)
    for one in organisations.all:
        assert organisations.by_code(one.uscc) is one
        people = {one.representative, *(agent.person for agent in one.agents)}
        rows = [row for slug in people for row in one.agency_rows(slug, today)]
        assert len(list(agencies_of(rows))) == len(rows) == 1 + len(one.agents)
    assert organisations.agencies("110101199001010000", today) == []


def _reads(hub: Hub) -> list[DataRead]:
    with hub.database.reading() as session:
        return list(session.scalars(select(DataRead)))
