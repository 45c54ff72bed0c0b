"""What was given besides words, over real HTTP: shown to whoever handles the case, refused, brought again, deleted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from hub.attachments.tables import CaseAttachment
from hub.blobs import read_blob, sweep_pictures
from hub.hub import Hub
from hub.notices.tables import Notice
from hub.staff import add_staff
from hub.tables import PictureView
from offline.wire.event import Envelope
from seeds.casework import Casework, LatePapers
from seeds.people import People
from tests.hub.attachments.bench import PDF, PLAIN, SIGNED, brought, named
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, answer_of, apply, case_of, decide, paper, with_item
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store, both_stores

SUPPLEMENTED = "cn.zhizhu.case.supplemented.v1"
SCANNED = [{"id": "income", "from": "scan"}]


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item wants one paper."""
    made = with_item(
        hub_over(store, clock),
        Casework(late_papers=LatePapers(remind_days=3, at_end="withdraw")),
        paper("income", "收入证明", 10),
    )
    add_staff(made.database, clock, "cun", "clerk", VILLAGE, PASSWORD)
    add_staff(made.database, clock, "waicun", "clerk", "440981103000", PASSWORD)
    return made


def supplement(terminal: FakeTerminal, case: Mapping[str, object], *attachments: object) -> str:
    event: Envelope = terminal.event(
        {"case": case, "documents": SCANNED, "attachments": list(attachments)}, SUPPLEMENTED
    )
    result = terminal.send(event).results[0]
    return result.reason or result.status.value


def test_a_clerk_sees_what_came_and_nobody_else_does_and_every_showing_is_written_down(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    given = [named(brought(terminal, plain), kind, f"{kind}-1", pages=2) for kind, plain in PLAIN.items()]
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING, documents=SCANNED, attachments=given)
    decide(hub)
    case, desk = case_of(hub), browse("cun")
    page = desk.get(f"/desk/cases/{case.number}").text
    assert f'<img class="given" src="/desk/cases/{case.number}/attachments/2"' in page
    assert "<audio" in page
    assert "没有收到" not in page
    for n, (kind, plain) in enumerate(PLAIN.items(), 1):
        shown = desk.get(f"/desk/cases/{case.number}/attachments/{n}")
        assert (shown.content, shown.headers["cache-control"]) == (plain, "no-store")
        with hub.database.reading() as session:
            views = session.scalars(select(PictureView.what).order_by(PictureView.id.desc())).all()
        assert views[0] == kind
    assert browse("waicun").get(f"/desk/cases/{case.number}/attachments/1").status_code == 404
    assert desk.get(f"/desk/cases/{case.number}/attachments/99").status_code == 404


@pytest.mark.parametrize(
    "bad", [b'{"strokes":[]}', b'{"strokes":[[[0,0],["<script>",1]]]}', b'{"strokes":[[[0,9999]]]}']
)
def test_a_signature_is_drawn_anew_from_numbers_only(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, bad: bytes
) -> None:
    given = [named(brought(terminal, plain), "signature", f"s{n}") for n, plain in enumerate((SIGNED, bad))]
    signed = {"identity": BY_TYPING, "attachments": given, "signature": {"way": "handwritten"}}
    apply(terminal, people["lin-yuelan"], **signed)
    decide(hub)
    case, desk = case_of(hub), browse("cun")
    shown = desk.get(f"/desk/cases/{case.number}/attachments/1")
    assert shown.headers["content-type"] == "image/svg+xml"
    assert b'<path d="M10 20L500 200"/><path d="M900 390L900 390"/>' in shown.content
    assert desk.get(f"/desk/cases/{case.number}/attachments/2").status_code == 404


def test_who_cannot_sign_is_said_to_the_clerk(hub: Hub, terminal: FakeTerminal, people: People, browse: Browse) -> None:
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING, signature={"way": "witnessed"})
    decide(hub)
    assert "本人不能签名" in browse("cun").get(f"/desk/cases/{case_of(hub).number}").text


