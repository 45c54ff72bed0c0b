"""An input device of the kernel as a link: exclusive, so that what a scanner types never reaches the screen."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import stat
import time
from collections.abc import Callable
from typing import Final

from drivers.link import LinkLost, LinkRefused

EVIOCGRAB: Final = 0x40044590
"""_IOW('E', 0x90, int) of linux/input.h: from now on only this opening of the device gets its events."""
_SCHEME: Final = "evdev://"


def grab(descriptor: int) -> None:
    """Take the device for this process alone; raises OSError (EBUSY where somebody else has it)."""
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        # A pipe has one reader and no screen behind it: there is nobody to take it from.
        return
    fcntl.ioctl(descriptor, EVIOCGRAB, 1)


def open_input(url: str, grab: Callable[[int], None] = grab) -> InputNode:
    """The device behind `evdev:///dev/input/by-path/…`, grabbed. Raises LinkRefused."""
    path = url.removeprefix(_SCHEME)
    if not url.startswith(_SCHEME) or not path.startswith("/") or "\0" in path:
        raise LinkRefused(
            "link.unreadable", f"看不懂键盘式扫码器的链接“{url}”。", "请写成 evdev:///dev/input/by-path/…-event-kbd。"
        )
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _refused(path, error) from error
    try:
        _must_be_input(path, descriptor)
        grab(descriptor)
    except OSError as error:
        os.close(descriptor)
        raise _refused(path, error) from error
    except LinkRefused:
        os.close(descriptor)
        raise
    return InputNode(descriptor, url)


class InputNode:
    """A Link to an opened input device; it only reads. Closing it also lets go of the grab."""

    def __init__(self, descriptor: int, url: str) -> None:
        self._descriptor = descriptor
        self._url = url
        self._closed = False

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        deadline = time.monotonic() + timeout_s
        poller = select.poll()
        poller.register(self._descriptor, select.POLLIN)
        while True:
            left_ms = max(0, int((deadline - time.monotonic()) * 1000 + 0.999))
            if not poller.poll(left_ms):
                return b""
            try:
                data = os.read(self._descriptor, limit)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return b""
                continue
            except OSError as error:
                raise self._lost() from error
            if not data:
                raise self._lost()
            return data

    def write(self, data: bytes) -> None:
        """See Link.write; a keyboard takes nothing."""
        raise self._lost()

    def close(self) -> None:
        """See Link.close."""
        if not self._closed:
            self._closed = True
            os.close(self._descriptor)

    def _lost(self) -> LinkLost:
        return LinkLost("link.lost", f"与扫码器的连接 {self._url} 断开了。", "请把扫码器的 USB 插头重新插一次。")


def _must_be_input(path: str, descriptor: int) -> None:
    kind = os.fstat(descriptor).st_mode
    if not (stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)):
        raise LinkRefused(
            "link.not_a_port", f"{path} 不是输入设备。", "请在 /dev/input/by-path 里找扫码器，名字以 -event-kbd 结尾。"
        )


def _refused(path: str, error: OSError) -> LinkRefused:
    if error.errno == errno.EBUSY:
        return LinkRefused("link.busy", f"{path} 正被别的程序独占。", "请先关掉占用它的程序，再试一次。")
    if error.errno in (errno.EACCES, errno.EPERM):
        return LinkRefused(
            "link.permission", f"没有权限打开 {path}。", "请把运行本程序的用户加入 input 组，再重新登录。"
        )
    if error.errno in (errno.ENOTTY, errno.EINVAL):
        return LinkRefused(
            "link.not_a_port", f"{path} 不是输入设备。", "请在 /dev/input/by-path 里找扫码器，名字以 -event-kbd 结尾。"
        )
    return LinkRefused("link.missing", f"没有找到扫码器 {path}。", "请插好扫码器的 USB 插头。")
