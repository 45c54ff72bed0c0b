"""What a kind of device can be, as one table, and what is known of one device: the code, and since when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.health import Cause, Health, State

Verdict = tuple[State, Cause | None]


def utc_now() -> datetime:
    """The clock that dates a health where no other is given."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Diagnosis:
    """The table of one kind: each name has a verdict here, a text for the resident and one for the technician."""

    kind: str
    verdicts: Mapping[str, Verdict]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a device of this kind can be."""
        return tuple(self.verdicts)

    def health(self, name: str, since: datetime) -> Health:
        """The health with this name, one of `names`."""
        state, cause = self.verdicts[name]
        code = f"{self.kind}.{name}"
        return Health(state, cause, code, f"{code}.resident", f"{code}.technician", since)


class Chart:
    """What one driver last knew of its device; `since` moves only when the code does."""

    def __init__(self, diagnosis: Diagnosis, now: Callable[[], datetime], first: str) -> None:
        self._diagnosis = diagnosis
        self._now = now
        self.health = diagnosis.health(first, now())

    def know(self, name: str) -> Health:
        """Takes in what the device has shown, and hands back the health to tell."""
        found = self._diagnosis.health(name, self._now())
        if found.code != self.health.code:
            self.health = found
        return self.health
