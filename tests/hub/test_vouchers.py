"""数据资产凭证: a bank reads what a resident authorised and no more, each reading is shown, and she can end it."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.certificates.standing import signing_keys
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.staff import add_staff
from hub.vouchers.readers import load_sandbox_readers, sandbox_key
from hub.vouchers.reading import projected
from hub.vouchers.routes import ADDRESS
from hub.vouchers.routes import BANK as SANDBOX_BANK
from hub.vouchers.tables import Voucher, VoucherRead
from hub.vouchers.token import VoucherForged, VoucherSaid, read_token, sign_token
from offline.wire.protocol import offer
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, sign_request, signing_public
from seeds.people import People
from seeds.vouchers import Fact
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, NOON, FakeTerminal, HandClock
from tests.hub.sealed import Claimed, claim, make_papers, view

GRANT = ("data-authorisation", "cn.zhizhu.data_authorisation.applied.v1")
END = ("data-authorisation-end", "cn.zhizhu.data_authorisation_end.applied.v1")
BANK, OTHER = "demo-rural-bank", "demo-savings-bank"
FORM = {"bank": BANK, "purpose": "loan", "days": "30"}
KEY = new_signing_key()
SAID = VoucherSaid("a" * 20, BANK, "loan", "insurance-payments", ("months",), NOON, NOON)


def ask(
    hub: Hub,
    url: str,
    token: str,
    facts: list[str],
    *,
    reader: str = BANK,
    key: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """A bank's signed request over real HTTP."""
    body = json.dumps({"voucher": token, "facts": facts, "reference": "L-1"}).encode()
    with hub.database.reading() as session:
        own = key or sandbox_key(session, hub, reader)
    signed = headers or sign_request(own, reader, "POST", ADDRESS, body, hub.clock(), offered=offer())
    return LINE.post(f"{url}{ADDRESS}", content=body, headers=signed)


def grant(hub: Hub, terminal: FakeTerminal, people: People) -> tuple[Claimed, str]:
    """An authorisation, and the line of its QR as the resident has it."""
    load_sandbox_readers(hub)
    claimed = claim(hub, terminal, people["lin-jianguo"], GRANT, form=FORM)
    (paper,) = view(terminal, claimed).papers
    assert (paper.kind, paper.state) == ("voucher", "ready")
    assert paper.qr is not None
    return claimed, paper.qr


def code(reply: httpx.Response) -> tuple[int, str]:
    """How a request was refused."""
    return reply.status_code, str(reply.json()["type"]).rpartition(":")[2]


