"""A rating over real HTTP, from the terminal, from a phone, at a call-back: once for each case, and never assumed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.casework.tables import CaseCall
from hub.hub import Hub
from hub.ratings.tables import Rating, RatingTicket
from seeds.people import People
from seeds.ratings import Questionnaires
from seeds.trouble import SeedTrouble
from tests.hub.casework.bench import BY_TYPING, Browse, apply, case_of, decide
from tests.hub.pictured import csrf_of
from tests.hub.running import LINE, FakeTerminal, HandClock
from tests.hub.stores import both_stores

RATED = "cn.zhizhu.case.rated.v1"


def rate(terminal: FakeTerminal, event_id: object, **said: object) -> None:
    terminal.clock.turn(1)
    payload = {"case": {"event_id": event_id}, "level": 5, "options": [], "version": "zhizhu-1"} | said
    assert terminal.send(terminal.event(payload, RATED)).results[0].status.value == "stored"


def ratings_of(hub: Hub) -> list[tuple[int, str]]:
    with hub.database.reading() as session:
        return [(row.level, row.way) for row in session.scalars(select(Rating).order_by(Rating.case_id))]


def outcomes_of(hub: Hub) -> list[str]:
    with hub.database.reading() as session:
        return list(session.scalars(select(CaseCall.outcome).order_by(CaseCall.event_id)))


@both_stores
def test_a_case_is_rated_once_and_the_first_word_stands(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    applied = apply(terminal, people["lin-yuelan"])
    rate(terminal, applied["event_id"], level=2, options=["slow", "rude"])
    rate(terminal, applied["event_id"], level=5)
    decide(hub)
    assert ratings_of(hub) == [(2, "terminal")]
    assert outcomes_of(hub) == ["taken", "duplicate"]
    with hub.database.reading() as session:
        ticket = session.scalars(select(RatingTicket)).one()
        assert (ticket.state, ticket.limit_days, ticket.begins_on.isoformat()) == ("open", 5, "2026-11-23")


def test_what_fits_no_published_question_is_not_counted(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    applied = apply(terminal, people["lin-yuelan"])
    for wrong in ({"level": 6}, {"level": 1, "options": ["kind"]}, {"options": ["no-such"]}, {"version": "village-9"}):
        rate(terminal, applied["event_id"], **wrong)
    decide(hub)
    assert ratings_of(hub) == []
    assert sorted(outcomes_of(hub)) == ["unknown_choice", "unknown_choice", "unknown_choice", "unreadable"]


def test_by_phone_a_case_is_rated_when_it_is_settled_and_the_page_then_shows_it(
    hub: Hub, url: str, terminal: FakeTerminal, people: People
) -> None:
    applied = apply(terminal, people["chen-deshui"], identity=BY_TYPING)
    settled = apply(terminal, people["lin-yuelan"])
    decide(hub)
    waiting, done = (f"{url}/rate/{_code(one)}" for one in (applied, settled))
    assert "还没办完" in LINE.get(waiting).text
    assert LINE.post(waiting, data={"level": 5, "version": "zhizhu-1"}).status_code == 409
    assert "哪里不好" in LINE.get(done).text
    said = {"level": 1, "options": ["slow", "unclear"], "version": "zhizhu-1", "said": "等了 三个钟头"}
    assert LINE.post(done, data=said).status_code == 303
    assert "您的评价：非常不满意" in LINE.get(done).text
    again = LINE.post(done, data={"level": 5, "version": "zhizhu-1"})
    assert (again.status_code, "一件事评价一次" in again.text) == (409, True)
    assert "您的评价：非常不满意" in LINE.get(f"{url}/verify/{_code(settled)}").text
    assert LINE.post(f"{url}/rate/0000000000", data={"level": 5}).status_code == 404
    assert ratings_of(hub) == [(1, "phone")]


def test_a_clerk_notes_what_was_said_on_the_telephone_but_not_about_own_work(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    number = case_of(hub).number
    jia, yi = browse("jia"), browse("yi")
    for page, word in ((yi, "办结后才评价"), (jia, "")):
        form = {"csrf": csrf_of(page.get(f"/desk/cases/{number}"))}
        if word:
            assert word in page.post(f"/desk/cases/{number}/rating", data=form | {"level": "4"}).text
        else:
            page.post(f"/desk/cases/{number}/decision", data=form | {"outcome": "approve"})
    mine = jia.get(f"/desk/cases/{number}")
    assert "记下回访时说的评价" not in mine.text
    form = {"csrf": csrf_of(mine), "level": "5"}
    assert "请同事来记" in jia.post(f"/desk/cases/{number}/rating", data=form).text
    form = {"csrf": csrf_of(yi.get(f"/desk/cases/{number}")), "level": "4", "said": "都好"}
    assert "满意" in yi.post(f"/desk/cases/{number}/rating", data=form).text
    assert ratings_of(hub) == [(4, "call_back")]


def test_silence_is_never_praise(hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock) -> None:
    first = apply(terminal, people["lin-yuelan"])
    apply(terminal, people["chen-deshui"])
    decide(hub)
    rate(terminal, first["event_id"], level=1)
    decide(hub)
    clock.turn(8 * 86_400)  # the national trial rule would call the silent one satisfied on the eighth day
    decide(hub)
    assert len(ratings_of(hub)) == 1
    page = LINE.get(f"{url}/indicators?month=2026-11").text
    assert "本月办结 2 件，其中 1 件没有人评价" in page
    assert "50.0%" in page, "how many said something"
    assert "评价不足 5 条，不公布" in page


def test_published_figures_name_nobody_and_the_staff_sees_its_own_divisions(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    for slug, level in (("lin-yuelan", 5), ("chen-deshui", 2)):
        rate(terminal, apply(terminal, people[slug])["event_id"], level=level)
    decide(hub)
    published = LINE.get(f"{url}/indicators").text
    for person in (people["lin-yuelan"], people["chen-deshui"]):
        assert person.name not in published
        assert person.id_number not in published
    inside = browse("op").get("/console/indicators").text
    assert "50.0%" in inside
    assert "本月办结 2 件" in inside
    assert "本月办结 0 件" in browse("far").get("/console/indicators").text
    assert str(LINE.get(f"{url}/console/indicators").headers["location"]).endswith("/console/login")


def test_a_questionnaire_changed_locally_is_not_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("ratings")
    original = next(iter(Questionnaires.load().by_version.values()))
    assert original.level(2).zh_hans == "不满意"
    (folder / "zhizhu-1.yaml").write_text("levels: {}\n", encoding="utf-8")
    with pytest.raises(SeedTrouble, match="和发布时不一样"):
        Questionnaires.load(folder)


def _code(applied: dict[str, object]) -> str:
    claim = applied["claim"]
    assert isinstance(claim, dict)
    return str(claim["code"])
