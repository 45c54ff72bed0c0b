"""How a print job ends: three outcomes that every printer shares, and the memory against printing twice."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from drivers.health import Health

_JOBS_REMEMBERED: Final = 256


@dataclass(frozen=True)
class Printed:
    """The printer itself said, after the last byte, that it is through the job and well."""


@dataclass(frozen=True)
class NotPrinted:
    """The job is not (or not whole) on the paper and will not come later; the same job may be tried again."""

    health: Health


@dataclass(frozen=True)
class CannotKnow:
    """The job may be on the paper or not; the same job is never sent again, a copy needs a job of its own."""

    health: Health


PrintResult = Printed | NotPrinted | CannotKnow


class SettledJobs:
    """The last jobs that were or may have been printed, by id, as long as their driver lives.

    Past its bound the terminal's own record decides; a job that was surely not printed is free to be tried again.
    """

    def __init__(self, limit: int = _JOBS_REMEMBERED) -> None:
        self._limit = limit
        self._results: OrderedDict[str, PrintResult] = OrderedDict()

    def get(self, job: str) -> PrintResult | None:
        """What became of this job, or None where it may be sent."""
        return self._results.get(job)

    def keep(self, job: str, result: PrintResult) -> PrintResult:
        """Remember what must not be sent again, and hand the result back."""
        if not isinstance(result, NotPrinted):
            self._results[job] = result
            while len(self._results) > self._limit:
                self._results.popitem(last=False)
        return result
