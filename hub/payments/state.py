"""The state machine of payment orders (缴费单), as data. Pure: which event leads from which state to which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from hub.trouble import HubTrouble

OrderState = Literal["made", "shown", "paid", "expired", "cancelled", "refund_asked", "refunded", "in_doubt"]
Event = Literal["open", "pay", "doubt", "expire", "cancel", "ask_refund", "refund"]
STATES: Final[tuple[OrderState, ...]] = (
    "made", "shown", "paid", "expired", "cancelled", "refund_asked", "refunded", "in_doubt",
)  # fmt: skip
UNPAID: Final[frozenset[OrderState]] = frozenset(("made", "shown", "in_doubt"))
"""Nobody has surely paid yet, and somebody still may."""
GIVEN_BACK: Final[frozenset[OrderState]] = frozenset(("refund_asked", "refunded"))
MONEY: Final[frozenset[OrderState]] = frozenset(("paid", "refund_asked", "refunded"))
"""Money surely came, whatever became of it."""
TRANSITIONS: Final[Mapping[Event, Mapping[OrderState, OrderState]]] = {
    "open": {"made": "shown", "shown": "shown"},
    # Money that comes when nothing is owed any more goes back by itself: it is never kept, and never without a case.
    "pay": {
        "made": "paid",
        "shown": "paid",
        "in_doubt": "paid",
        "expired": "refund_asked",
        "cancelled": "refund_asked",
    },
    "doubt": {"made": "in_doubt", "shown": "in_doubt", "in_doubt": "in_doubt"},
    "expire": {"made": "expired", "shown": "expired", "in_doubt": "expired"},
    "cancel": {"made": "cancelled", "shown": "cancelled", "in_doubt": "cancelled"},
    "ask_refund": {"paid": "refund_asked", "in_doubt": "refund_asked"},
    "refund": {"refund_asked": "refunded"},
}


class IllegalPayment(HubTrouble):
    """The event does not fit the state the order is in."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(
            f"缴费单在“{state}”时，不能“{event}”。The event does not fit the order's state.",
            "请刷新页面，看缴费单现在的状态。Look at the order again.",
        )
        self.state, self.event = state, event


def after(state: OrderState, event: Event) -> OrderState:
    """The state after an event; raises IllegalPayment."""
    goal = TRANSITIONS[event].get(state)
    if goal is None:
        raise IllegalPayment(state, event)
    return goal


def may(state: str, event: Event) -> bool:
    """Whether the event fits; what pages offer."""
    return state in TRANSITIONS[event]
