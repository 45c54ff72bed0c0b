"""One question to the module and its answer, over whatever link, told truthfully where none came.

Every exchange starts on a quiet line with an empty finder, so nothing that went wrong with one card reaches the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.id_card import reply as replies
from drivers.id_card.frame import BadCheck, Frame, FrameFinder
from drivers.id_card.reply import Reply
from drivers.link import Link, LinkLost, LinkRefused

_READ_LIMIT: Final = 4096
_DRAIN_READS_MAX: Final = 64
"""A line that never falls quiet is noise; draining it ends after so many reads."""


@dataclass(frozen=True)
class NoAnswer:
    """Why no reply came: silent, noise, half_frame, checksum, unexpected, hung or link_lost."""

    name: str


class Exchange:
    """The talk with one module. The link is opened when first needed and again after it was lost."""

    def __init__(
        self, url: str, connect: Callable[[str], Link], monotonic: Callable[[], float], *, quiet_s: float
    ) -> None:
        """A broken answer ends when the line has been still for `quiet_s`."""
        self._url = url
        self._connect = connect
        self._monotonic = monotonic
        self._quiet_s = quiet_s
        self._link: Link | None = None

    def open(self) -> None:
        """Take the link now; raises LinkRefused."""
        if self._link is None:
            self._link = self._connect(self._url)

    @property
    def opened(self) -> bool:
        """Whether the link is held; it is given back when it is lost."""
        return self._link is not None

    def close(self) -> None:
        """Give the link back; harmless where there is none."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def ask(self, command: bytes, wait_s: float, wanted: Callable[[Reply], bool]) -> Reply | NoAnswer:
        """One exchange; a success of another command's shape is an old answer and is waited past."""
        try:
            self.open()
            assert self._link is not None
            self._drain(self._link)
            self._link.write(command)
            return self._listen(self._link, wait_s, wanted)
        except (LinkLost, LinkRefused) as trouble:
            self.close()
            return NoAnswer("hung" if trouble.code == "link.hung" else "link_lost")

    def _listen(self, link: Link, wait_s: float, wanted: Callable[[Reply], bool]) -> Reply | NoAnswer:
        finder = FrameFinder()
        heard = _Heard(wanted)
        deadline = self._monotonic() + wait_s
        while (left_s := deadline - self._monotonic()) > 0:
            broken = finder.begun or heard.checksum
            data = link.read(_READ_LIMIT, min(left_s, self._quiet_s) if broken else left_s)
            if not data and broken:
                break
            for item in finder.feed(data):
                if (answer := heard.weigh(item)) is not None:
                    return answer
        half = finder.begun
        for item in finder.give_up():
            if (answer := heard.weigh(item)) is not None:
                return answer
        return NoAnswer(heard.verdict(half=half, noise=finder.noise_bytes > 0))

    def _drain(self, link: Link) -> None:
        for _ in range(_DRAIN_READS_MAX):
            if not link.read(_READ_LIMIT, 0.0):
                return


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