def test_what_never_came_is_said_and_no_rule_decides_as_if_it_were_there(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    lost = named(brought(terminal, bring=False), "scan", "income")
    apply(terminal, people["lin-yuelan"], documents=SCANNED, attachments=[lost])
    decide(hub)
    case = case_of(hub)
    assert (case.state, case.reasons[0]["code"]) == ("in_review", "attachment_missing")
    assert "没有收到" in browse("cun").get(f"/desk/cases/{case.number}").text


@pytest.mark.parametrize("spoilt", [[{"kind": "scan"}], "no list", [{"kind": "film", "id": "x"}]])
def test_a_malformed_list_loses_no_case(hub: Hub, terminal: FakeTerminal, people: People, spoilt: object) -> None:
    apply(terminal, people["lin-yuelan"], attachments=spoilt)
    decide(hub)
    assert case_of(hub).state == "approved"


def test_a_wrong_key_or_another_kind_of_file_is_not_shown(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    right, html = brought(terminal), brought(terminal, b"<script>alert(1)</script>")
    wrong = {**named(right, "scan", "income"), "key": named(html, "scan", "x")["key"]}
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING, attachments=[wrong, named(html, "photo", "picture")])
    decide(hub)
    case, desk = case_of(hub), browse("cun")
    assert desk.get(f"/desk/cases/{case.number}").text.count("打不开") == 2
    assert desk.get(f"/desk/cases/{case.number}/attachments/1").status_code == 404
    assert desk.get(f"/desk/cases/{case.number}/attachments/2").status_code == 404


def test_a_scan_that_cannot_be_read_is_asked_for_again_and_comes_from_any_terminal(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    lin = people["lin-yuelan"]
    scan = named(brought(terminal), "scan", "income", pages=1)
    applied = apply(terminal, lin, identity=BY_TYPING, documents=SCANNED, attachments=[scan])
    decide(hub)
    case, desk = case_of(hub), browse("cun")
    address = f"/desk/cases/{case.number}"
    form = {"reason": "第二页看不清", "csrf": csrf_of(desk.get(address))}
    assert "已请办事人重新交" in desk.post(f"{address}/attachments/1/refusal", data=form).text
    assert "现在不能退回" in desk.post(f"{address}/attachments/1/refusal", data=form).text
    told = answer_of(terminal, applied)
    assert [one.document for one in told.needs] == ["income"]
    assert "第二页看不清" in told.reasons[0].text
    with hub.database.reading() as session:
        assert any("第二页看不清" in text for text in session.scalars(select(Notice.text)))
    elsewhere = FakeTerminal.enrolled(hub, url, clock, VILLAGE)
    new = named(brought(elsewhere, PDF + b"2"), "scan", "income", pages=2)
    somebody = {"number": case.number, "id_number": people["wu-guifang"].id_number}
    assert supplement(elsewhere, somebody, new) == "case_unknown"
    assert supplement(elsewhere, {"number": case.number, "id_number": lin.id_number}, new) == "stored"
    decide(hub)
    assert (case_of(hub).state, answer_of(terminal, applied).needs) == ("in_review", ())
    assert desk.get(f"{address}/attachments/2").content == PDF + b"2"
    form = {"reason": "还是看不清", "csrf": csrf_of(desk.get(address))}
    desk.post(f"{address}/attachments/2/refusal", data=form).raise_for_status()
    assert [one.document for one in answer_of(terminal, applied).needs] == ["income"]
    with hub.database.reading() as session:
        assert sum("还是看不清" in text for text in session.scalars(select(Notice.text))) == 1
        kept = session.scalars(select(CaseAttachment).order_by(CaseAttachment.id)).all()
    assert [(one.terminal_id, one.refused_why) for one in kept] == [
        (terminal.id, "第二页看不清"),
        (elsewhere.id, "还是看不清"),
    ]


@both_stores
def test_it_stays_until_the_case_is_settled_and_some_days_more(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    sealed = brought(terminal)
    given = [named(sealed, "scan", "income")]
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING, documents=SCANNED, attachments=given)
    decide(hub)
    case, desk = case_of(hub), browse("cun")

    def here() -> bool:
        sweep_pictures(hub)
        with hub.database.reading() as session:
            return read_blob(session, terminal.id, sealed.sha256) is not None

    clock.turn((hub.settings.picture_days + 5) * DAY_S)
    assert here()
    desk = browse("cun")
    form = {"outcome": "approve", "reason": "核对过了", "csrf": csrf_of(desk.get(f"/desk/cases/{case.number}"))}
    desk.post(f"/desk/cases/{case.number}/decision", data=form).raise_for_status()
    assert case_of(hub).state == "approved"
    assert here()
    clock.turn((hub.settings.attachment_days + 1) * DAY_S)
    assert not here()
    assert "已过保存期" in browse("cun").get(f"/desk/cases/{case.number}").text
