"""Whether a line is closed: a door, a sensor."""

from __future__ import annotations

from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import health_record
from drivers.digital_line.port import Active, DigitalLine, LineUnknown
from drivers.texts import text


def read(line: DigitalLine, _: Asked) -> Reading:
    """Active, inactive, or why nobody knows."""
    said = line.read()
    if isinstance(said, LineUnknown):
        record = {"active": None, "health": health_record(said.health)}
        return Reading(record, failed=text(said.health.technician))
    active = isinstance(said, Active)
    told = "接通。Active." if active else "断开。Inactive."
    return Reading({"active": active, "health": health_record(line.health())}, (told,))
