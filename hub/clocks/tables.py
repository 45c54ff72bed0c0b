"""What stops the clocks of cases: pauses of one case, and extensions of a whole region."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class CasePause(Base):
    """Days of a case that do not count, from the first one up to, not including, the day it goes on."""

    __tablename__ = "case_pause"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # visit | papers | a special procedure
    since: Mapped[date]
    until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(300))


class RegionExtension(Base):
    """Days that do not count for any open case of a division: a flood, a typhoon; both ends are included.

    One that was given by mistake is taken back, and then counts as if it had never been given; its row stays.
    """

    __tablename__ = "region_extension"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    prefix: Mapped[str] = mapped_column(String(12))
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    staff: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ended_why: Mapped[str | None] = mapped_column(String(300))

    @property
    def region(self) -> str:
        """The division's code, in full."""
        return self.prefix.ljust(12, "0")

    @property
    def days(self) -> str:
        """The first and the last of them, for people."""
        return f"{self.first} — {self.last}"