def test_a_bank_reads_exactly_what_was_authorised_and_the_resident_sees_who_looked(
    hub: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    claimed, token = grant(hub, terminal, people)
    person = people["lin-jianguo"]
    assert person.name not in token
    assert person.id_number not in token
    reply = ask(hub, url, token, ["months"])
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert set(told["facts"]) == {"months"}
    assert all(set(row) == {"year", "scheme", "months"} for row in told["facts"]["months"]), "no amount came along"
    assert told["demo"] == "演示"
    assert person.id_number not in reply.text
    assert make_papers(hub) == 1, "its terminal is told"
    result = view(terminal, claimed).result
    assert result is not None
    rows = {row.label: row.value for row in result.rows}
    assert (rows["授权给"], rows["用途"], rows["现在"]) == ("示例农商银行（演示）", "申请贷款", "有效")
    assert rows["2026-11-23 12:00"] == "示例农商银行（演示） 看过"
    with hub.database.reading() as session:
        read = session.scalars(select(VoucherRead)).one()
        row = session.scalars(select(Voucher)).one()
    assert (read.reader, read.facts, read.reference, read.word) == (BANK, ["months"], "L-1", "read")
    assert person.id_number.encode() not in row.holder_sealed


def test_a_voucher_is_asked_by_so_often_and_then_neither_log_nor_feed_grows(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    _, token = grant(hub, terminal, people)
    most = hub.settings.voucher_reads_per_minute
    for _ in range(most):
        assert code(ask(hub, url, token, ["months", "name"])) == (403, "voucher_reach")
    refused = ask(hub, url, token, ["months"])
    assert (code(refused), refused.json()["retryable"]) == ((429, "voucher_often"), True)
    with hub.database.reading() as session:
        assert len(session.scalars(select(VoucherRead.id)).all()) == most
    clock.turn(61)
    assert ask(hub, url, token, ["months"]).status_code == 200


def test_a_voucher_that_ends_after_midnight_is_shown_with_the_day_here_not_the_one_in_greenwich(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    clock.turn(13 * 3600)  # one in the morning
    claimed, _ = grant(hub, terminal, people)
    (paper,) = view(terminal, claimed).papers
    assert paper.valid_until == "2026-12-24"


def test_forged_foreign_over_reaching_expired_and_taken_back_are_each_refused_in_their_own_words(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    claimed, token = grant(hub, terminal, people)
    parts = token.split(".")
    forged = [f"{parts[0]}.{parts[1][:-2]}AA.{parts[2]}", sign_token(SAID, KEY), "ZV1.a.b", parts[1]]
    assert {code(ask(hub, url, line, ["months"])) for line in forged} == {(403, "voucher_forged")}
    made_up = sign_token(SAID, hub.keys.signing_private)  # as if the hub's key had been misused: it is not in the books
    assert code(ask(hub, url, made_up, ["months"])) == (404, "voucher_unknown")
    assert code(ask(hub, url, token, ["months"], reader=OTHER)) == (403, "voucher_foreign")
    assert code(ask(hub, url, token, ["months", "name"])) == (403, "voucher_reach")
    assert "一项也没有给" in ask(hub, url, token, ["id_number"]).json()["detail"]
    clock.turn(30 * 86_400 + 1)
    assert code(ask(hub, url, token, ["months"])) == (403, "voucher_expired")
    make_papers(hub)
    assert [paper.state for paper in view(terminal, claimed).papers] == ["void"]
    clock.turn(-30 * 86_400)
    ended = claim(hub, terminal, people["lin-jianguo"], END, form={"bank": BANK})
    assert view(terminal, ended).state == "approved"
    refused = ask(hub, url, token, ["months"])
    assert (code(refused), "已经收回" in refused.json()["detail"]) == ((403, "voucher_revoked"), True)
    make_papers(hub)
    result = view(terminal, claimed).result
    assert result is not None
    said = [row.value for row in result.rows]
    assert "已收回" in said
    for word in ("不是授权给它的", "没有授权的内容", "已经过期", "已经收回"):
        assert any(word in value for value in said), word


def test_taking_back_ends_ones_own_vouchers_of_that_bank_and_no_others(
    hub: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    _, mine = grant(hub, terminal, people)
    to_other = claim(hub, terminal, people["lin-jianguo"], GRANT, form={**FORM, "bank": OTHER})
    (paper,) = view(terminal, to_other).papers
    claim(hub, terminal, people["chen-deshui"], END, form={"bank": "all"})
    assert ask(hub, url, mine, ["as_of"]).status_code == 200, "a neighbour takes nothing back"
    claim(hub, terminal, people["lin-jianguo"], END, form={"bank": OTHER})
    assert ask(hub, url, mine, ["as_of"]).status_code == 200
    assert code(ask(hub, url, str(paper.qr), ["as_of"], reader=OTHER)) == (403, "voucher_revoked")
    claim(hub, terminal, people["lin-jianguo"], END, form={"bank": "all"})
    assert code(ask(hub, url, mine, ["as_of"])) == (403, "voucher_revoked")


def test_only_a_registered_party_reads_and_a_request_counts_once(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    _, token = grant(hub, terminal, people)
    assert code(ask(hub, url, token, ["months"], key=KEY)) == (401, "bad_signature")
    with hub.database.reading() as session:
        key = sandbox_key(session, hub, BANK)
    assert code(ask(hub, url, token, ["months"], reader="nobody", key=key)) == (401, "bad_signature")
    body = json.dumps({"voucher": token, "facts": ["months"], "reference": "L-1"}).encode()
    headers = sign_request(key, BANK, "POST", ADDRESS, body, clock(), offered=offer())
    assert ask(hub, url, token, ["months"], headers=headers).status_code == 200
    assert code(ask(hub, url, token, ["months"], headers=headers)) == (409, "replayed")
    clock.turn(3600)
    assert code(ask(hub, url, token, ["months"], headers=headers)) == (401, "clock_apart")


def test_a_bank_that_reads_while_the_source_is_silent_hears_that_and_not_that_there_is_nothing(
    hub: Hub, terminal: FakeTerminal, url: str, people: People
) -> None:
    claimed, token = grant(hub, terminal, people)
    sources = SandboxSources(hub)
    sources.behave("social-insurance", "silent")
    reply = ask(hub, url, token, ["months"])
    assert (code(reply), reply.json()["retryable"]) == ((503, "voucher_silent"), True)
    sources.behave("social-insurance", "well")
    assert ask(hub, url, token, ["months"]).status_code == 200
    make_papers(hub)
    told = view(terminal, claimed).result
    assert told is not None
    assert any("没有答复，没有看到" in row.value for row in told.rows)


def test_the_sandbox_bank_page_checks_and_reads_and_says_that_it_is_a_demo(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, clock: HandClock
) -> None:
    _, token = grant(hub, terminal, people)
    form = {"reader": BANK, "voucher": token}
    stolen = LINE.post(f"{url}{SANDBOX_BANK}", data=form)
    assert (stolen.status_code, "每年缴了几个月" in stolen.text) == (401, False), "a voucher alone reads nothing"
    for name, region in (("yinhang", "440000000000"), ("xian", "440981000000")):
        add_staff(hub.database, clock, name, "operator", region, PASSWORD)
    with signed_in(url, "xian") as county:
        csrf = csrf_of(county.get("/console/account"))
        assert county.post(SANDBOX_BANK, data=form | {"csrf": csrf}).status_code == 403
    with signed_in(url, "yinhang") as teller:
        asking = teller.get(SANDBOX_BANK)
        assert "演示" in asking.text
        assert teller.post(SANDBOX_BANK, data=form).status_code == 403, "nor another site's form in her browser"

        def page(**more: str) -> str:
            return teller.post(SANDBOX_BANK, data=form | {"csrf": csrf_of(asking)} | more).text

        good = page()
        assert "凭证有效：申请贷款" in good
        assert "每年缴了几个月" in good
        assert "这份授权凭证是假的" in page(voucher=token[:-4] + "AAAA")
        assert "超出了授权" in page(more="id_number")
        assert "不是给您单位的" in page(reader=OTHER)
    with hub.database.reading() as session:
        assert len(session.scalars(select(VoucherRead)).all()) == 3, "what was turned away at the door read nothing"


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10_000), char=st.sampled_from("ABCxyz019-_.= "))
def test_no_other_spelling_of_a_voucher_is_that_voucher(place: int, char: str) -> None:
    token, keys = sign_token(SAID, KEY), {key_id(signing_public(KEY)): signing_public(KEY)}
    assert read_token(token, keys) == SAID
    at = place % len(token)
    changed = token[:at] + char + token[at + 1 :]
    if changed.strip() != token:
        with pytest.raises(VoucherForged):
            read_token(changed, keys)


def test_of_records_only_the_named_columns_are_ever_read(hub: Hub) -> None:
    rows = [{"year": 2026, "months": 12, "paid_fen": 1, "id_number": "x"}]
    fact = Fact.model_validate(
        {"name": "months", "label": "月", "from": "person.insurance", "keys": ["year", "months"]}
    )
    assert projected(fact, {"person": {"insurance": rows}}) == [{"year": 2026, "months": 12}]
    assert projected(fact, {"person": {"insurance": {"a": 1}}}) is None
    assert projected(fact, {}) is None
    plain = Fact.model_validate({"name": "a", "label": "a", "from": "person.insurance"})
    assert projected(plain, {"person": {"insurance": rows}}) is None, "a whole record has no name here"
    assert set(signing_keys(hub)) == {key_id(hub.keys.signing_public)}
