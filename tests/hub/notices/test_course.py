"""The state machine of a notice by itself: quiet hours, what overtakes what, and ways that the settings leave out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.notices.course import begun, called, failed, heard, outside_quiet, put_off, receipted, sent, vain
from hub.notices.sms_port import Receipt
from hub.outside import numbered
from hub.settings import HubSettings

SETTINGS = HubSettings()
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # local noon
MINE, ANOTHERS = numbered("DX", 1), numbered("DX", 2)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("hour", "to"), [(20.9, 20.9), (21, 32), (23.5, 32), (24, 32), (31.9, 32), (32, 32), (12, 12)])
def test_nothing_goes_out_between_nine_and_eight(hour: float, to: float) -> None:
    midnight = NOON - 12 * HOUR
    assert outside_quiet(midnight + hour * HOUR, SETTINGS) == midnight + to * HOUR


def test_quiet_hours_may_lie_within_a_day() -> None:
    siesta = replace(SETTINGS, notice_quiet_from=12, notice_quiet_to=14)
    assert outside_quiet(NOON + HOUR, siesta) == NOON + 2 * HOUR
    assert outside_quiet(NOON + 3 * HOUR, siesta) == NOON + 3 * HOUR


def test_what_was_heard_while_the_gateway_was_asked_went_out_all_the_same_and_says_so() -> None:
    due = begun("decision", NOON, True, SETTINGS)
    at_card = heard(due, "terminal:t", NOON + HOUR)
    assert at_card.sms == "void"
    went = sent(at_card, MINE, NOON + HOUR, SETTINGS)
    assert (went.sms, went.ticket, went.next_at, went.told_by) == ("sent", MINE, None, "terminal:t")
    assert heard(went, "call:jia", NOON + 2 * HOUR) == went, "the first time counts"
    assert vain(at_card, "silent", NOON, SETTINGS) == failed(at_card, "refused", NOON, SETTINGS) == at_card


def test_only_ones_own_receipt_is_believed_and_twice_is_once() -> None:
    went = sent(begun("decision", NOON, True, SETTINGS), MINE, NOON + 4 * HOUR, SETTINGS)
    assert receipted(went, [Receipt(ANOTHERS, "delivered")], NOON + 5 * HOUR, SETTINGS).trouble == "doubtful"
    told = receipted(went, [Receipt(MINE, "delivered")] * 2, NOON + 5 * HOUR, SETTINGS)
    assert (told.sms, told.told_by) == ("delivered", f"sms:{MINE}")
    assert receipted(told, [Receipt(MINE, "undelivered")], NOON + 6 * HOUR, SETTINGS) == told
    assert sent(went, ANOTHERS, NOON, SETTINGS) == went


def test_the_ways_are_data() -> None:
    only_card = replace(SETTINGS, notice_ways=("card",))
    alone = begun("papers", NOON, True, only_card)
    assert (alone.sms, alone.call_at) == ("none", None)
    no_call = replace(SETTINGS, notice_ways=("card", "sms"))
    assert failed(begun("papers", NOON, True, no_call), "refused", NOON, no_call).call_at is None
    no_sms = begun("papers", NOON, True, replace(SETTINGS, notice_ways=("card", "call")))
    assert (no_sms.sms, no_sms.call_at) == ("none", NOON + timedelta(hours=SETTINGS.notice_call_hours))
    assert called(no_sms, "no_answer", "jia", NOON) == no_sms
    assert put_off(no_sms, NOON, SETTINGS) == no_sms
