"""What else the hub says of a case stands on slip and screen: fee, parts, missing papers, what was spared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from drivers.receipt_printer.port import Line, Qr
from kiosk.journey.claim import Answered, Certificate, ClaimView, Further, NeedSeen, PartSeen, Payable, Stage
from kiosk.journey.screens import LookupResult
from kiosk.journey.session import Session
from kiosk.services.found import found_in
from kiosk.slips import NEEDS_MOST, PARTS_MOST, Place, slip_of
from kiosk.viewmodels.derive_page import derive_page
from offline.wire.changes import CaseView
from offline.wire.claims import new_code
from tests.kiosk.qml.fixture_sessions import FACTS
from tests.words import WORDS

PLACE = Place("示例村党群服务中心", "示例村", "http://hub.test", "12345")
OWED = Payable(40_000, "unpaid", "还没有缴", "http://hub.test/pay/abcdefgh", "2026-11-26 09:28")
TOLD = CaseView.model_validate(
    {
        "item": "newborn",
        "state": "waiting",
        "parts": [{"item": "a", "name": "上户口", "state": "approved", "state_text": "已办好"}],
        "needs": [{"document": "birth", "title": "出生医学证明", "due": "2026-12-08"}],
        "saved": {"documents": 2, "fields": 6, "seal": True, "signature": True, "text": "这件事替您省了：两样材料。"},
        "delivery": {"way": "post", "state": "on_way", "text": "在路上（演示快递）。", "waybill": "YS0000000012"},
        "papers": [{"kind": "k", "title": "证明", "state": "ready", "sha256": "a" * 64, "key": "KEY"}],
    }
)


def lines(claim: ClaimView) -> list[str]:
    slip = slip_of(claim, PLACE, WORDS, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    return [element.text for element in slip if isinstance(element, Line)]


def test_what_waits_for_its_fee_says_so_once_and_until_when() -> None:
    said = lines(
        ClaimView("医保", Stage.SENT, state="waiting", outcome_text="还没有缴费。", reasons=("x",), order=OWED)
    )
    assert "缴费：400.00元 还没有缴" in said
    assert "2026-11-26 09:28 之前缴都行，凭身份证或取件码再来。" in said
    assert not {"还没有缴费。", "· x"} & set(said), "three times unpaid is twice too often"
    paid = replace(OWED, state="paid", text="已经缴了", pay_url="", until="", receipt="演示1")
    assert "电子票据号：演示1" in lines(ClaimView("医保", Stage.SETTLED, state="approved", order=paid))


def test_parts_missing_papers_and_what_was_spared_come_from_the_hub_to_the_slip() -> None:
    claim = ClaimView("新生儿", Stage.SENT, state="waiting", **found_in(TOLD))
    said = lines(claim)
    for wanted in (
        "上户口：已办好",
        "还差出生医学证明，2026年12月8日前补交",
        "这件事替您省了：两样材料。",
        "运单号：YS0000000012",
    ):
        assert wanted in said, wanted
    assert "KEY" not in repr(claim), "what opens a certificate is never written down"
    page = derive_page(Session(screen=LookupResult((claim,), Answered.HUB)), FACTS, WORDS)
    (row,) = page.fields
    assert "还差出生医学证明，2026年12月8日前补交" in row.detail
    assert "运单号：YS0000000012" in row.detail
    assert "还要您再办一步" not in row.detail, "what is missing says which step"


def test_a_slip_stays_a_slip_however_much_there_is_to_tell() -> None:
    further = Further(
        parts=tuple(PartSeen(f"部分{n}", "正在办") for n in range(40)),
        needs=tuple(NeedSeen(str(n), f"材料{n}", "2026-12-08") for n in range(40)),
    )
    said = lines(ClaimView("一件事", Stage.SENT, state="waiting", further=further))
    assert sum("部分" in line for line in said) == PARTS_MOST
    assert sum("还差材料" in line for line in said) == NEEDS_MOST


def test_a_voucher_stands_on_the_slip_as_the_code_that_a_bank_reads() -> None:
    line = "ZV1." + "x" * 365
    further = Further((Certificate("数据授权凭证", "ready", qr=line),))
    claim = ClaimView("授权", Stage.SETTLED, state="approved", claim_code=new_code(), further=further)
    for width in (58, 80):
        slip = slip_of(claim, replace(PLACE, paper_width_mm=width), WORDS, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
        first, second = (element.data for element in slip if isinstance(element, Qr))
        assert (first.startswith("http://hub.test/"), second) == (True, line), "the slip's own code comes first"
    long = replace(claim, further=Further((Certificate("数据授权凭证", "ready", qr=line * 2),)))
    assert "给银行扫的码太长，印不下。在终端输取件码，屏幕上就有。" in lines(long)
    over = replace(claim, further=Further((Certificate("数据授权凭证", "void", qr=""),)))
    assert "给银行扫的码" not in lines(over)
