"""A line on its own wire, debounced: what modem lines and GPIO lines have in common."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, urlsplit

from drivers.diagnosis import Chart, utc_now
from drivers.digital_line.diagnosis import DIGITAL_LINE, FLAPPING, READY, SILENT, STUCK, name_of
from drivers.digital_line.kernel import Kernel, kernel_at
from drivers.digital_line.modem import BadStruct
from drivers.digital_line.port import Active, Inactive, LineState, LineUnknown
from drivers.health import Health
from drivers.link import LinkRefused
from drivers.trouble import WrongState

LOOKS: Final = 10
"""Into how many looks the settling time is cut."""
PATIENCE: Final = 5
"""A contact that has not settled after so many settling times is flapping."""


@dataclass(frozen=True)
class Wire:
    """What a link says: the device file, the line on it, and whether low means active."""

    path: str
    line: str
    active_low: bool
    pull: str


class _State(Enum):
    CLOSED = "closed"
    OPEN = "open"


class DebouncedLine(ABC):
    """A DigitalLine; `settle_s` is how long a level must hold, `stuck_after_s` how long it may (0: for ever).

    Not for several threads at once: it belongs behind one door.
    """

    def __init__(
        self,
        link_url: str,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        kernel: Callable[[str], Kernel] = kernel_at,
        settle_s: float = 0.05,
        stuck_after_s: float = 0.0,
    ) -> None:
        """Raises LinkRefused for a link that names no line of this driver."""
        self.wire = self.parsed(link_url)
        self._monotonic = monotonic
        self._pause = pause
        self._kernel_at = kernel
        self._settle_s = settle_s
        self._stuck_after_s = stuck_after_s
        self._state = _State.CLOSED
        self._kernel: Kernel | None = None
        self._handles: tuple[int, ...] = ()
        self._level: bool | None = None
        self._held_since = monotonic()
        self._chart = Chart(DIGITAL_LINE, now, SILENT)

    @abstractmethod
    def parsed(self, link_url: str) -> Wire:
        """The wire a link names; raises LinkRefused."""

    @abstractmethod
    def take(self, kernel: Kernel, device: int) -> tuple[int, ...]:
        """The handles to be given back besides the device's own; raises OSError or BadStruct."""

    @abstractmethod
    def look(self, kernel: Kernel, handles: tuple[int, ...]) -> bool:
        """Whether the line is high now; raises OSError or BadStruct."""

    def open(self) -> None:
        """See DigitalLine.open."""
        self._must_be("open", _State.CLOSED)
        try:
            self._connect()
            self._raw()
        except (OSError, BadStruct) as error:
            self._let_go()
            raise self._refused(error) from error
        self._state = _State.OPEN

    def read(self) -> LineState:
        """See DigitalLine.read."""
        self._must_be("read", _State.OPEN)
        try:
            if not self._handles:
                self._connect()
            level = self._settled()
        except (OSError, BadStruct) as error:
            # After a late answer the line would be one answer behind: it is taken anew.
            self._let_go()
            return LineUnknown(self._chart.know(_name(error)))
        if level is None:
            return LineUnknown(self._chart.know(FLAPPING))
        now = self._monotonic()
        if level != self._level:
            self._level, self._held_since = level, now
        stuck = 0 < self._stuck_after_s <= now - self._held_since
        self._chart.know(STUCK if stuck else READY)
        return Active() if level else Inactive()

    def health(self) -> Health:
        """See DigitalLine.health."""
        self._must_be("health", _State.OPEN)
        self.read()
        return self._chart.health

    def close(self) -> None:
        """See DigitalLine.close."""
        self._let_go()
        self._state = _State.CLOSED

    def _settled(self) -> bool | None:
        """The level that held for the settling time; None where none did within the patience."""
        level, held = self._raw(), 0
        for _ in range(LOOKS * PATIENCE):
            if held == LOOKS:
                return level
            self._pause(self._settle_s / LOOKS)
            now = self._raw()
            level, held = now, held + 1 if now == level else 0
        return None

    def _raw(self) -> bool:
        assert self._kernel is not None
        return self.look(self._kernel, self._handles) != self.wire.active_low

    def _connect(self) -> None:
        self._kernel = self._kernel_at(self.wire.path)
        device = self._kernel.open(self.wire.path)
        self._handles = (device,)
        self._handles = (device, *self.take(self._kernel, device))

    def _let_go(self) -> None:
        handles, self._handles = self._handles, ()
        for handle in reversed(handles):
            assert self._kernel is not None
            self._kernel.close(handle)

    def _refused(self, error: OSError | BadStruct) -> LinkRefused:
        name = _name(error)
        sentence, advice = _REFUSALS.get(name, _REFUSALS["absent"])
        return LinkRefused(f"digital_line.{name}", sentence.format(path=self.wire.path), advice)

    def _must_be(self, call: str, state: _State) -> None:
        if self._state is not state:
            raise WrongState(call, self._state.value)


_REFUSALS: Final = {
    "absent": ("没有找到 {path}。", "请插好转接线，或用 zhizhu device list 看看有哪些接口。"),
    "busy": ("{path} 被别的程序占用。", "请关掉占用它的程序再试。"),
    "denied": ("没有使用 {path} 的权限。", "请把终端的用户加进 dialout 或 gpio 组。"),
    "no_lines": ("{path} 没有这条线。", "请检查链接里的接口和 line。"),
    SILENT: ("{path} 不回答。", "请重新插拔转接线再试。"),
}


def wire_of(url: str, scheme: str, options: frozenset[str]) -> tuple[str, dict[str, str], bool]:
    """The path, the options besides `active`, and whether low is active; raises ValueError for another link."""
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    active = given.pop("active", "high")
    if parts.scheme != scheme or parts.netloc or not parts.path.startswith("/") or parts.fragment:
        raise ValueError(url)
    if active not in ("high", "low") or not set(given) <= options:
        raise ValueError(url)
    return parts.path, given, active == "low"


def _name(error: OSError | BadStruct) -> str:
    return name_of(error) if isinstance(error, OSError) else SILENT
