"""Every act in every state: what is not in the table is refused, and what is settled stays settled."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub.casework.state import OPEN, SETTLED, TRANSITIONS, IllegalTransition, Kind, after, may
from offline.wire.changes import CASE_STATES, CaseState

KINDS: tuple[Kind, ...] = get_args(Kind)
ACTS = st.sampled_from(sorted(TRANSITIONS))


def test_every_act_begins_somewhere_and_two_acts_alone_move_what_is_settled() -> None:
    assert set(CASE_STATES) == OPEN | SETTLED
    for act, found in TRANSITIONS.items():
        assert found.begins, act
        assert found.by, act
        opens = {"revoke": {"approved"}, "ask_review": {"refused"}}.get(act, set())
        assert set(found.begins & SETTLED) == opens, act
        assert set(found.ends) <= set(CASE_STATES)


def test_every_open_state_can_come_to_an_end_and_every_state_can_be_reached() -> None:
    reached: set[str] = {"received"}
    for _ in CASE_STATES:
        for found in TRANSITIONS.values():
            if found.begins & reached:
                reached |= set(found.ends)
    assert reached == set(CASE_STATES)


@pytest.mark.parametrize(
    ("state", "act", "by"),
    [
        ("approved", "clerk_refuse", "clerk"),
        ("received", "clerk_approve", "clerk"),
        ("in_review", "clerk_approve", "rule"),
        ("in_review", "lapse", "clock"),
        ("in_review", "no_such_act", "clerk"),
    ],
)
def test_an_act_that_does_not_fit_is_a_typed_error(state: CaseState, act: str, by: Kind) -> None:
    assert not may(state, act, by)
    with pytest.raises(IllegalTransition) as caught:
        after(state, act, by)
    assert (caught.value.state, caught.value.act, caught.value.kind) == (state, act, by)


def test_an_act_with_several_ends_has_to_be_told_which() -> None:
    assert after("waiting", "lapse", "clock", "refused") == "refused"
    wrongs: tuple[CaseState | None, ...] = (None, "approved")
    for wrong in wrongs:
        with pytest.raises(IllegalTransition):
            after("waiting", "lapse", "clock", wrong)


class CaseMachine(RuleBasedStateMachine):
    """A case to which anybody tries anything."""

    def __init__(self) -> None:
        super().__init__()
        self.state: CaseState = "received"
        self.journal: list[tuple[CaseState, str, CaseState]] = []

    @rule(act=ACTS, by=st.sampled_from(KINDS), to=st.none() | st.sampled_from(CASE_STATES))
    def tries(self, act: str, by: Kind, to: CaseState | None) -> None:
        allowed = may(self.state, act, by)
        try:
            goal = after(self.state, act, by, to)
        except IllegalTransition:
            assert not allowed or to is not None or len(TRANSITIONS[act].ends) > 1
            return
        assert allowed
        self.journal.append((self.state, act, goal))
        self.state = goal

    @invariant()
    def the_journal_tells_the_state(self) -> None:
        """Each entry begins where the one before it ended, and a settled case has nothing after it but the two acts."""
        here: CaseState = "received"
        for begins, act, ends in self.journal:
            assert begins == here
            assert begins not in SETTLED or act in ("revoke", "ask_review")
            here = ends
        assert here == self.state


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(max_examples=40, stateful_step_count=20)
