"""Every event in every state of an order: what does not fit is refused, and what went back stays back."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.payments.state import GIVEN_BACK, MONEY, STATES, TRANSITIONS, UNPAID, Event, IllegalPayment, OrderState, after
from hub.payments.state import may as fits

EVENTS: tuple[Event, ...] = get_args(Event)


def test_every_event_leads_between_known_states() -> None:
    assert set(TRANSITIONS) == set(EVENTS)
    for found in TRANSITIONS.values():
        assert set(found) | set(found.values()) <= set(STATES)
    assert UNPAID | MONEY | {"expired", "cancelled"} == set(STATES)


@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_money_comes_once_and_goes_back_at_most_once(events: list[Event]) -> None:
    state: OrderState = "made"
    came = went = asked = 0
    for event in events:
        if not fits(state, event):
            with pytest.raises(IllegalPayment):
                after(state, event)
            continue
        before, state = state, after(state, event)
        came += event == "pay"
        asked += state == "refund_asked" and before != "refund_asked"
        went += event == "refund"
        assert before not in GIVEN_BACK or state in GIVEN_BACK
        assert (before, state) != ("paid", "expired")
    assert came <= 1
    assert went <= asked <= 1
