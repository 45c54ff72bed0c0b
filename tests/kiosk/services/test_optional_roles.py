"""The roles a terminal may have besides the three it must: over their real drivers and simulated other ends."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

import pytest

from drivers.health import State
from drivers.simulation import simulate
from kiosk.doors import ManualDoor, ThreadDoor
from kiosk.services.roles import Slot, made
from kiosk.settings import DeviceSetting

BOUND_S: Final = 20.0


@pytest.mark.parametrize(("role", "kind"), [("ups", "power"), ("door", "digital_line")])
def test_a_role_whose_driver_never_answers_turns_to_unknown(role: str, kind: str) -> None:
    with simulate(kind).start() as simulation:
        setting = DeviceSetting(role, kind, None, simulation.link, {})
        delivered: SimpleQueue[Callable[[], None]] = SimpleQueue()
        door = ThreadDoor(role, delivered.put)
        slot = Slot(role, setting, door, changed=lambda _role, _ready: None)
        try:
            slot.check(BOUND_S)
            settle(delivered, slot)
            assert slot.health.state is State.ready
            simulation.device.fault("silent")
            slot.check(0.05)
            settle(delivered, slot)
            assert slot.health.code == f"{role}.late"
            assert str(slot.health.state) == "unknown"
        finally:
            slot.close()


def settle(delivered: SimpleQueue[Callable[[], None]], slot: Slot) -> None:
    """Runs what comes back on this thread, as the screen's would, until the role is free again."""
    while slot.busy:
        delivered.get(timeout=BOUND_S)()


def test_the_door_is_made_with_its_own_health() -> None:
    with simulate("digital_line").start("gpio") as simulation:
        setting = DeviceSetting("door", "digital_line", "gpio", simulation.link, {})
        slot = Slot("door", setting, door := ManualDoor(), changed=lambda _role, _ready: None, make=made)
        simulation.device.fault("active")
        slot.check(5.0)
        door.turn_all()
        assert slot.health.code == "door.open"
        slot.close()
        door.turn_all()
