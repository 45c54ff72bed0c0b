"""What is known of one printer's jobs.

It outlives the driver, which is dropped and made anew when something goes wrong: a retry must not print twice because
somebody forgot.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.settlement import SettledJobs


@dataclass
class PrinterMemory:
    """Belongs to the printer on the table, not to the object that talks to it. Bounded as SettledJobs is."""

    settled: SettledJobs = field(default_factory=SettledJobs)
    underway: str | None = None
    """A job whose sending was begun and whose end nobody has told yet."""
    given_up: str | None = None
    """A job that may still be finished by the printer and answered later."""
    scrap: bool = False
    """Whether part of a job that was given up may hang under the head, where the next would be printed on it."""
