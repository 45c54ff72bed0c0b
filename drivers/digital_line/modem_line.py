"""A contact between a serial adapter's supply pin (RTS or DTR, which the kernel raises at open) and a modem line."""

from __future__ import annotations

from typing import Final

from drivers.digital_line import modem
from drivers.digital_line.kernel import Kernel
from drivers.digital_line.line import DebouncedLine, Wire, wire_of
from drivers.link import LinkRefused


class ModemLine(DebouncedLine):
    """A DigitalLine behind `lines:///dev/ttyUSB0?line=cts|dsr|dcd|ri[&active=low]`."""

    def parsed(self, link_url: str) -> Wire:
        """See DebouncedLine.parsed."""
        try:
            path, options, active_low = wire_of(link_url, "lines", frozenset({"line"}))
        except ValueError as error:
            raise _unreadable(link_url) from error
        line = options.get("line", "")
        if line not in modem.LINES:
            raise _unreadable(link_url)
        return Wire(path, line, active_low, "")

    def take(self, kernel: Kernel, device: int) -> tuple[int, ...]:
        """See DebouncedLine.take: the port is all there is to take."""
        return ()

    def look(self, kernel: Kernel, handles: tuple[int, ...]) -> bool:
        """See DebouncedLine.look."""
        return modem.level(kernel.ioctl(handles[0], modem.TIOCMGET, modem.question()), self.wire.line)


_EXAMPLE: Final = "lines:///dev/ttyUSB0?line=cts&active=low"


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable", f"看不懂设备链接“{url}”。", f"请写成 {_EXAMPLE}（line 可以是 cts、dsr、dcd、ri）。"
    )
