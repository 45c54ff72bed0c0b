"""The driver for readers with the SAM module over serial, USB-serial, USB or TCP: find, select, read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from drivers.diagnosis import Chart, utc_now
from drivers.health import Health, State
from drivers.id_card import reply as replies
from drivers.id_card.diagnosis import ID_CARD, READY
from drivers.id_card.exchange import Exchange, NoAnswer
from drivers.id_card.port import IdCard, ReadFault
from drivers.id_card.reply import BadBody, Reply, Sw
from drivers.id_card.sam_link import open_sam_link
from drivers.id_card.text_block import BadText
from drivers.link import Link
from drivers.trouble import WrongState

_SILENT_ADDRESSES_MAX: Final = 2
"""A module that was silent so often when asked for the newest address has never heard of it and is asked no more."""


@dataclass(frozen=True)
class Deadlines:
    """How long each answer may take. A read takes 1.35 s on the wire alone where the line runs at 9600 baud."""

    find_s: float = 1.0
    select_s: float = 1.0
    status_s: float = 1.0
    read_s: float = 4.0
    address_s: float = 1.5
    card_s: float = 5.5
    """A whole reading: the newest address may wait for what text and photo have left of it, and no longer."""
    quiet_s: float = 0.6
    """A broken answer ends when the line has been still for so long."""


class _State(Enum):
    CLOSED = "closed"
    READY = "ready"
    FOUND = "found"


class SamReader:
    """An IdCardReader that speaks GA 467. Not for several threads at once: it belongs behind one door."""

    def __init__(
        self,
        link_url: str,
        *,
        newest_address: bool = True,
        fingerprints: bool = False,
        rf_bytes: int | None = None,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Link] = open_sam_link,
        deadlines: Deadlines | None = None,
    ) -> None:
        """`newest_address` and `fingerprints` say what is asked of a card besides its text and photo; `rf_bytes` is
        for readers that lose cards in long exchanges. `clock` dates a health, `monotonic` bounds the waits, `connect`
        opens the link.
        """
        if rf_bytes is not None and rf_bytes not in replies.RF_BYTES:
            raise ValueError(f"a module exchanges {replies.RF_BYTES[0]} to {replies.RF_BYTES[-1]} bytes at once")
        self._asks_for_address = newest_address
        self._fingerprints = fingerprints
        self._rf_bytes = rf_bytes
        self._clock = clock
        self._monotonic = monotonic
        self._deadlines = deadlines or Deadlines()
        self._exchange = Exchange(link_url, connect, monotonic, quiet_s=self._deadlines.quiet_s)
        self._state = _State.CLOSED
        self._silent_addresses = 0
        self._chart = Chart(ID_CARD, clock, "silent")

    def open(self) -> None:
        """See IdCardReader.open."""
        self._must_be("open", _State.CLOSED)
        self._exchange.open()
        self._state = _State.READY
        self._silent_addresses = 0
        self._limit_rf()

    def close(self) -> None:
        """See IdCardReader.close."""
        self._exchange.close()
        self._state = _State.CLOSED

    def find(self) -> bool:
        """See IdCardReader.find. A reader that was unplugged is looked for again."""
        self._must_be("find", _State.READY, _State.FOUND)
        self._state = _State.READY
        if not self._exchange.opened:
            # A reader that was away had its power cut: what it was told before is forgotten.
            self._limit_rf()
        heard = self._exchange.ask(replies.FIND, self._deadlines.find_s, _is_found)
        if isinstance(heard, NoAnswer):
            self._know(heard.name)
            return False
        if heard.sw[2] == replies.FOUND:
            self._know(READY)
            self._state = _State.FOUND
            return True
        self._know(heard.name)
        return False

    def read(self) -> IdCard | ReadFault:
        """See IdCardReader.read."""
        self._must_be("read", _State.FOUND)
        self._state = _State.READY
        until = self._monotonic() + self._deadlines.card_s
        heard = self._exchange.ask(replies.SELECT, self._deadlines.select_s, _is_selected)
        if isinstance(heard, Reply) and heard.sw[2] == replies.OK:
            question = replies.READ_WITH_FINGERPRINTS if self._fingerprints else replies.READ
            heard = self._exchange.ask(question, self._deadlines.read_s, _is_card)
        if isinstance(heard, NoAnswer):
            return self._fault(heard.name, None)
        if heard.sw[2] != replies.OK:
            return self._fault(heard.name, heard.sw)
        parse = replies.parse_card_with_fingerprints if self._fingerprints else replies.parse_card
        try:
            card = parse(heard.data)
        except BadText as error:
            return self._fault(error.code, heard.sw)
        except BadBody:
            return self._fault("unexpected", heard.sw)
        self._know(READY)
        return replace(card, newest_address=self._newest_address(until - self._monotonic()))

    def health(self) -> Health:
        """See IdCardReader.health."""
        self._must_be("health", _State.READY, _State.FOUND)
        heard = self._exchange.ask(replies.STATUS, self._deadlines.status_s, _is_well)
        if isinstance(heard, NoAnswer):
            return self._know(heard.name)
        return self._know(READY if heard.sw[2] == replies.OK else heard.name)

    def module_number(self) -> str | None:
        """See IdCardReader.module_number. Asking leaves the reader's health as it was."""
        self._must_be("module_number", _State.READY, _State.FOUND)
        heard = self._exchange.ask(replies.MODULE_NUMBER, self._deadlines.status_s, _is_number)
        if isinstance(heard, NoAnswer) or heard.sw[2] != replies.OK:
            return None
        return replies.parse_module_number(heard.data)

    def _newest_address(self, left_s: float) -> str | None:
        """Asked while the card still lies there, without another find; whatever comes of it, the card is read."""
        if not self._asks_for_address or self._silent_addresses >= _SILENT_ADDRESSES_MAX:
            return None
        wait_s = min(left_s, self._deadlines.address_s)
        heard = self._exchange.ask(replies.READ_NEWEST_ADDRESS, wait_s, _is_address)
        if isinstance(heard, NoAnswer):
            self._silent_addresses += heard.name == "silent" and wait_s == self._deadlines.address_s
            return None
        self._silent_addresses = 0
        if heard.sw[2] == replies.EMPTY:
            return ""
        try:
            return replies.parse_newest_address(heard.data) if heard.sw[2] == replies.OK else None
        except BadBody:
            return None

    def _limit_rf(self) -> None:
        """Told at every opening; a module that refuses works on as it did, so the answer changes nothing."""
        if self._rf_bytes is not None:
            self._exchange.ask(replies.set_rf_bytes(self._rf_bytes), self._deadlines.status_s, _is_well)

    def _fault(self, name: str, sw: Sw | None) -> ReadFault:
        self._know(name)
        health = ID_CARD.health(name, self._clock())
        return ReadFault(health.code, sw, health)

    def _know(self, name: str) -> Health:
        """Remember how the reader is; what is wrong with a card says that the reader is well."""
        return self._chart.know(READY if ID_CARD.verdicts[name][0] is State.ready else name)

    def _must_be(self, call: str, *states: _State) -> None:
        if self._state not in states:
            raise WrongState(call, self._state.value)


def _is_found(answer: Reply) -> bool:
    return answer.sw[2] == replies.FOUND


def _is_selected(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and len(answer.data) == replies.SERIAL_BYTES


def _is_well(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and not answer.data


def _is_number(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and len(answer.data) == replies.NUMBER_BYTES


def _is_address(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and len(answer.data) == replies.ADDRESS_BYTES


def _is_card(answer: Reply) -> bool:
    # The parts are checked when they are cut; here it only must not be the late answer to another question.
    return answer.sw[2] == replies.OK and len(answer.data) > replies.ADDRESS_BYTES
