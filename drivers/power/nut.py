"""The driver for supplies behind Network UPS Tools: one connection, one question at a time, made anew when lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.link import Link, LinkLost, LinkRefused
from drivers.power import answer as answers
from drivers.power.answer import BadAnswer, LineCutter, ListBegins, ListEnds, Refusal, Variable
from drivers.power.diagnosis import LINK_LOST, POWER, SILENT, UNEXPECTED, refused
from drivers.power.port import BatteryLow, OnBattery, OnMains, PowerState, PowerUnknown
from drivers.power.status import BATTERY_LOW, ON_BATTERY, ON_MAINS, STATUS, battery_of, name_of
from drivers.power.tcp_link import connect_tcp
from drivers.trouble import WrongState

PORT: Final = 3493
ANSWER_S: Final = 3.0
VARIABLES_MAX: Final = 512
_READ_LIMIT: Final = 4096
_DRAIN_READS_MAX: Final = 16


class _State(Enum):
    CLOSED = "closed"
    OPEN = "open"


class NutSupply:
    """A PowerSupply behind `nut://HOST[:PORT]/NAME`. Not for several threads at once: it belongs behind one door."""

    def __init__(
        self,
        link_url: str,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Link] = connect_tcp,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Raises LinkRefused for a link that is none. `answer_s` bounds each answer as a whole."""
        self._server, self._ups = _parsed(link_url)
        self._monotonic = monotonic
        self._connect = connect
        self._answer_s = answer_s
        self._state = _State.CLOSED
        self._link: Link | None = None
        self._chart = Chart(POWER, now, SILENT)

    def open(self) -> None:
        """See PowerSupply.open."""
        self._must_be("open", _State.CLOSED)
        self._link = self._connect(self._server)
        self._state = _State.OPEN

    def read(self) -> PowerState:
        """See PowerSupply.read."""
        self._must_be("read", _State.OPEN)
        heard = self._ask(answers.ask_all(self._ups), whole_list=True)
        if isinstance(heard, str):
            return PowerUnknown(self._chart.know(heard))
        name = name_of(heard.get(STATUS, ""))
        health = self._chart.know(name)
        if name == BATTERY_LOW:
            return BatteryLow(battery_of(heard))
        if name == ON_BATTERY:
            return OnBattery(battery_of(heard))
        return OnMains(battery_of(heard)) if name in ON_MAINS else PowerUnknown(health)

    def health(self) -> Health:
        """See PowerSupply.health."""
        self._must_be("health", _State.OPEN)
        heard = self._ask(answers.ask_variable(self._ups, STATUS), whole_list=False)
        return self._chart.know(heard if isinstance(heard, str) else name_of(heard.get(STATUS, "")))

    def close(self) -> None:
        """See PowerSupply.close."""
        self._state = _State.CLOSED
        link, self._link = self._link, None
        if link is not None:
            try:
                link.write(answers.goodbye())
            except LinkLost:
                # The other end is gone already: there is nobody to say goodbye to.
                pass
            finally:
                link.close()

    def _ask(self, question: bytes, *, whole_list: bool) -> dict[str, str] | str:
        """The variables told, or the name of what went wrong. A server that let an idle link go is asked once more."""
        kept = self._link is not None
        try:
            return self._exchange(question, whole_list=whole_list)
        except LinkRefused:
            return LINK_LOST
        except LinkLost:
            self._drop_link()
        if not kept:
            return LINK_LOST
        try:
            return self._exchange(question, whole_list=whole_list)
        except (LinkLost, LinkRefused):
            self._drop_link()
            return LINK_LOST

    def _exchange(self, question: bytes, *, whole_list: bool) -> dict[str, str] | str:
        if self._link is None:
            self._link = self._connect(self._server)
        link = self._link
        for _ in range(_DRAIN_READS_MAX):
            if not link.read(_READ_LIMIT, 0.0):
                break
        link.write(question)
        listened = self._listen(link, whole_list=whole_list)
        if isinstance(listened, str) and listened in (SILENT, UNEXPECTED):
            # A late or broken answer must not be taken for the answer to the next question.
            self._drop_link()
        return listened

    def _listen(self, link: Link, *, whole_list: bool) -> dict[str, str] | str:
        cutter = LineCutter()
        told: dict[str, str] = {}
        begun = False
        deadline = self._monotonic() + self._answer_s
        while (left_s := deadline - self._monotonic()) > 0:
            try:
                messages = [answers.message_of(line) for line in cutter.feed(link.read(_READ_LIMIT, left_s))]
            except BadAnswer:
                return UNEXPECTED
            for message in messages:
                match message:
                    case Refusal(code):
                        return refused(code)
                    case ListBegins(self._ups) if whole_list and not begun:
                        begun = True
                    case Variable(self._ups, name, value) if begun and len(told) < VARIABLES_MAX:
                        told[name] = value
                    case Variable(self._ups, name, value) if name == STATUS and not whole_list:
                        return {name: value}
                    case ListEnds(self._ups) if begun:
                        return told
                    case _:
                        return UNEXPECTED
        return UNEXPECTED if begun or cutter.begun else SILENT

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _must_be(self, call: str, state: _State) -> None:
        if self._state is not state:
            raise WrongState(call, self._state.value)


def _parsed(url: str) -> tuple[str, str]:
    """The server as `HOST:PORT`, and the name of the supply."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
    except ValueError as error:
        raise _unreadable(url) from error
    name = parts.path.removeprefix("/")
    if parts.scheme != "nut" or not parts.hostname or not answers.is_name(name) or parts.query or parts.fragment:
        raise _unreadable(url)
    return f"{parts.hostname}:{port}", name


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable", f"看不懂设备链接“{url}”。", "请写成 nut://主机/名称 或 nut://主机:端口/名称。"
    )
