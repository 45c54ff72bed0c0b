"""Where the current comes from."""

from __future__ import annotations

from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import health_record, of_health
from drivers.power.port import PowerSupply, PowerUnknown
from drivers.power.record import to_record
from drivers.texts import text


def read(supply: PowerSupply, _: Asked) -> Reading:
    """What the supply says of mains and battery; a person is told its health, which says the same in a sentence."""
    said = supply.read()
    unknown = isinstance(said, PowerUnknown)
    health = said.health if isinstance(said, PowerUnknown) else supply.health()
    told = of_health(health)
    record = {**to_record(said), "health": health_record(health)}
    return Reading(record, told.lines, failed=text(health.technician) if unknown else told.failed)
