"""A service item as the journey needs it, and what is due for the person whose card was laid."""

from __future__ import annotations

from dataclasses import dataclass

from offline.bounds import Priority


@dataclass(frozen=True)
class ItemCard:
    """One item of the catalogue; all strings are ready to show."""

    id: str
    name: str
    summary: str
    department: str
    version: str
    event_type: str
    big: bool = False
    guide: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()  # levels it accepts
    devices: tuple[str, ...] = ()
    needs_hub: bool = False
    priority: Priority = Priority.ORDINARY
    fee_fen: int = 0
    time_limit: str = ""
    slip_lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class DueItem:
    """Something that waits for this person; `month` is YYYY-MM."""

    item: ItemCard
    month: str
