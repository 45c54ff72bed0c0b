"""Which days are worked, from the State Council's yearly notices."""

from seeds.calendar.calendar import WorkCalendar

__all__ = ["WorkCalendar"]
