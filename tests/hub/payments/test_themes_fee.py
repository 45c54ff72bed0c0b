"""A theme with a part that costs something: the whole's answer has the code to pay it by, and waits until then."""

from __future__ import annotations

import pytest

from offline.wire.changes import CaseView
from tests.hub.casework.bench import answer_of, case_of, decide
from tests.hub.casework.test_themes import born
from tests.hub.payments.till import FEE_FEN, Till
from tests.hub.running import LINE


def test_the_whole_shows_its_parts_fee_waits_for_it_and_ends_with_the_receipt(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    costly = till.hub.catalogue.item("newborn-medical-insurance")
    monkeypatch.setitem(costly.__dict__, "fee_fen", FEE_FEN)
    applied = born(till.terminal, till.people)
    claim = applied["claim"]
    assert isinstance(claim, dict)

    def told() -> CaseView:
        return answer_of(till.terminal, applied)

    decide(till.hub)
    asked = told()
    assert (asked.item, asked.state) == ("newborn", "waiting")
    assert [part.state for part in asked.parts] == ["approved", "waiting", "approved"]
    assert asked.order is not None
    assert (asked.order.amount_fen, asked.order.state) == (FEE_FEN, "unpaid")
    path = str(asked.order.pay_url).removeprefix(till.hub.settings.public_url)
    assert path in LINE.get(f"{till.url}/verify/{claim['code']}").text, "the slip's page leads there too"
    assert "400.00" in till.page(path)
    till.cashier(till.open(path), "pay")
    till.work()
    done = told()
    assert (done.state, [part.state for part in done.parts]) == ("approved", ["approved"] * 3)
    assert done.order is not None
    assert (done.order.state, done.order.pay_url) == ("paid", None)
    assert done.order.receipt.startswith("演示")
    assert path not in LINE.get(f"{till.url}/verify/{claim['code']}").text
    assert case_of(till.hub, "newborn-medical-insurance").state == "approved"
