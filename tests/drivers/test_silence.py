"""Whatever happens at the other end, health is told within a bound, silence is never fine, and devices recover."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from drivers.health import Health, State
from drivers.registry import make_device
from drivers.simulation import SimulatedDevice, simulate

OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "power": {"answer_s": 0.4},
    "audio": {"patience_s": 0.8},
    "digital_line": {"settle_s": 0.001},
}
BOUND_S: Final = 10.0
"""Far beyond every deadline of these drivers: only a call that does not end at all fails by it."""
SILENCES: Final = {
    "power": ("silent", "unplugged"),
    "audio": ("hangs", "unplugged"),
    "digital_line": ("silent", "unplugged"),
}
SITUATIONS: Final = [(kind, situation) for kind in OPTIONS for situation in simulate(kind).device.situations]


@dataclass
class Stand:
    device: SimulatedDevice
    driver: Any

    def health(self) -> Health:
        began = time.monotonic()
        health: Health = self.driver.health()
        assert time.monotonic() - began < BOUND_S
        return health


@pytest.fixture
def stand() -> Iterator[Callable[[str], Stand]]:
    ends: list[Callable[[], None]] = []

    def on(kind: str) -> Stand:
        simulation = simulate(kind).start()
        ends.append(simulation.stop)
        driver = make_device(kind, None, simulation.link, **OPTIONS[kind])
        driver.open()
        ends.append(driver.close)
        return Stand(simulation.device, driver)

    yield on
    for end in reversed(ends):
        end()


@pytest.mark.parametrize(("kind", "situation"), SITUATIONS)
def test_every_situation_is_told_within_a_bound_and_passes(
    stand: Callable[[str], Stand], kind: str, situation: str
) -> None:
    there = stand(kind)
    assert there.health().state is State.ready
    there.device.happen(situation)
    for _ in range(4):
        there.health()
    there.device.clear()
    assert there.health().state is State.ready


@pytest.mark.parametrize(("kind", "fault"), [(kind, fault) for kind, faults in SILENCES.items() for fault in faults])
def test_silence_is_never_fine(stand: Callable[[str], Stand], kind: str, fault: str) -> None:
    there = stand(kind)
    assert there.health().state is State.ready
    there.device.fault(fault)
    health = there.health()
    assert health.state in (State.unknown, State.absent, State.failed)
    assert there.health() == health, "the same silence is the same trouble, since the same moment"
