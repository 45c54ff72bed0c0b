"""A contact on a pin of the board, through the GPIO character device and nothing but the kernel's own calls."""

from __future__ import annotations

from typing import Final

from drivers.digital_line import gpio
from drivers.digital_line.gpio import LineAsked
from drivers.digital_line.kernel import Kernel
from drivers.digital_line.line import DebouncedLine, Wire, wire_of
from drivers.link import LinkRefused

LINE_MOST: Final = 1023
CONSUMER: Final = "zhizhu"


class GpioLine(DebouncedLine):
    """A DigitalLine behind `gpio:///dev/gpiochip0?line=4[&active=low][&pull=up|down|off|as-is]`."""

    def parsed(self, link_url: str) -> Wire:
        """See DebouncedLine.parsed."""
        try:
            path, options, active_low = wire_of(link_url, "gpio", frozenset({"line", "pull"}))
        except ValueError as error:
            raise _unreadable(link_url) from error
        line, pull = options.get("line", ""), options.get("pull", "as-is")
        if not (line.isascii() and line.isdecimal()) or int(line) > LINE_MOST or pull not in gpio.PULLS:
            raise _unreadable(link_url)
        return Wire(path, line, active_low, pull)

    def take(self, kernel: Kernel, device: int) -> tuple[int, ...]:
        """See DebouncedLine.take: the kernel grants the line alone, so no other program can turn it around."""
        asked = gpio.question(LineAsked(int(self.wire.line), self.wire.pull, CONSUMER))
        return (gpio.handle_of(kernel.ioctl(device, gpio.GET_LINE, asked)),)

    def look(self, kernel: Kernel, handles: tuple[int, ...]) -> bool:
        """See DebouncedLine.look."""
        return gpio.level(kernel.ioctl(handles[1], gpio.GET_VALUES, gpio.values_question()))


_EXAMPLE: Final = "gpio:///dev/gpiochip0?line=4&active=low&pull=up"


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused("link.unreadable", f"看不懂设备链接“{url}”。", f"请写成 {_EXAMPLE}。")
