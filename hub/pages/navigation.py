"""Where the staff can go, grouped by what one does; each sees what their rights open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.identity.roles import Right
from hub.staff import SignedIn


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: the right it takes, its name in the texts (`hub.nav.…`) and on the page (`here`), its address."""

    right: Right
    key: str
    url: str
    whole: bool = False  # only for accounts of a whole province


@dataclass(frozen=True, slots=True)
class Group:
    """What one does (`hub.nav.group.…`, and its picture in icons.svg), and the pages where."""

    key: str
    entries: tuple[Entry, ...]


NAVIGATION: Final = (
    Group(
        "work",
        (
            Entry(Right.DESK, "desk", "/desk"),
            Entry(Right.CASES, "cases", "/console/cases"),
            Entry(Right.INDICATORS, "board", "/console/board"),
            Entry(Right.RECHECKS, "rechecks", "/console/rechecks"),
        ),
    ),
    Group(
        "money",
        (
            Entry(Right.DESK, "payments", "/desk/payments"),
            Entry(Right.MONEY, "reconciliation", "/console/payments", whole=True),
        ),
    ),
    Group("papers", (Entry(Right.DESK, "seals", "/desk/seals"),)),
    Group(
        "ratings",
        (
            Entry(Right.DESK, "ratings", "/desk/ratings"),
            Entry(Right.INDICATORS, "indicators", "/console/indicators"),
            Entry(Right.INDICATORS, "loans", "/console/loans"),
        ),
    ),
    Group("calls", (Entry(Right.DESK, "calls", "/desk/calls"),)),
    Group(
        "machines",
        (
            Entry(Right.WATCH, "overview", "/console"),
            Entry(Right.WATCH, "terminals", "/console/terminals"),
            Entry(Right.CARRY, "carry", "/console/carry"),
            Entry(Right.WATCH, "extensions", "/console/extensions"),
            Entry(Right.SANDBOX, "sms", "/sandbox/sms", whole=True),
            Entry(Right.SANDBOX, "developer", "/sandbox/developer", whole=True),
            Entry(Right.SANDBOX, "bank", "/sandbox/bank", whole=True),
        ),
    ),
    Group(
        "data",
        (
            Entry(Right.SHARING, "sharing", "/console/sharing"),
            Entry(Right.DATA, "sources", "/console/sources"),
            Entry(Right.READS, "reads", "/console/reads"),
        ),
    ),
    Group(
        "accounts",
        (
            Entry(Right.ACCOUNTS, "accounts", "/console/accounts"),
            Entry(Right.CONFIRM, "account_changes", "/console/account-changes"),
            Entry(Right.AUDIT, "audit", "/console/audit"),
        ),
    ),
)


def open_to(who: SignedIn) -> tuple[Group, ...]:
    """The groups in which this person has anything to do, each with the pages that open."""
    found = (Group(one.key, tuple(entry for entry in one.entries if _opens(entry, who))) for one in NAVIGATION)
    return tuple(one for one in found if one.entries)


def _opens(entry: Entry, who: SignedIn) -> bool:
    return who.may(entry.right) and not (entry.whole and len(who.region_prefix) > _PROVINCE_DIGITS)


_PROVINCE_DIGITS: Final = 2
