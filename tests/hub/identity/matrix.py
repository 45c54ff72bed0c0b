"""Who may use which address of the hub, inside and outside of the division: one row for every route.

This is the agreement, written by hand; the test holds the application to it. A route that is not here fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

STAFF: Final = ("operator", "clerk", "technician", "system_admin", "business_admin", "auditor", "data_officer")


class Who(Enum):
    """Whose address it is."""

    ANYONE = auto()  # any phone, any program
    STAFF = auto()
    TERMINAL = auto()  # any enrolled one
    ITSELF = auto()  # the terminal that the address names
    PARTY = auto()  # whoever signs with a key that the hub knows; nothing else admits anybody


class Beyond(Enum):
    """What somebody of another division meets who may otherwise do this."""

    NOTHING_THERE = auto()  # the same word as for what does not exist
    LEFT_OUT = auto()  # a list without it
    REFUSED = auto()
    SAME = auto()  # it is of no division


@dataclass(frozen=True, slots=True)
class Row:
    """One route: whose it is, which roles do it, and what the form of the test says."""

    who: Who
    roles: frozenset[str] = frozenset()
    beyond: Beyond = Beyond.SAME
    form: Mapping[str, str] = field(default_factory=dict)
    sees: str = ""  # of the ground: what an insider reads and an outsider must not
    everywhere: bool = False  # only for accounts of a whole province


def _staff(roles: str, beyond: Beyond, sees: str = "", *, everywhere: bool = False, **form: str) -> Row:
    return Row(Who.STAFF, frozenset(roles.split()), beyond, form, sees, everywhere)


_ANYONE: Final = Row(Who.ANYONE)
_TERMINAL: Final = Row(Who.TERMINAL)
_ITSELF: Final = Row(Who.ITSELF)
_PARTY: Final = Row(Who.PARTY)
_ALL: Final = " ".join(STAFF)
_WATCH: Final = "operator clerk technician business_admin"
_CASES: Final = "operator clerk business_admin"
_CARRY: Final = "operator clerk technician"
_CARE: Final = "operator technician"
_GONE, _LEFT, _SAME, _NO = Beyond.NOTHING_THERE, Beyond.LEFT_OUT, Beyond.SAME, Beyond.REFUSED

MATRIX: Final[Mapping[str, Row]] = {
    "GET /openapi.json": _ANYONE,
    "GET /static": _ANYONE,
    "GET /healthz": _ANYONE,
    "GET /readyz": _ANYONE,
    "GET /metrics": _ANYONE,
    # terminals
    "POST /v1/enrolments": _PARTY,
    "GET /v1/terminals/{terminal_id}/changes": _ITSELF,
    "POST /v1/terminals/{terminal_id}/events": _ITSELF,
    "POST /v1/terminals/{terminal_id}/heartbeats": _ITSELF,
    "POST /v1/terminals/{terminal_id}/credentials": _ITSELF,
    "POST /v1/terminals/{terminal_id}/lookups": _ITSELF,
    "POST /v1/terminals/{terminal_id}/prefill": _ITSELF,
    "POST /v1/terminals/{terminal_id}/bell": _ITSELF,
    "GET /v1/terminals/{terminal_id}/bell": _ITSELF,
    "GET /v1/blobs/{sha256}": _TERMINAL,
    "PUT /v1/blobs/{sha256}": _TERMINAL,
    "GET /v1/claims/{code}": _TERMINAL,
    "GET /v1/slips/{tail}": _TERMINAL,
    "GET /v1/papers/{sha256}": _TERMINAL,
    # anyone's phone
    "GET /verify/{code}": _ANYONE,
    "GET /verify/cert/{identifier}": _ANYONE,
    "GET /verify/chain": _ANYONE,
    "GET /verify/chain/{n}": _ANYONE,
    "GET /verify/project/{code}": _ANYONE,
    "GET /verify/seals": _ANYONE,
    "GET /verify/seals.crl": _ANYONE,
    "GET /review/{code}": _ANYONE,
    "POST /review/{code}": _ANYONE,
    "GET /rate/{code}": _ANYONE,
    "POST /rate/{code}": _ANYONE,
    "GET /indicators": _ANYONE,
    "GET /pay/{token}": _ANYONE,
    "POST /pay/{token}": _ANYONE,
    # parties, and the sandbox's own
    "POST /v1/vouchers/readings": _PARTY,
    "POST /v1/payments/notices": _PARTY,
    "POST /v1/nodes/questions": _PARTY,
    "POST /v1/nodes/sharing": _PARTY,
    "POST /sandbox/time-stamps": _ANYONE,
    "GET /sandbox/cashier/{key}": _ANYONE,
    "POST /sandbox/cashier/{key}": _ANYONE,
    "GET /sandbox/bank": _staff("operator", _NO, everywhere=True),
    "POST /sandbox/bank": _staff("operator", _NO, everywhere=True, reader="demo-rural-bank", voucher="x"),
    "POST /sandbox/courier": _staff("operator", _NO, everywhere=True, manner="well"),
    "GET /sandbox/sms": _staff("operator", _NO, everywhere=True),
    "POST /sandbox/sms": _staff("operator", _NO, everywhere=True, manner="well"),
    "GET /sandbox/developer": _staff("operator", _NO, everywhere=True),
    "POST /sandbox/developer": _staff("operator", _NO, everywhere=True, manner="well"),
    "POST /sandbox/developer/lists": _staff("operator", _NO, everywhere=True, project="XM0000000014"),
    "POST /sandbox/parties/{party}": _staff("operator", _NO, everywhere=True, manner="well"),
    "POST /sandbox/sources/{source}": _staff("operator", _NO, everywhere=True, manner="well"),
    # one's own account
    "GET /console/login": _ANYONE,
    "POST /console/login": _ANYONE,
    "POST /console/logout": _staff(_ALL, _SAME),
    "GET /console/login/province": _ANYONE,
    "GET /console/login/province/back": _ANYONE,
    "GET /console/login/province/out": _ANYONE,
    "GET /console/login/code": _ANYONE,
    "POST /console/login/code": _ANYONE,
    "GET /console/login/enrolment": _ANYONE,
    "POST /console/login/enrolment": _ANYONE,
    "GET /console/login/enrolment/qr.svg": _ANYONE,
    "GET /console/account": _staff(_ALL, _SAME),
    "POST /console/account/password": _staff(_ALL, _SAME, old="", new="short"),
    # accounts, and who watches them
    "GET /console/accounts": _staff("system_admin", _LEFT, "account"),
    "POST /console/accounts": _staff("system_admin", _NO, name="xin", role="clerk", region="440981102999"),
    "POST /console/accounts/change": _staff("system_admin", _GONE, name="cungan", act="open"),
    "GET /console/account-changes": _staff("business_admin", _LEFT, "begun"),
    "POST /console/account-changes/{change}": _staff("business_admin", _GONE, act="refuse"),
    "GET /console/audit": _staff("auditor", _LEFT, "extension"),
    "GET /console/audit.csv": _staff("auditor", _LEFT, "extension"),
    # the console
    "GET /console": _staff(_WATCH, _LEFT, "terminal_id"),
    "GET /console/terminals": _staff(_WATCH, _LEFT, "terminal_id"),
    "GET /console/terminals.json": _staff(_WATCH, _LEFT, "terminal_id"),
    "GET /console/terminals/{terminal_id}": _staff(_WATCH, _GONE, "terminal_id"),
    "POST /console/terminals/{terminal_id}/readmission": _staff(_CARE, _GONE, code="BBBBBBBB"),
    "POST /console/terminals/{terminal_id}/revocation": _staff(_CARE, _GONE),
    "POST /console/terminals/{terminal_id}/alarms": _staff(_CARE, _GONE, chain="terminal", kind="head_other"),
    "POST /console/terminals/{terminal_id}/parked": _staff(_CARE, _GONE, event_id="0" * 36, chain="terminal"),
    "GET /console/cases": _staff(_CASES, _LEFT, "number"),
    "GET /console/cases.json": _staff(_CASES, _LEFT, "number"),
    "GET /console/cases/export.json": _staff(_CASES, _LEFT, "number"),
    "GET /console/cases/{number}": _staff(_CASES, _GONE, "number"),
    "GET /console/carry": _staff(_CARRY, _LEFT, "terminal_id"),
    "POST /v1/carry": _staff(_CARRY, _NO),
    "GET /console/carry/{terminal_id}/answers": _staff(_CARRY, _GONE),
    "GET /console/extensions": _staff(_WATCH, _LEFT, "extension"),
    "POST /console/extensions": _staff(
        "operator business_admin", _NO, region="440981102", first="2026-11-20", last="2026-11-24", reason="台风"
    ),
    "POST /console/extensions/{extension_id}": _staff("operator business_admin", _NO, reason="填错了"),
    "GET /console/indicators": _staff(_CASES, _LEFT, "item"),
    "GET /console/loans": _staff(_CASES, _SAME),
    "GET /console/board": _staff(_CASES, _SAME),
    "GET /console/board.json": _staff(_CASES, _SAME),
    "GET /console/rechecks": _staff("operator business_admin", _LEFT, "number"),
    "POST /console/rechecks/{number}": _staff("operator business_admin", _GONE, done="已上门核对"),
    "GET /console/payments": _staff("operator business_admin", _NO, everywhere=True),
    "POST /console/payments/reconcile": _staff("operator", _NO, everywhere=True, day="2026-11-20"),
    "POST /console/payments/sandbox": _staff(
        "operator", _NO, everywhere=True, notice="prompt", query="right", refund="right", statement="right"
    ),
    # data
    "GET /console/sources": _staff("operator business_admin data_officer", _SAME),
    "GET /console/sources/{source}": _staff("operator business_admin data_officer", _LEFT, "found_for"),
    "POST /console/sources/{source}/mount": _staff(
        "data_officer", _NO, everywhere=True, mounted="true", reason="已接通"
    ),
    "POST /console/contradictions/{contradiction}": _staff("data_officer", _GONE),
    "GET /console/sharing": _staff("data_officer", _SAME),
    "POST /console/sharing": _staff(
        "data_officer",
        _NO,
        everywhere=True,
        act="withdraw",
        purpose="pension-qualification",
        source="pension",
        fields="scheme",
        reason="不再需要",
    ),
    "GET /console/reads": _staff("auditor data_officer", _LEFT, "number"),
    # the desk
    "POST /desk/cases/{number}/data": _staff("clerk", _GONE),
    "GET /desk": _staff("clerk", _LEFT, "number"),
    "GET /desk/cases/{number}": _staff("clerk", _GONE, "number"),
    "POST /desk/bells/{bell_id}": _staff("clerk", _GONE, act="coming"),
    "GET /desk/cases/{number}/taken.jpg": _staff("clerk", _GONE),
    "GET /desk/cases/{number}/card.png": _staff("clerk", _GONE),
    "GET /desk/cases/{number}/attachments/{attachment_id}": _staff("clerk", _GONE),
    "POST /desk/cases/{number}/attachments/{attachment_id}/refusal": _staff("clerk", _GONE, reason="看不清"),
    "POST /desk/cases/{number}/decision": _staff("clerk", _GONE, outcome="visit", reason="请到窗口来"),
    "POST /desk/cases/{number}/recheck": _staff("clerk", _GONE, word="right"),
    "POST /desk/cases/{number}/course": _staff("clerk", _GONE, act="note", reason="已去看过"),
    "POST /desk/cases/{number}/delivery": _staff("clerk", _GONE, act="ready"),
    "POST /desk/cases/{number}/seal": _staff("clerk", _GONE, typed="00000", code="000000"),
    "POST /desk/cases/{number}/certificate": _staff("clerk", _GONE, act="suspended", identifier="1.2.3", reason="核对"),
    "POST /desk/cases/{number}/refund": _staff("clerk", _GONE, reason="重复缴费"),
    "POST /desk/cases/{number}/rating": _staff("clerk", _GONE, level="2", said="等太久"),
    "GET /desk/seals": _staff("clerk", _LEFT, "seal"),
    "POST /desk/seals/check": _staff("clerk", _SAME),
    "GET /desk/payments": _staff("clerk", _LEFT, "order"),
    "POST /desk/payments/{ticket}/close": _staff("clerk", _GONE, done="已核对"),
    "GET /desk/calls": _staff("clerk", _LEFT, "number"),
    "POST /desk/calls/{notice_id}": _staff("clerk", _GONE, answer="reached"),
    "GET /desk/ratings": _staff("clerk", _LEFT, "rating_link"),
    "GET /desk/ratings/{ticket_id}": _staff("clerk", _GONE),
    "POST /desk/ratings/{ticket_id}": _staff("clerk", _GONE, act="reached", words="已说明"),
}
