"""A virtual keyboard of the kernel (linux/uinput.h): what is written to it comes out of an event node."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from drivers.code_scanner import event as events
from drivers.code_scanner import keymap
from drivers.trouble import DeviceTrouble

DEVICE: Final = Path("/dev/uinput")
UI_DEV_CREATE: Final = 0x5501
UI_DEV_DESTROY: Final = 0x5502
UI_DEV_SETUP: Final = 0x405C5503
UI_SET_EVBIT: Final = 0x40045564
UI_SET_KEYBIT: Final = 0x40045565
UI_GET_SYSNAME: Final = 0x8040552C
"""UI_GET_SYSNAME(64): the name under /sys/devices/virtual/input."""

_BUS_USB: Final = 3
_SETUP: Final = struct.Struct("=HHHH80sI")
_NAME_BYTES: Final = 64

Ioctl = Callable[..., Any]


class VirtualKeyboard:
    """A keyboard with the keys of keymap.py, there until closed; `node` is its event device."""

    def __init__(self, name: str, device: Path = DEVICE, sys: Path = Path("/sys"), ioctl: Ioctl = fcntl.ioctl) -> None:
        """Raises DeviceTrouble where the kernel makes no keyboard."""
        try:
            self._descriptor = os.open(device, os.O_WRONLY | os.O_CLOEXEC)
        except OSError as error:
            raise _no_keyboard(device) from error
        self._ioctl = ioctl
        try:
            self.node = self._made(name, sys)
        except OSError as error:
            os.close(self._descriptor)
            raise _no_keyboard(device) from error

    def type(self, data: bytes) -> None:
        """Write these events."""
        os.write(self._descriptor, data)

    def close(self) -> None:
        """Take the keyboard away."""
        self._ioctl(self._descriptor, UI_DEV_DESTROY)
        os.close(self._descriptor)

    def _made(self, name: str, sys: Path) -> Path:
        for kind in (events.SYN, events.KEY, events.REP):
            self._ioctl(self._descriptor, UI_SET_EVBIT, kind)
        for code in sorted({*keymap.PLAIN, *keymap.SHIFTS, *keymap.ENDS}):
            self._ioctl(self._descriptor, UI_SET_KEYBIT, code)
        setup = _SETUP.pack(_BUS_USB, 0, 0, 1, name.encode("ascii")[:79], 0)
        self._ioctl(self._descriptor, UI_DEV_SETUP, setup)
        self._ioctl(self._descriptor, UI_DEV_CREATE)
        answer = bytearray(_NAME_BYTES)
        self._ioctl(self._descriptor, UI_GET_SYSNAME, answer)
        folder = sys / "devices" / "virtual" / "input" / answer.split(b"\0")[0].decode("ascii")
        node = next(folder.glob("event*"), None)
        if node is None:
            raise FileNotFoundError(folder)
        return Path("/dev/input") / node.name


def _no_keyboard(device: Path) -> DeviceTrouble:
    return DeviceTrouble(
        "simulate.uinput", f"内核没有通过 {device} 造出虚拟键盘。", "请加载 uinput 模块，并允许当前用户写这个设备。"
    )
