"""Ways to open a link, for a child process to use: named as `tests.drivers.openers:NAME`."""

from __future__ import annotations

import os
import time

from drivers.link import Link, LinkLost, LinkRefused


class Deaf:
    """A wire whose every call hangs, as a broken host controller's does."""

    def read(self, limit: int, timeout_s: float) -> bytes:
        time.sleep(600)
        return b""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class Dying(Deaf):
    """A wire whose library takes the process along."""

    def read(self, limit: int, timeout_s: float) -> bytes:
        os._exit(9)

    def write(self, data: bytes) -> None:
        raise LinkLost("link.lost", "断了。", "再插一次。")


def deaf(_: str) -> Link:
    return Deaf()


def dying(_: str) -> Link:
    return Dying()


def refusing(_: str) -> Link:
    raise LinkRefused("link.missing", "没有。", "请插上。")
