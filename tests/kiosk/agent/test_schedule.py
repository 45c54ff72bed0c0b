"""When the agent does what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.agent.schedule import Schedule, Task

MOMENTS = st.floats(0, 1e6)


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_exactly_what_is_due_is_done_and_never_slept_through(
    drain: float, changes: float, beat: float, now: float
) -> None:
    schedule = Schedule(drain, changes, beat)
    due = schedule.due(now)
    assert set(due) == {task for task in Task if schedule.at(task) <= now}
    wait = schedule.next_wait_s(now, 0.5)
    assert 0 <= wait <= 0.5
    assert (wait == 0) == bool(due)


@given(st.sampled_from(Task), MOMENTS)
def test_moving_one_task_leaves_the_others(task: Task, at: float) -> None:
    moved = Schedule().later(task, at)
    assert moved.at(task) == at
    assert all(moved.at(other) == 0 for other in Task if other is not task)
