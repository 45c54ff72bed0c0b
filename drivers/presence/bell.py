"""The kernel's word that something was plugged in or pulled out. It only rings: what is there, a rescan tells."""

from __future__ import annotations

import os
import queue
import select
import threading
from pathlib import Path
from typing import Final, Literal, Protocol

SUBSYSTEMS: Final = ("tty", "video4linux", "input", "usb", "gpio")
"""What is asked for; everything else is filtered out before it reaches us."""

_WAITING_MOST: Final = 64
_UDEVD: Final = Path("/run/udev/control")


class Bell(Protocol):
    """Says that a look is worth while."""

    def rung(self) -> bool:
        """Whether it has rung since the last time it was asked."""

    def close(self) -> None:
        """Hangs up; harmless when repeated."""


class SilentBell:
    """The bell of a machine without udev: a rescan every so often does it alone."""

    def rung(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Nothing to hang up."""


class UdevBell:
    """Listens to udev, or to the kernel itself where no udevd runs. Its thread does nothing but fill a queue."""

    def __init__(self, subsystems: tuple[str, ...] = SUBSYSTEMS, source: Literal["udev", "kernel"] | None = None):
        """Raises OSError or ImportError where the system has neither (see `open_bell`)."""
        import pyudev  # needs the system's libudev, which a container may lack

        # With udevd its own word is waited for: only then are the links by path there.
        heard = source or ("udev" if _UDEVD.exists() else "kernel")
        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context(), heard)
        for subsystem in subsystems:
            self._monitor.filter_by(subsystem)
        self._monitor.start()
        self._rings: queue.Queue[None] = queue.Queue(_WAITING_MOST)
        self._ending, self._end = os.pipe()
        self._thread = threading.Thread(target=self._listen, name="udev", daemon=True)
        self._thread.start()

    def rung(self) -> bool:
        """See Bell.rung."""
        any_rang = False
        while True:
            try:
                self._rings.get_nowait()
            except queue.Empty:
                return any_rang
            any_rang = True

    def close(self) -> None:
        """See Bell.close."""
        if self._end < 0:
            return
        os.close(self._end)
        self._end = -1
        self._thread.join(2.0)
        os.close(self._ending)

    def wait(self, timeout_s: float) -> bool:
        """Whether it rings within the time; for tools that have nothing else to do."""
        try:
            self._rings.get(timeout=timeout_s)
        except queue.Empty:
            return False
        self.rung()
        return True

    def _listen(self) -> None:
        poll = select.poll()
        poll.register(self._monitor.fileno(), select.POLLIN)
        poll.register(self._ending, select.POLLIN | select.POLLHUP)
        while True:
            if any(descriptor == self._ending for descriptor, _ in poll.poll()):
                return
            if not self._means_us():
                continue
            try:
                self._rings.put_nowait(None)
            except queue.Full:
                continue  # a rescan is due already

    def _means_us(self) -> bool:
        # udevd's messages are filtered in the kernel, the kernel's own by libudev, which then hands out nothing.
        try:
            return self._monitor.poll(timeout=0) is not None
        except OSError:
            # ENOBUFS: so much happened that the kernel dropped some of it. That something happened is all we want.
            return True


def open_bell() -> Bell:
    """The best bell this machine has."""
    try:
        return UdevBell()
    except (ImportError, OSError):
        return SilentBell()
