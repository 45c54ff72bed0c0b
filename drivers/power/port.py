"""What the terminal wants of its power supply: whether the mains are there, and how long the battery lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.health import Health


@dataclass(frozen=True)
class Battery:
    """What the supply says of its battery; None where it does not say."""

    charge_percent: float | None = None
    runtime_s: float | None = None


@dataclass(frozen=True)
class OnMains:
    """The mains are there; the battery waits or is being charged."""

    battery: Battery


@dataclass(frozen=True)
class OnBattery:
    """The mains are gone and the battery carries the terminal."""

    battery: Battery


@dataclass(frozen=True)
class BatteryLow:
    """The mains are gone and the battery is about to be empty: minutes or less are left."""

    battery: Battery


@dataclass(frozen=True)
class PowerUnknown:
    """Nobody can say; never to be taken for OnMains. `health` says why."""

    health: Health


PowerState = OnMains | OnBattery | BatteryLow | PowerUnknown


class PowerSupply(Protocol):
    """A supply with a battery. Every call ends within the driver's deadlines; a call out of order raises WrongState."""

    def open(self) -> None:
        """Take the link; raises LinkRefused, which says what to do."""

    def read(self) -> PowerState:
        """Ask now where the power comes from."""

    def health(self) -> Health:
        """Ask now how the supply is: on battery it is `limited`, because of its surroundings."""

    def close(self) -> None:
        """Give the link back; harmless when repeated."""
