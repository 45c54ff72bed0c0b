"""What a health may say at all, and what may still be told of a device that was not heard of for a while."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.health import NOT_HEARD, Cause, Health, State, aged

SINCE = datetime(2026, 11, 25, tzinfo=UTC)
LATER = datetime(2026, 11, 26, tzinfo=UTC)
WELL = Health(State.ready, None, "x.ready", "x.ready.resident", "x.ready.technician", SINCE)


@pytest.mark.parametrize("state", [State.failed, State.absent])
def test_a_device_that_is_broken_or_gone_is_so_for_somebodys_fault(state: State) -> None:
    with pytest.raises(ValueError, match=r"x\.broken"):
        Health(state, None, "x.broken", "", "", SINCE)
    Health(state, Cause.device, "x.broken", "", "", SINCE)


def test_a_device_not_heard_of_for_too_long_is_unknown_from_then_on() -> None:
    assert aged(WELL, 10.0, 10.0, LATER) is WELL
    old = aged(WELL, 10.1, 10.0, LATER)
    assert (old.state, old.code, old.since) == (State.unknown, NOT_HEARD, LATER)
    assert aged(old, 99.0, 10.0, SINCE) is old
