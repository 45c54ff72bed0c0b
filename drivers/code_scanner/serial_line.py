"""The driver for scanners on a serial line, USB-serial or TCP: listens, and talks to the models that listen too."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from drivers.code_scanner import gm65
from drivers.code_scanner.diagnosis import READY, SILENT
from drivers.code_scanner.line import LineFinder
from drivers.code_scanner.listening import READ_LIMIT, Listening
from drivers.code_scanner.profile import PROFILES
from drivers.diagnosis import utc_now
from drivers.health import Health
from drivers.link import Link, LinkLost, LinkRefused, open_link
from drivers.trouble import DeviceTrouble

BAUD: Final = 9600
"""What scanners come with, where the link names no other."""
ANSWER_BYTES_MAX: Final = 8192
"""More than this beside an answer is noise, and the answer is not waited for any longer."""
_DONE: Final = b"\0"


class SerialScanner(Listening):
    """A CodeScanner on a serial line; `profile` names the model (profile.py)."""

    def __init__(
        self,
        link: str,
        *,
        profile: str = "generic",
        gap_s: float | None = None,
        answer_s: float = 0.5,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Link] | None = None,
    ) -> None:
        """`gap_s` overrides the profile's, `answer_s` bounds the wait for a set-up answer.

        Raises DeviceTrouble for a profile that does not exist.
        """
        model = PROFILES.get(profile)
        if model is None:
            raise DeviceTrouble(
                "code_scanner.profile", f"没有名为“{profile}”的扫码器型号。", f"可以用的有：{'、'.join(PROFILES)}。"
            )
        self._model = model
        self._answer_s = answer_s
        super().__init__(
            link,
            connect=connect or open_at_9600,
            finder=lambda: LineFinder(needs_suffix=model.needs_suffix),
            gap_s=model.gap_s if gap_s is None else gap_s,
            now=now,
            monotonic=monotonic,
        )

    def greet(self, link: Link) -> None:
        """Tells a GM65 to look when it is told to; written to its memory only where it is set otherwise."""
        if not self._model.zones:
            return
        found = self._ask(link, gm65.read_zone(gm65.MODE))
        if not found:
            self.chart.know(SILENT)
        elif found[0] & gm65.MODE_BITS == gm65.BY_COMMAND:
            self.chart.know(READY)
        else:
            wanted = bytes([found[0] & ~gm65.MODE_BITS & 0xFF | gm65.BY_COMMAND])
            if self._order(link, gm65.write_zone(gm65.MODE, wanted)):
                self._order(link, gm65.save())

    def trigger(self, on: bool) -> Health:
        """See CodeScanner.trigger."""
        self.must_be_open("trigger")
        try:
            link = self.linked()
            if self._model.zones:
                self._order(link, gm65.write_zone(gm65.TRIGGER, bytes([on])))
            elif self._model.trigger_on:
                link.write(self._model.trigger_on if on else self._model.trigger_off)
        except (LinkLost, LinkRefused) as trouble:
            return self.lost(trouble)
        return self.chart.health

    def health(self) -> Health:
        """See CodeScanner.health. A GM65 answers; of the others only the link and what was last seen is known."""
        if not self._model.zones:
            return super().health()
        self.must_be_open("health")
        try:
            answered = self._ask(self.linked(), gm65.read_zone(gm65.MODE))
        except (LinkLost, LinkRefused) as trouble:
            return self.lost(trouble)
        return self.chart.know(READY if answered else SILENT)

    def _order(self, link: Link, frame: bytes) -> bool:
        """Whether the scanner said that it has done this."""
        answer = self._ask(link, frame)
        self.chart.know(SILENT if answer is None else READY if answer == _DONE else "refused")
        return answer == _DONE

    def _ask(self, link: Link, frame: bytes) -> bytes | None:
        """The data of the answer, None where none came in time; codes that came meanwhile are kept."""
        link.write(frame)
        held = b""
        answer: bytes | None = None
        deadline = self.monotonic() + self._answer_s
        while answer is None and len(held) < ANSWER_BYTES_MAX and (left_s := deadline - self.monotonic()) > 0:
            answer, held = gm65.cut_reply(held + link.read(READ_LIMIT, left_s))
        if held:
            self.keep(held)
        return answer


def open_at_9600(url: str) -> Link:
    """Opens the line at the rate that scanners come with. Raises LinkRefused."""
    return open_link(url, baud=BAUD)
