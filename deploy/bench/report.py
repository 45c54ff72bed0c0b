"""What a bench found, as data: figures, peers beside them, ratios, and the gates that must hold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict

Number = int | float


class Gate(BaseModel):
    """One bound: `what` is claimed, the `bound` it has, what was `measured`, and whether that is `ok`."""

    model_config = ConfigDict(frozen=True)

    what: str
    bound: str
    measured: Number | None
    ok: bool

    @classmethod
    def at_most(cls, what: str, measured: float, most: float, unit: str = "×") -> Gate:
        """A figure that must not be larger."""
        return cls(what=what, bound=f"≤ {most:g} {unit}", measured=round(measured, 3), ok=measured <= most)

    @classmethod
    def at_least(cls, what: str, measured: float, least: float, unit: str = "×") -> Gate:
        """A figure that must not be smaller."""
        return cls(what=what, bound=f"≥ {least:g} {unit}", measured=round(measured, 3), ok=measured >= least)

    @classmethod
    def missing(cls, what: str, bound: str) -> Gate:
        """A bound that could not be looked at here; that is no pass."""
        return cls(what=what, bound=bound, measured=None, ok=False)


class Report(BaseModel):
    """One run of one bench; design §4 fixes the shape."""

    model_config = ConfigDict(frozen=True)

    name: str
    scale: str
    figures: dict[str, Number | str]
    peers: dict[str, dict[str, Number | str]] = {}
    ratios: dict[str, Number] = {}
    gates: tuple[Gate, ...]

    @property
    def ok(self) -> bool:
        """Whether every gate holds."""
        return all(gate.ok for gate in self.gates)

    def record(self) -> dict[str, object]:
        """The report as JSON values."""
        return {**self.model_dump(mode="json"), "ok": self.ok}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def middle_ms(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return round(median(seconds) * 1000, 2)
