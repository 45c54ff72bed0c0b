"""What a query found: sealed under the claim code, told again to whoever holds it, and to nobody by a card alone."""

from __future__ import annotations

from hub.decisions import DecisionWorker
from hub.hub import Hub
from offline.wire.canonical import unb64
from offline.wire.changes import CaseView
from offline.wire.claims import answer_key, new_code, open_answer
from seeds.people import People
from tests.hub.running import FakeTerminal

ASKED = "cn.zhizhu.social_insurance_record.asked.v1"
ITEM = "social-insurance-record"


def asked(terminal: FakeTerminal, people: People, slug: str, code: str, span: str = "3") -> dict[str, object]:
    payload = terminal.application(people[slug], code, item=ITEM, form={"span": span})
    assert terminal.send(terminal.event(payload, ASKED)).results[0].status.value == "stored"
    return payload


def test_a_query_is_answered_with_rows_under_the_claims_key_and_by_code_not_by_card(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    code = new_code()
    payload = asked(terminal, people, "lin-jianguo", code)
    assert DecisionWorker(hub).run_once() == 1
    (answer,) = terminal.changes()["answer"]
    claim = payload["claim"]
    assert isinstance(claim, dict)
    key = answer_key(code, unb64(claim["answer_salt"], 16))
    view = CaseView.model_validate(open_answer(key, unb64(answer["sealed"], 16_384)))
    assert view.result is not None
    assert [(row.label, row.value) for row in view.result.rows][:2] == [
        ("2026年 居民养老", "11个月，550.00元"),
        ("2026年 居民医保", "12个月，400.00元"),
    ]
    assert "12333" in view.result.note
    assert view.reasons == ()
    by_code = CaseView.model_validate(terminal.ask("GET", f"/v1/claims/{code}").json())
    assert by_code.result == view.result
    by_card = terminal.lookup(people["lin-jianguo"].id_number)
    assert by_card.json()["cases"][0]["state"] == "approved"
    assert "550.00" not in by_card.text


def test_who_was_never_insured_is_told_so_and_who_is_not_known_is_looked_at_by_a_person(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    codes = [new_code(), new_code()]
    asked(terminal, people, "chen-deshui", codes[0])
    asked(terminal, people, "lin-jianguo", codes[1], span="77")
    DecisionWorker(hub).run_once()
    nothing, doubtful = (CaseView.model_validate(terminal.ask("GET", f"/v1/claims/{c}").json()) for c in codes)
    assert nothing.result is not None
    assert nothing.result.rows == ()
    assert "没有查到" in nothing.outcome_text
    assert (doubtful.state, doubtful.result) == ("in_review", None)
