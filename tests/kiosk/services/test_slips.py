"""Slips as a person reads them."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from drivers.camera.document.codes import codes
from drivers.receipt_printer.encoder import encode
from drivers.receipt_printer.port import Line, Qr, Rule, Slip
from drivers.receipt_printer.profile import profile_for
from drivers.receipt_printer.simulated.interpreter import Interpreter
from drivers.receipt_printer.simulated.picture import png_of
from kiosk.journey.claim import ClaimView, Stage
from kiosk.services.slip_seals import SlipSeals
from kiosk.slips import Place, slip_of
from offline.wire.claims import check_digit
from offline.wire.signing import new_signing_key
from offline.wire.slip_qr import SlipQr, read_slip
from offline.wire.slip_signers import Genuineness
from tests.words import WORDS

CODE = "123456789" + check_digit("123456789")
SHOWN = f"{CODE[:4]}-{CODE[4:7]}-{CODE[7:]}"
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PLACE = Place("示例村终端", "示例村", "https://hub.example", "12345")
KEPT = ClaimView(
    "养老待遇资格认证", Stage.KEPT, masked_name="林*兰", kept_at="2026-11-23T02:03:04Z", claim_code=CODE, event_id="e"
)
SETTLED = replace(
    KEPT,
    stage=Stage.SETTLED,
    state="approved",
    outcome_text="认证通过",
    next_due="2027-11",
    case_no="A-1",
    decided_at="2026-11-23T12:00:00Z",
)


def texts_of(slip: Slip) -> str:
    lines = []
    for each in slip:
        match each:
            case Line(text=text):
                lines.append(text)
            case Qr(data=data):
                lines.append(f"[QR {data}]")
            case Rule():
                lines.append("--")
    return "\n".join(lines)


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "FW" else 1 for each in text)


def test_a_time_in_doubt_is_marked_on_the_slip() -> None:
    doubtful = replace(KEPT, kept_at="1970-01-01T00:05:00Z", clock_sure=False)
    assert "办理时间：1970-01-01 08:05（时间待校准）" in texts_of(slip_of(doubtful, PLACE, WORDS, NOW))
    assert "待校准" not in texts_of(slip_of(KEPT, PLACE, WORDS, NOW))


@pytest.mark.parametrize(("stage", "copy"), [(Stage.SENT, 1), (Stage.SETTLED, 2)])
def test_the_hour_of_printing_is_marked_when_the_clock_is_in_doubt_then_and_the_hour_of_keeping_is_not(
    stage: Stage, copy: int
) -> None:
    claim = replace(SETTLED, stage=stage)
    text = texts_of(slip_of(claim, PLACE, WORDS, NOW, copy=copy, clock_sure=False))
    assert "打印时间：2026-11-24 09:00（时间待校准）" in text
    assert "办理时间：2026-11-23 10:03\n" in text
    assert "待校准" not in texts_of(slip_of(claim, PLACE, WORDS, NOW, copy=copy))


def test_the_first_slip_says_that_it_is_kept_here() -> None:
    assert texts_of(slip_of(KEPT, PLACE, WORDS, NOW)) == "\n".join(
        (
            "办事凭条",
            "示例村",
            "--",
            "养老待遇资格认证",
            "已保存",
            "姓名：林*兰",
            "办理时间：2026-11-23 10:03",
            "终端：示例村终端",
            "--",
            "您的申请已保存在本终端，联网后自动送出，不用再来一趟。可凭身份证或取件码查结果。",
            "--",
            "取件码",
            SHOWN,
            "在任何一台智助终端都能查",
            f"[QR https://hub.example/verify/{CODE}]",
            "手机扫码查办理情况、辨真假",
            "--",
            "咨询电话：12345",
            "请取回身份证",
        )
    )


def test_the_settled_slip_says_its_outcome_and_what_comes_next() -> None:
    text = texts_of(slip_of(SETTLED, PLACE, WORDS, NOW, copy=2))
    for part in ("已办结", "认证通过", "下次认证：2027-11", "办件编号：A-1", "（补打）", "打印时间：2026-11-24 09:00"):
        assert part in text
    assert "已保存" not in text


def test_what_a_clerk_asks_of_the_resident_stands_on_the_slip() -> None:
    asked = "照片太暗，请带身份证找帮办员再办一次"
    waits = replace(
        KEPT, stage=Stage.SENT, state="waiting", outcome_text="还差一步，请按下面写的办。", reasons=(asked,)
    )
    slip = slip_of(waits, PLACE, WORDS, NOW)
    text = texts_of(slip)
    assert asked in text
    assert "找村里帮办员" in text
    assert any(isinstance(each, Line) and each.width == 2 and each.text == "还差一步" for each in slip)
    for misleading in ("已送达", "正在办理", "已办结"):
        assert misleading not in text


def test_a_refusal_is_written_as_large_as_an_approval() -> None:
    slip = slip_of(replace(SETTLED, state="refused", next_due=""), PLACE, WORDS, NOW)
    large = [each.text for each in slip if isinstance(each, Line) and each.width == 2]
    assert "未通过" in large
    assert "已办结" not in large


def test_a_sandbox_is_said_first() -> None:
    assert texts_of(slip_of(KEPT, replace(PLACE, sandbox=True), WORDS, NOW)).startswith("演示")


def test_without_a_code_there_is_neither_code_nor_qr() -> None:
    slip = slip_of(replace(KEPT, claim_code=""), PLACE, WORDS, NOW)
    assert not any(isinstance(each, Qr) for each in slip)
    assert "取件码\n" not in texts_of(slip)


@pytest.mark.parametrize(("paper", "room"), [(80, 48), (58, 32)])
def test_what_must_not_be_broken_fits_the_paper(paper: int, room: int) -> None:
    slip = slip_of(SETTLED, replace(PLACE, paper_width_mm=paper), WORDS, NOW)
    for each in slip:
        if isinstance(each, Line) and each.align == "center":
            assert columns(each.text) * each.width <= room, each.text


def test_an_items_own_words_stand_in_place_of_the_common_ones_not_beside_them() -> None:
    text = texts_of(slip_of(KEPT, PLACE, WORDS, NOW, lines=("您的认证已存在这台机器里。",)))
    assert "您的认证已存在这台机器里。" in text
    assert "您的申请已保存在本终端" not in text


def test_the_next_due_month_is_said_once() -> None:
    named = replace(SETTLED, outcome_text="已通过，下次办理时间：2027年11月。")
    assert "下次认证" not in texts_of(slip_of(named, PLACE, WORDS, NOW))
    other = replace(SETTLED, outcome_text="已通过，下次办理时间：2027年1月。")
    assert "下次认证：2027-11" in texts_of(slip_of(other, PLACE, WORDS, NOW))


@pytest.mark.parametrize("paper", [58, 80])
def test_the_seal_in_the_qr_is_read_off_the_paper_with_a_camera(paper: int) -> None:
    seals = SlipSeals(bytes(range(32)))  # one code in some hundred is beyond OpenCV's reader, though not a phone's
    place = replace(PLACE, hub_url="https://zhizhu.gaozhou.maoming.gd.gov.example:8443/hub", paper_width_mm=paper)
    slip = slip_of(SETTLED, place, WORDS, NOW, seal=seals.seal)
    printer = Interpreter(paper)
    for part in encode(slip, profile_for(paper)):
        printer.receive(part)
    (text,) = codes(np.asarray(Image.open(io.BytesIO(png_of(printer.tickets[-1])))))
    scanned = read_slip(text)
    assert scanned is not None
    assert scanned.code == CODE
    assert seals.judge(scanned) is Genuineness.GENUINE


def test_a_hub_whose_address_leaves_no_room_for_the_seal_gets_a_slip_without_one() -> None:
    long = f"https://hub.example/{'a' * 100}"
    slip = slip_of(KEPT, replace(PLACE, hub_url=long), WORDS, NOW, seal=SlipSeals(new_signing_key()).seal)
    (qr,) = [each.data for each in slip if isinstance(each, Qr)]
    assert read_slip(qr) == SlipQr(CODE)
