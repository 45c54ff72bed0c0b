"""The memory of print jobs that keeps a retry from printing twice."""

from __future__ import annotations

from datetime import UTC, datetime

from drivers.health import Health, State
from drivers.settlement import CannotKnow, NotPrinted, Printed, SettledJobs

ILL = Health(State.unknown, None, "p", "", "", datetime(2026, 11, 23, tzinfo=UTC))


def test_what_is_or_may_be_on_paper_is_remembered_and_what_is_not_may_be_tried_again() -> None:
    jobs = SettledJobs()
    assert jobs.keep("job-1", NotPrinted(ILL)) == NotPrinted(ILL)
    assert jobs.get("job-1") is None
    jobs.keep("job-1", CannotKnow(ILL))
    assert jobs.get("job-1") == CannotKnow(ILL)
    jobs.keep("job-1", Printed())
    assert jobs.get("job-1") == Printed()


def test_the_memory_is_bounded_and_forgets_the_oldest_first() -> None:
    jobs = SettledJobs(limit=2)
    for job in ("job-1", "job-2", "job-3"):
        jobs.keep(job, Printed())
    assert [jobs.get(job) for job in ("job-1", "job-2", "job-3")] == [None, Printed(), Printed()]
