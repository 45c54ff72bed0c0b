"""Health and records as a look tells them."""

from __future__ import annotations

from typing import Any

from drivers.commands.reading.asked import Asked, Reading
from drivers.health import Health, State
from drivers.texts import text


def read(device: Any, _: Asked) -> Reading:
    """How the device is, for a kind of which there is nothing else to read."""
    return of_health(device.health())


def of_health(health: Health, *, lines: tuple[str, ...] = (), **more: Any) -> Reading:
    """The health as a look's result: failed where the device is not fit for use."""
    well = health.state in (State.ready, State.limited)
    sentence = text(health.technician)
    told = (*lines, sentence) if well else lines
    return Reading(health_record(health) | more, told, failed="" if well else sentence)


def of_fields(record: dict[str, Any], aside: str = "") -> Reading:
    """A record whose fields are told one a line."""
    lines = tuple(f"{name}: {value if value is not None else ''}" for name, value in record.items())
    return Reading(record, lines, aside=aside)


def health_record(health: Health) -> dict[str, Any]:
    """A health as JSON values, its texts beside their codes."""
    return {
        "state": health.state.value,
        "cause": None if health.cause is None else health.cause.value,
        "code": health.code,
        "resident": text(health.resident),
        "technician": text(health.technician),
        "since": health.since.isoformat(),
    }
