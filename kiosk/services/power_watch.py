"""From what the power supply says to what is believed of the power: blips are waited out, silence is bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.health import Health, State
from kiosk.journey.power import Power
from kiosk.services.roles import Slot

_ON_BATTERY: Final = "power.on_battery"
_BATTERY_LOW: Final = "power.battery_low"
_SAYS_NOTHING: Final = (State.unknown, State.absent)


@dataclass(frozen=True)
class Patience:
    """How long something must be said before it is believed; all of them settings."""

    poll_s: float
    cut_s: float  # a blip shorter than this is no power cut
    back_s: float  # mains that flicker are not back
    silent_s: float  # a supply that fell silent on battery is believed to be on battery for so long


def power_of(health: Health) -> Power | None:
    """What a supply's health says of the power; None where nobody can say."""
    if health.state in _SAYS_NOTHING:
        return None
    return {_ON_BATTERY: Power.BATTERY, _BATTERY_LOW: Power.LOW}.get(health.code, Power.MAINS)


class PowerWatch:
    """Asks the supply every `poll_s`; `changed` is told once what is now believed."""

    def __init__(
        self,
        slot: Slot,
        changed: Callable[[Power], None],
        patience: Patience,
        *,
        deadline_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._slot = slot
        self._changed = changed
        self._patience = patience
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._next = monotonic()
        self._heard: Power | None = None
        self._since = monotonic()
        self.power = Power.MAINS

    def tick(self) -> None:
        """Asks where it is time to, and believes what has been said long enough."""
        now = self._monotonic()
        heard = power_of(self._slot.health)
        if heard is not self._heard:
            self._heard, self._since = heard, now
        believed = self._believed(now - self._since)
        if now >= self._next:
            self._next = now + self._patience.poll_s
            self._slot.check(self._deadline_s)
        if believed is not self.power:
            self.power = believed
            self._changed(believed)

    def _believed(self, for_s: float) -> Power:
        match self._heard:
            case None:
                return Power.MAINS if for_s >= self._patience.silent_s else self.power
            case Power.MAINS:
                return Power.MAINS if for_s >= self._patience.back_s else self.power
            case Power.BATTERY:
                # A battery that was low and is not any more is still a battery.
                return Power.BATTERY if for_s >= self._patience.cut_s else self.power
            case Power.LOW:
                return Power.LOW
