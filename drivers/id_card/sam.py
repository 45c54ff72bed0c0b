"""The driver for readers with the SAM module over serial, USB-serial or TCP: find, select, read.

Every exchange starts on a quiet line with an empty finder, so nothing that went wrong with one card reaches the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from drivers.health import Health, State
from drivers.id_card import reply as replies
from drivers.id_card.diagnosis import READY, health_of
from drivers.id_card.frame import BadCheck, Frame, FrameFinder
from drivers.id_card.port import IdCard, ReadFault
from drivers.id_card.reply import BadBody, Reply, Sw
from drivers.id_card.text_block import BadText
from drivers.link import Link, LinkLost, LinkRefused, open_link
from drivers.trouble import WrongState

_READ_LIMIT: Final = 4096
_DRAIN_READS_MAX: Final = 64
"""A line that never falls quiet is noise; draining it ends after so many reads."""


@dataclass(frozen=True)
class Deadlines:
    """How long each answer may take. A read takes 1.35 s on the wire alone where the line runs at 9600 baud."""

    find_s: float = 1.0
    select_s: float = 1.0
    status_s: float = 1.0
    read_s: float = 4.0
    quiet_s: float = 0.6
    """A broken answer ends when the line has been still for so long."""


class _State(Enum):
    CLOSED = "closed"
    READY = "ready"
    FOUND = "found"


@dataclass(frozen=True)
class _NoAnswer:
    """Why no reply came: silent, noise, half_frame, checksum, unexpected or link_lost."""

    name: str


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SamReader:
    """An IdCardReader that speaks GA 467. Not for several threads at once: it belongs behind one door."""

    def __init__(
        self,
        link_url: str,
        *,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Link] = open_link,
        deadlines: Deadlines | None = None,
    ) -> None:
        """`clock` dates a health, `monotonic` bounds the waits, `connect` opens the link."""
        self._url = link_url
        self._clock = clock
        self._monotonic = monotonic
        self._connect = connect
        self._deadlines = deadlines or Deadlines()
        self._state = _State.CLOSED
        self._link: Link | None = None
        self._health = health_of("silent", clock())

    def open(self) -> None:
        """See IdCardReader.open."""
        self._must_be("open", _State.CLOSED)
        self._link = self._connect(self._url)
        self._state = _State.READY

    def close(self) -> None:
        """See IdCardReader.close."""
        self._drop_link()
        self._state = _State.CLOSED

    def find(self) -> bool:
        """See IdCardReader.find. A reader that was unplugged is looked for again."""
        self._must_be("find", _State.READY, _State.FOUND)
        self._state = _State.READY
        heard = self._ask(replies.FIND, self._deadlines.find_s, _is_found)
        if isinstance(heard, _NoAnswer):
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
        heard = self._ask(replies.SELECT, self._deadlines.select_s, _is_selected)
        if isinstance(heard, Reply) and heard.sw[2] == replies.OK:
            heard = self._ask(replies.READ, self._deadlines.read_s, _is_card)
        if isinstance(heard, _NoAnswer):
            return self._fault(heard.name, None)
        if heard.sw[2] != replies.OK:
            return self._fault(heard.name, heard.sw)
        try:
            card = replies.parse_card(heard.data)
        except BadText as error:
            return self._fault(error.code, heard.sw)
        except BadBody:
            return self._fault("unexpected", heard.sw)
        self._know(READY)
        return card

    def health(self) -> Health:
        """See IdCardReader.health."""
        self._must_be("health", _State.READY, _State.FOUND)
        heard = self._ask(replies.STATUS, self._deadlines.status_s, _is_well)
        if isinstance(heard, _NoAnswer):
            return self._know(heard.name)
        return self._know(READY if heard.sw[2] == replies.OK else heard.name)

    def _ask(self, command: bytes, wait_s: float, wanted: Callable[[Reply], bool]) -> Reply | _NoAnswer:
        """One exchange; a success of another command's shape is an old answer and is waited past."""
        try:
            link = self._linked()
            self._drain(link)
            link.write(command)
            return self._listen(link, wait_s, wanted)
        except (LinkLost, LinkRefused):
            self._drop_link()
            return _NoAnswer("link_lost")

    def _listen(self, link: Link, wait_s: float, wanted: Callable[[Reply], bool]) -> Reply | _NoAnswer:
        finder = FrameFinder()
        heard = _Heard(wanted)
        deadline = self._monotonic() + wait_s
        while (left_s := deadline - self._monotonic()) > 0:
            broken = finder.begun or heard.checksum
            data = link.read(_READ_LIMIT, min(left_s, self._deadlines.quiet_s) if broken else left_s)
            if not data and broken:
                break
            for item in finder.feed(data):
                if (answer := heard.weigh(item)) is not None:
                    return answer
        half = finder.begun
        for item in finder.give_up():
            if (answer := heard.weigh(item)) is not None:
                return answer
        return _NoAnswer(heard.verdict(half=half, noise=finder.noise_bytes > 0))

    def _drain(self, link: Link) -> None:
        for _ in range(_DRAIN_READS_MAX):
            if not link.read(_READ_LIMIT, 0.0):
                return

    def _linked(self) -> Link:
        if self._link is None:
            self._link = self._connect(self._url)
        return self._link

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _fault(self, name: str, sw: Sw | None) -> ReadFault:
        self._know(name)
        health = health_of(name, self._clock())
        return ReadFault(health.code, sw, health)

    def _know(self, name: str) -> Health:
        """Remember how the reader is; what is wrong with a card says that the reader is well."""
        health = health_of(name, self._clock())
        if health.state is State.ready:
            health = health_of(READY, health.since)
        if health.code != self._health.code:
            self._health = health
        return self._health

    def _must_be(self, call: str, *states: _State) -> None:
        if self._state not in states:
            raise WrongState(call, self._state.value)


class _Heard:
    """What came in during one exchange, weighed item by item."""

    def __init__(self, wanted: Callable[[Reply], bool]) -> None:
        self._wanted = wanted
        self.checksum = False
        self._unexpected = False

    def weigh(self, item: Frame | BadCheck) -> Reply | None:
        """The reply, if this item is the one waited for or says what is wrong."""
        if isinstance(item, BadCheck):
            self.checksum = True
            return None
        answer = replies.parse(item.content)
        if answer is not None and (answer.sw[2] not in (replies.OK, replies.FOUND) or self._wanted(answer)):
            return answer
        self._unexpected = True
        return None

    def verdict(self, *, half: bool, noise: bool) -> str:
        """The most telling of the things that were no answer."""
        if self.checksum:
            return "checksum"
        if half:
            return "half_frame"
        if self._unexpected:
            return "unexpected"
        return "noise" if noise else "silent"


def _is_found(answer: Reply) -> bool:
    return answer.sw[2] == replies.FOUND


def _is_selected(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and len(answer.data) == replies.SERIAL_BYTES


def _is_well(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and not answer.data


def _is_card(answer: Reply) -> bool:
    # The parts are checked when they are cut; here it only must not be the late answer to another question.
    return answer.sw[2] == replies.OK and len(answer.data) > replies.SERIAL_BYTES
