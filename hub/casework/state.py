"""The one state machine of cases, as data: which act leads from which state to which, and who may do it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hub.trouble import HubTrouble
from offline.wire.changes import CaseState

Kind = Literal["applicant", "rule", "clerk", "clock", "party"]
"""Who acts: who applied, the item's rule, a clerk, the passing of time, an outside party."""
OPEN: Final[frozenset[CaseState]] = frozenset(("received", "in_review", "waiting"))
SETTLED: Final[frozenset[CaseState]] = frozenset(("approved", "refused", "withdrawn"))
_WITH_PEOPLE: Final[frozenset[CaseState]] = frozenset(("in_review", "waiting"))
_NEW: Final[frozenset[CaseState]] = frozenset(("received",))
_REVIEW: Final[frozenset[CaseState]] = frozenset(("in_review",))
_BEFORE: Final[frozenset[CaseState]] = frozenset(("received", "in_review"))
_REFUSED: Final[frozenset[CaseState]] = frozenset(("refused",))
_WAITING: Final[frozenset[CaseState]] = frozenset(("waiting",))


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and under which name; a resident has none here."""

    kind: Kind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act leads where; one without a goal changes no state, one with several is told which."""

    begins: frozenset[CaseState]
    ends: tuple[CaseState, ...]
    by: frozenset[Kind]


class IllegalTransition(HubTrouble):
    """The act does not fit the state the case is in, or is not this actor's to do."""

    def __init__(self, state: str, act: str, kind: str) -> None:
        super().__init__(
            f"办件在“{state}”时，{kind} 不能做“{act}”。The act does not fit the case's state.",
            "请刷新页面，看办件现在的状态再办。Look at the case again.",
        )
        self.state, self.act, self.kind = state, act, kind


def _may(begins: frozenset[CaseState], ends: tuple[CaseState, ...], *by: Kind) -> Transition:
    return Transition(begins, ends, frozenset(by))


TRANSITIONS: Final[Mapping[str, Transition]] = {
    # The rule.
    "rule_approve": _may(_NEW, ("approved",), "rule"),
    "rule_manual": _may(_NEW, ("in_review",), "rule"),
    "rule_refuse": _may(_NEW, ("refused",), "rule"),
    "await_papers": _may(_NEW, ("waiting",), "rule"),
    "await_payment": _may(_NEW, ("waiting",), "rule"),
    "await_source": _may(_NEW, ("waiting",), "rule"),
    "await_parties": _may(_NEW, ("waiting",), "rule"),
    "await_word": _may(_BEFORE, ("waiting",), "rule", "clerk"),  # somebody's word, until it is joined to its case
    # A clerk.
    "clerk_approve": _may(_WITH_PEOPLE, ("approved",), "clerk"),
    "clerk_refuse": _may(_WITH_PEOPLE, ("refused",), "clerk"),
    "clerk_visit": _may(_REVIEW, ("waiting",), "clerk"),
    "ask_papers": _may(_REVIEW, ("waiting",), "clerk"),
    "vouch": _may(_REVIEW, ("received",), "clerk"),  # a person has looked: the rule, not asked yet, has its say now
    "pause": _may(_REVIEW, (), "clerk"),  # a special procedure: nothing is asked of who applied, so nobody "waits"
    "resume": _may(_REVIEW, (), "clerk"),
    "transfer": _may(OPEN, (), "clerk", "rule"),
    "hand_over": _may(_WITH_PEOPLE, (), "clerk"),
    "revoke": _may(frozenset(("approved",)), ("withdrawn",), "clerk"),  # with its money; nothing else leaves an end
    "note": _may(_WITH_PEOPLE, (), "clerk"),
    # Who applied.
    "apply_again": _may(_WAITING, ("withdrawn",), "applicant"),
    "withdraw": _may(OPEN, ("withdrawn",), "applicant"),
    "bring_paper": _may(OPEN, (), "applicant", "clerk"),
    "papers_complete": _may(_WAITING, ("received", "in_review"), "applicant", "clerk"),
    # The one act that opens what was settled: once, and only of what a rule alone has refused (hub/reviews).
    # A clerk asks where a re-check (hub/rechecks) found the rule wrong.
    "ask_review": _may(_REFUSED, ("in_review",), "applicant", "clerk"),
    # An outside party.
    "payment_made": _may(_WAITING, ("received",), "party"),
    "source_back": _may(_WAITING, ("received",), "party"),
    "list_came": _may(_REVIEW, ("received",), "party"),  # a developer has put its delivery list right
    # Those without whose yes nothing is decided.
    "parties_agreed": _may(_WAITING, ("received",), "party"),
    "party_refused": _may(_WAITING, ("refused",), "party"),
    "await_outside": _may(_BEFORE, ("waiting",), "rule", "clerk"),  # approved here, and handed to an outside party
    "outside_done": _may(_WAITING, ("approved",), "party"),
    "outside_refused": _may(_WAITING, ("refused",), "party"),
    "word_counted": _may(_WAITING, ("approved",), "party"),
    "word_void": _may(_WAITING, ("refused",), "party"),
    # Time. An extension of a region moves no case: it stands beside the pauses on each case's page.
    "remind": _may(_WAITING, (), "clock"),
    "lapse": _may(_WAITING, ("refused", "withdrawn"), "clock"),
    # The parts of a theme, joined; one that comes after another that came to nothing is void.
    "part_void": _may(OPEN, ("withdrawn",), "rule"),
    "join": _may(OPEN, ("received", "in_review", "waiting", "approved", "refused", "withdrawn"), "rule"),
}
"""Every act there is. To file a case is not among them: a case begins as `received`, and with it its journal."""


def after(state: CaseState, act: str, by: Kind, to: CaseState | None = None) -> CaseState:
    """The state after an act; raises IllegalTransition."""
    found = TRANSITIONS.get(act)
    if found is None or state not in found.begins or by not in found.by:
        raise IllegalTransition(state, act, by)
    if not found.ends:
        goal: CaseState = state
    elif to is None and len(found.ends) == 1:
        (goal,) = found.ends
    elif to in found.ends:
        goal = to
    else:
        raise IllegalTransition(state, act, by)
    if to is not None and goal != to:
        raise IllegalTransition(state, act, by)
    return goal


def may(state: str, act: str, by: Kind) -> bool:
    """Whether an act is open to somebody now; what pages offer."""
    found = TRANSITIONS.get(act)
    return found is not None and state in found.begins and by in found.by
