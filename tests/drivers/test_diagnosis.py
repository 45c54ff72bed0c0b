"""What is known of a device: one table a kind, and since when it is so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from drivers.diagnosis import Chart, Diagnosis
from drivers.health import Cause, Health, State

KETTLE: Final = Diagnosis("kettle", {"ready": (State.ready, None), "dry": (State.failed, Cause.person)})
MORNING: Final = datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_a_health_carries_its_code_and_the_ids_of_its_two_texts() -> None:
    assert KETTLE.health("dry", MORNING) == Health(
        State.failed, Cause.person, "kettle.dry", "kettle.dry.resident", "kettle.dry.technician", MORNING
    )
    assert KETTLE.names == ("ready", "dry")


def test_since_stays_while_the_code_does_and_moves_with_it() -> None:
    now = MORNING
    chart = Chart(KETTLE, lambda: now, "ready")
    now += timedelta(minutes=1)
    assert chart.know("ready").since == MORNING
    assert chart.know("dry").since == now
    now += timedelta(minutes=1)
    assert chart.know("dry").since == now - timedelta(minutes=1)
    assert chart.health.code == "kettle.dry"
