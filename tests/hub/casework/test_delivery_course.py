"""A delivery by its courier's scans: never backwards, never by another parcel's, and waybills by their check digit."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from hub.delivery.course import fold, is_waybill
from hub.delivery.port import Scan, ScanState
from offline.wire.claims import check_digit

OURS, ANOTHERS = (f"YS{body}{check_digit(body)}" for body in ("000000001", "000000002"))
STATES = st.sampled_from(get_args(ScanState))


@given(states=st.lists(STATES, max_size=8))
def test_scans_told_twice_or_again_change_nothing(states: list[ScanState]) -> None:
    scans = [Scan(OURS, state, "") for state in states]
    once = fold("booked", OURS, scans)
    assert fold("booked", OURS, scans + scans) == once
    assert fold(once.standing, OURS, scans) == once
    assert not once.doubtful


@given(states=st.lists(STATES, min_size=1, max_size=4))
def test_another_parcels_scans_move_nothing_and_are_a_doubt(states: list[ScanState]) -> None:
    told = fold("on_way", OURS, [Scan(ANOTHERS, state, "") for state in states])
    assert (told.standing, told.doubtful) == ("on_way", True)


def test_a_waybill_is_known_by_its_check_digit() -> None:
    assert is_waybill(OURS)
    assert not is_waybill(OURS[:-1] + str((int(OURS[-1]) + 1) % 10))
    assert not is_waybill("YS000000001")
    assert not is_waybill("")
