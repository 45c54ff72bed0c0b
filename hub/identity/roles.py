"""The roles of the staff and what each of them may do; system, business and audit are three different people's work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

OPERATOR: Final = "operator"
CLERK: Final = "clerk"
TECHNICIAN: Final = "technician"
SYSTEM_ADMIN: Final = "system_admin"
BUSINESS_ADMIN: Final = "business_admin"
AUDITOR: Final = "auditor"
DATA_OFFICER: Final = "data_officer"


class Right(StrEnum):
    """One kind of work at the hub; each route asks for one of them."""

    SELF = "self"  # one's own account, and nothing of anybody else
    WATCH = "watch"  # the overview, the terminals and their health
    CASES = "cases"  # reads cases with their explanation, masked
    INDICATORS = "indicators"
    CARRY = "carry"  # takes sticks in and gives answers out
    CARE = "care"  # lets terminals in, shuts them out, looks into alarms
    RECHECKS = "rechecks"  # reads what was found wrong at a re-check, and settles it
    EXTEND = "extend"  # gives a whole region more time
    MONEY = "money"  # reads the sums of a day
    RECONCILE = "reconcile"
    SANDBOX = "sandbox"  # says how the sandbox's parties behave
    DESK = "desk"  # decides cases, and so reads what residents sent for them
    ACCOUNTS = "accounts"  # closes accounts; begins to open and change them
    CONFIRM = "confirm"  # has take effect what was begun at an account
    AUDIT = "audit"  # reads who did what, and changes nothing
    SHARING = "sharing"  # approves who may read which data
    DATA = "data"  # sees the sources of data, how they stand and how good they are
    READS = "reads"  # reads who looked at whose data, and what for


RIGHTS: Final[Mapping[str, frozenset[Right]]] = {
    OPERATOR: frozenset(
        (
            *(Right.SELF, Right.WATCH, Right.CASES, Right.INDICATORS, Right.CARRY, Right.CARE),
            *(Right.EXTEND, Right.MONEY, Right.RECONCILE, Right.SANDBOX, Right.DATA, Right.RECHECKS),
        )
    ),
    CLERK: frozenset((Right.SELF, Right.WATCH, Right.CASES, Right.INDICATORS, Right.CARRY, Right.DESK)),
    TECHNICIAN: frozenset((Right.SELF, Right.WATCH, Right.CARRY, Right.CARE)),
    SYSTEM_ADMIN: frozenset((Right.SELF, Right.ACCOUNTS)),
    BUSINESS_ADMIN: frozenset(
        (
            *(Right.SELF, Right.WATCH, Right.CASES, Right.INDICATORS),
            *(Right.EXTEND, Right.MONEY, Right.DATA),
            *(Right.CONFIRM, Right.RECHECKS),
        ),
    ),
    AUDITOR: frozenset((Right.SELF, Right.AUDIT, Right.READS)),
    DATA_OFFICER: frozenset((Right.SELF, Right.SHARING, Right.DATA, Right.READS)),
}
"""What each role may do within its division."""

ROLES: Final = tuple(RIGHTS)

HOME: Final[Mapping[str, str]] = {
    CLERK: "/desk",
    OPERATOR: "/console",
    TECHNICIAN: "/console",
    BUSINESS_ADMIN: "/console",
    SYSTEM_ADMIN: "/console/accounts",
    AUDITOR: "/console/audit",
    DATA_OFFICER: "/console/sharing",
}
"""Where each role begins its work."""


ACCOUNT: Final = "/console/account"
"""One's own account, and the first page of a role that has no other."""


def home_of(role: str) -> str:
    """The page a role sees first."""
    return HOME.get(role, ACCOUNT)


def may(role: str, right: str) -> bool:
    """Whether a role includes a right; an unknown role, or right, includes nothing."""
    return right in RIGHTS.get(role, frozenset())


DIGITS: Final = (12, 9, 6, 4, 2)
"""How many digits all divisions below a village, a town, a county, a city and a province share."""


def region_prefix(code: str) -> str:
    """The digits that all divisions below a division share: province 2, city 4, county 6, town 9, village 12."""
    for length in DIGITS:
        if code[:length].ljust(12, "0") == code and code[length - (3 if length > 6 else 2) : length].strip("0"):
            return code[:length]
    return ""
