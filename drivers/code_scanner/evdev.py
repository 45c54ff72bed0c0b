"""The driver for scanners that type like a keyboard: reads the kernel's events, grabbed away from the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from drivers.code_scanner.input_node import open_input
from drivers.code_scanner.keys import KeyFinder
from drivers.code_scanner.listening import Listening
from drivers.diagnosis import utc_now
from drivers.link import Link


class EvdevScanner(Listening):
    """A CodeScanner in keyboard mode, US layout: ASCII only; a code with Chinese text needs its serial mode."""

    def __init__(
        self,
        link: str,
        *,
        gap_s: float = 0.1,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        connect: Callable[[str], Link] = open_input,
    ) -> None:
        """`connect` opens and grabs; `gap_s` is longer than on a line, for slow scanners rest 20 ms between keys."""
        super().__init__(link, connect=connect, finder=KeyFinder, gap_s=gap_s, now=now, monotonic=monotonic)
