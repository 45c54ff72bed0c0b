"""Row 73: a resident sees who looked at what, has a copy of everything, puts things right and has them deleted."""

from __future__ import annotations

from sqlalchemy import select

from hub.cases import payload_of
from hub.gateway.tables import DataChangeJob, DataContradiction
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.tables import BasePerson
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.casework.bench import Browse, answer_of, apply, case_of, decide
from tests.hub.gateway.hands import behave, reads
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal, HandClock
from tests.hub.test_prefill import told as prefilled

SEEN, COPY, CORRECT, DELETE = "data-access-record", "data-copy", "data-correction", "data-deletion"
NEW_PHONE = "13800000009"


def ask(hub: Hub, terminal: FakeTerminal, people: People, item: str, **form: str) -> CaseView:
    """An item of one's own data, decided by its rule."""
    kind = hub.catalogue.item(item).event_type
    payload = terminal.application(people["lin-jianguo"], item=item, form=form)
    event = terminal.event(payload, kind)
    assert terminal.send(event).results[0].status.value == "stored"
    decide(hub)
    return answer_of(terminal, payload | {"event_id": event.id})


def rows(view: CaseView) -> list[tuple[str, str]]:
    """What was found."""
    assert view.result is not None
    return [(row.label, row.value) for row in view.result.rows]


def test_a_resident_sees_who_looked_at_what_and_why_and_nothing_of_anybody_else(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    apply(terminal, people["chen-deshui"])
    decide(hub)
    prefilled(terminal, people["lin-yuelan"])  # of the same household: he is told of, too
    view = ask(hub, terminal, people, SEEN)
    assert view.state == "approved"
    told = rows(view)
    assert ("2026-11-23 办事规则（自动核对）", "谁看过我的资料：人口基础库（证件号码、姓名）") in told
    assert ("2026-11-23 终端 示例村委会（帮您填表）", "高龄津贴：人口基础库（同户的人）") in told
    assert any(label.endswith("中枢（按规定，全村一起）") for label, _ in told)
    assert not any(value.startswith("养老待遇资格认证：") for _, value in told), "that was somebody else's"


def test_a_copy_holds_what_every_source_has_and_says_what_is_not_mounted(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, asker: SourceWorker
) -> None:
    behave(browse("op"), "social-insurance", "silent")
    assert ask(hub, terminal, people, COPY).state == "waiting", "a copy without one source is no copy"
    behave(browse("op"), "social-insurance", "well")
    clock.turn(hub.settings.source_retry_s + 1)
    assert asker.turn()
    decide(hub)
    number = case_of(hub, COPY).number
    view = terminal.ask("GET", f"/v1/claims/{_code(hub, terminal)}").json()
    told = [(row["label"], row["value"]) for row in view["result"]["rows"]]
    assert ("人口基础库 手机号", "13800000001（2026-11-23）") in told
    assert ("社保缴费库 缴费记录", "2026 居民医保 12个月 400.00元（2026-11-23）") in told
    assert ("不动产登记库", "还没有接到这里（未挂载），这里查不到") in told
    assert ("养老待遇库", "没有您的资料（2026-11-23）") in told
    assert not any(people["lin-yuelan"].id_number in value for _, value in told), "of others no more than is needed"
    own = reads(hub, reader="resident")
    assert {row.reference for row in own} == {number}


def _code(hub: Hub, terminal: FakeTerminal) -> str:
    """The claim code of the one case there is."""
    with hub.database.reading() as session:
        claim = payload_of(session, hub, case_of(hub, COPY))["claim"]
    assert isinstance(claim, dict)
    return str(claim["code"])


def told_anew(hub: Hub, terminal: FakeTerminal) -> str:
    """What stands now, in the last word in the feed, under the correction."""
    with hub.database.reading() as session:
        case = case_of(hub, CORRECT)
        payload = payload_of(session, hub, case)
    view = answer_of(terminal, payload | {"event_id": case.event_id})
    return "".join(reason.text for reason in view.reasons)


def phone_of(hub: Hub, people: People) -> object:
    """What the population library has now."""
    with hub.database.reading() as session:
        return session.get_one(BasePerson, people["lin-jianguo"].id_number).facts.get("phone")


def test_a_telephone_is_put_right_at_its_source_also_when_that_is_silent_at_first_and_then_deleted(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, asker: SourceWorker
) -> None:
    operator = browse("op")
    assert ask(hub, terminal, people, CORRECT, what="phone", new_phone=NEW_PHONE).state == "approved"
    behave(operator, "population", "silent")
    assert asker.turn()
    assert phone_of(hub, people) == people["lin-jianguo"].phone
    waits = hub.texts("hub.data.change.todo")
    assert waits in told_anew(hub, terminal)
    behave(operator, "population", "well")
    clock.turn(60)
    assert asker.turn()
    assert phone_of(hub, people) == NEW_PHONE
    assert waits not in told_anew(hub, terminal)
    assert prefilled(terminal, people["lin-jianguo"]).values == {"phone": NEW_PHONE}
    assert ask(hub, terminal, people, DELETE, what="phone").state == "approved"
    assert asker.turn()
    assert phone_of(hub, people) is None
    assert asker.turn() is False, "each order is carried out once"


def test_what_no_rule_can_change_goes_to_a_clerk_and_with_the_approval_to_the_keeper(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, asker: SourceWorker
) -> None:
    assert ask(hub, terminal, people, CORRECT, what="address").state == "in_review"
    clerk, number = browse("jia"), case_of(hub, CORRECT).number
    page = f"/desk/cases/{number}"
    form = {"outcome": "approve", "reason": "已看过户口本", "csrf": csrf_of(clerk.get(page))}
    assert clerk.post(f"{page}/decision", data=form).is_success
    assert asker.turn()
    with hub.database.reading() as session:
        assert session.scalars(select(DataChangeJob.state)).one() == "keeper"
        found = session.scalars(select(DataContradiction)).one()
    assert (found.kind, found.sources, found.reference) == ("resident-says", ["population"], number)
    assert "居民说这项资料有错" in browse("officer").get("/console/sources/population").text
