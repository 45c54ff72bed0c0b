"""The course of a bad rating's ticket, as values: what may follow what, and what needs a second person. Pure.

Sources: GB/T 39734-2020 (classes and disposal of bad ratings), 好差评 2019 办法: call, judge, rectify, answer, review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from hub.trouble import HubTrouble

State = Literal["open", "contacted", "in_hand", "extension_asked", "answered", "appealed", "closed"]
Act = Literal[
    "reached", "not_reached", "unreachable", "judge", "ask_extension", "grant", "deny", "answer", "approve",
    "send_back", "appeal", "uphold", "dismiss",
]  # fmt: skip
Kind = Literal["clear", "complex", "no_basis"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MALICIOUS: Final = "malicious"

GOES: Final[Mapping[Act, tuple[State, State]]] = {
    "reached": ("open", "contacted"),
    "not_reached": ("open", "open"),
    "unreachable": ("open", "contacted"),  # only after so many calls
    "judge": ("contacted", "in_hand"),
    "appeal": ("contacted", "appealed"),
    "ask_extension": ("in_hand", "extension_asked"),
    "answer": ("in_hand", "answered"),
    "grant": ("extension_asked", "in_hand"),
    "deny": ("extension_asked", "in_hand"),
    "approve": ("answered", "closed"),
    "send_back": ("answered", "in_hand"),
    "uphold": ("appealed", "closed"),
    "dismiss": ("appealed", "contacted"),
}
ASKS: Final[frozenset[Act]] = frozenset(("ask_extension", "answer", "appeal"))
SECOND: Final[frozenset[Act]] = frozenset(("grant", "deny", "approve", "send_back", "uphold", "dismiss"))
"""What nobody says about their own asking."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits in working days and numbers, from the hub's settings."""

    simple_days: int
    complex_days: int
    extension_days: int  # all extensions of one ticket together
    calls: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands."""

    limit_days: int
    state: State = "open"
    kind: str = ""
    unreached: int = 0
    asked_by: str = ""
    asked_days: int = 0
    dismissed: bool = False
    extra_days: int = 0
    rated: frozenset[str] = frozenset()  # whom it is about: they take no part in it

    @property
    def days(self) -> int:
        """The whole limit in working days."""
        return self.limit_days + self.extra_days


class IllegalTicketAct(HubTrouble):
    """The act does not fit how the ticket stands, or is not this person's to do; `text` says why to a clerk."""

    def __init__(self, state: str, act: str, text: str) -> None:
        super().__init__(
            f"评价工单在“{state}”时不能做“{act}”。The act does not fit the ticket's state.",
            "请刷新页面，看工单现在的状态。Look at the ticket again.",
        )
        self.text = text


def refusal(ticket: Standing, act: Act, by: str, bounds: Bounds) -> str:
    """Why somebody may not do this now, as a text id; empty where they may."""
    if by in ticket.rated:
        return "hub.ratings.trouble.own"
    if ticket.state != GOES[act][0]:
        return "hub.ratings.trouble.state"
    if act in SECOND and by == ticket.asked_by:
        return "hub.ratings.trouble.second"
    if act == "unreachable" and ticket.unreached < bounds.calls:
        return "hub.ratings.trouble.calls"
    if act == "appeal" and ticket.dismissed:
        return "hub.ratings.trouble.dismissed"
    if act == "ask_extension" and ticket.extra_days >= bounds.extension_days:
        return "hub.ratings.trouble.extended"
    return ""


def after(ticket: Standing, act: Act, by: str, bounds: Bounds, *, kind: str = "", days: int = 0) -> Standing:
    """The ticket after an act; `kind` for judging, `days` for asking for more. Raises IllegalTicketAct."""
    if why := refusal(ticket, act, by, bounds):
        raise IllegalTicketAct(ticket.state, act, why)
    moved = replace(ticket, state=GOES[act][1])
    if act in ASKS:
        moved = replace(moved, asked_by=by)
    match act:
        case "not_reached":
            return replace(moved, unreached=ticket.unreached + 1)
        case "judge":
            if kind not in KINDS:
                raise IllegalTicketAct(ticket.state, act, "hub.ratings.trouble.kind")
            limit = bounds.complex_days if kind == "complex" else bounds.simple_days
            return replace(moved, kind=kind, limit_days=limit)
        case "appeal":
            return replace(moved, kind=MALICIOUS)
        case "dismiss":
            return replace(moved, kind="", dismissed=True)
        case "ask_extension":
            if not 0 < days <= bounds.extension_days - ticket.extra_days:
                raise IllegalTicketAct(ticket.state, act, "hub.ratings.trouble.days")
            return replace(moved, asked_days=days)
        case "grant":
            return replace(moved, extra_days=ticket.extra_days + ticket.asked_days, asked_days=0)
        case "deny":
            return replace(moved, asked_days=0)
        case _:
            return moved


def open_acts(ticket: Standing, by: str, bounds: Bounds) -> tuple[Act, ...]:
    """What somebody may do now; what a page offers."""
    return tuple(act for act in GOES if not refusal(ticket, act, by, bounds))
