"""Waiting for a card, whatever reader it is laid on or put into."""

from __future__ import annotations

import time
from typing import Final, Protocol

from drivers.commands.reading.asked import Reading
from drivers.commands.reading.told import health_record
from drivers.health import Health, State
from drivers.texts import text

POLL_S: Final = 0.35
"""Between two looks for a card; the module of ID cards wants more than 300 ms."""


class CardReader(Protocol):
    """What the ports of all card readers have in common."""

    def find(self) -> bool: ...

    def health(self) -> Health: ...


def comes(reader: CardReader, wait_s: float) -> bool:
    """Whether a card came within this time."""
    deadline = time.monotonic() + wait_s
    while not reader.find():
        if time.monotonic() + POLL_S > deadline:
            return False
        time.sleep(POLL_S)
    return True


def none_came(reader: CardReader, wait_s: float, code: str, advice: str) -> Reading:
    """Why no card came: the reader's own trouble where it has one."""
    health = reader.health()
    well = health.state is State.ready
    return Reading(
        {"fault": {"code": code if well else health.code, "sw": None}, "health": health_record(health)},
        failed=f"等了 {wait_s:g} 秒没有卡。{advice}" if well else text(health.technician),
    )


def unread(code: str, sw: str | None, health: Health, take_back: str) -> Reading:
    """A card that came and could not be read; it is to be taken back all the same."""
    return Reading(
        {"fault": {"code": code, "sw": sw}, "health": health_record(health)},
        failed=f"{text(health.technician)}{text(take_back)}",
    )
