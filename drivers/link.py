"""Links: URLs opened to streams of bytes. pyserial does the work; its errors end here."""

from __future__ import annotations

import stat
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, urlsplit

import serial

from drivers.trouble import DeviceTrouble

DEFAULT_BAUD: Final = 115200
WRITE_TIMEOUT_S: Final = 5.0
"""A device that takes no bytes for this long counts as gone: flow control that never ends is a hang."""

_TICK_S: Final = 0.02
_NETWORK_SCHEMES: Final = ("socket", "rfc2217")
_TROUBLES: Final = (serial.SerialException, OSError, termios.error)


class LinkRefused(DeviceTrouble):
    """The link could not be opened at all."""


class LinkLost(DeviceTrouble):
    """The link was open and is gone: pulled, unplugged, or its other end ended."""


class Link(Protocol):
    """A stream of bytes to one device. Every call ends within its deadline."""

    def read(self, limit: int, timeout_s: float) -> bytes:
        """What has arrived, at most `limit` bytes, as soon as there is any; b"" after the timeout. Raises LinkLost."""

    def write(self, data: bytes) -> None:
        """Send everything or raise LinkLost."""

    def close(self) -> None:
        """Give the port back; harmless when repeated."""


def open_link(url: str, baud: int = DEFAULT_BAUD) -> Link:
    """The stream behind a link URL: `serial:///dev/ttyUSB0?baud=9600`, `socket://host:port`, `rfc2217://…`, a path.

    `baud` is for a link that names none. Raises LinkRefused, whose sentence and advice are fit for the person who typed
    the link.
    """
    scheme, target, named = _parsed(url)
    if scheme == "path":
        _refuse_what_is_no_port(target)
    try:
        port = serial.serial_for_url(target, do_not_open=True, timeout=_TICK_S, write_timeout=WRITE_TIMEOUT_S)
        port.baudrate = named or baud
        if scheme == "path":
            port.exclusive = True
        port.open()
    except ValueError as error:
        raise _unreadable(url) from error
    except _TROUBLES as error:
        raise _refused(url, error) from error
    return SerialLink(port, url, time.monotonic)


class SerialLink:
    """A Link over one of pyserial's ports."""

    def __init__(self, port: serial.Serial, url: str, monotonic: Callable[[], float]) -> None:
        self._port = port
        self._url = url
        self._monotonic = monotonic
        self._is_socket = urlsplit(url).scheme == "socket"
        # Setting a time-out on an RFC 2217 port asks the far end first, so there it stays one tick.
        self._time_out_is_local = urlsplit(url).scheme != "rfc2217"

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        deadline = self._monotonic() + timeout_s
        try:
            while True:
                self._wait_at_most(max(0.0, deadline - self._monotonic()))
                first = bytes(self._port.read(1))
                if first:
                    return first + self._already_there(limit - 1)
                if self._monotonic() >= deadline:
                    return b""
        except _TROUBLES as error:
            raise self._lost() from error

    def write(self, data: bytes) -> None:
        """See Link.write."""
        try:
            self._port.write(data)
        except _TROUBLES as error:
            raise self._lost() from error

    def close(self) -> None:
        """See Link.close."""
        # pyserial leaves a socket open whose other end went first.
        held = getattr(self._port, "_socket", None)
        try:
            self._port.close()
        except _TROUBLES:
            # The other end is gone already and there is nothing left to give back.
            return
        finally:
            if held is not None:
                held.close()

    def _wait_at_most(self, seconds: float) -> None:
        if self._time_out_is_local and self._port.timeout != seconds:
            self._port.timeout = seconds

    def _already_there(self, limit: int) -> bytes:
        if limit <= 0:
            return b""
        if self._is_socket:
            # A socket port counts at most one waiting byte, but reads all there is when it may not wait.
            self._wait_at_most(0.0)
            return bytes(self._port.read(limit))
        waiting = min(self._port.in_waiting, limit)
        return bytes(self._port.read(waiting)) if waiting else b""

    def _lost(self) -> LinkLost:
        return LinkLost(
            "link.lost",
            f"与设备的连接 {self._url} 断开了。",
            "请检查连接线和电源，再插一次；仍不行就换一个接口。",
        )


def with_baud(url: str, baud: int | None) -> tuple[str, int]:
    """The same serial link at this rate (None: at its own), and the rate. Raises LinkRefused for any other link."""
    scheme, target, own = _parsed(url)
    if scheme != "path":
        raise LinkRefused(
            "link.no_baud",
            f"{url} 不是本机串口，没有自己的波特率。",
            "请在对方的串口服务器上改，或把设备接到本机串口。",
        )
    rate = baud or own or DEFAULT_BAUD
    return f"serial://{target}?baud={rate}", rate


def _parsed(url: str) -> tuple[str, str, int | None]:
    """(scheme or "path", what pyserial opens, the baud it names)."""
    if "://" not in url:
        if not url.startswith("/"):
            raise _unreadable(url)
        return "path", url, None
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        baud = int(options.pop("baud")[-1]) if "baud" in options else None
    except ValueError as error:
        raise _unreadable(url) from error
    if parts.scheme in _NETWORK_SCHEMES:
        return parts.scheme, url, baud
    if (
        parts.scheme == "serial"
        and not parts.netloc
        and parts.path.startswith("/")
        and not options
        and (baud is None or baud > 0)
    ):
        return "path", parts.path, baud
    raise _unreadable(url)


def _refuse_what_is_no_port(path: str) -> None:
    try:
        kind = Path(path).stat().st_mode
    except FileNotFoundError as error:
        raise LinkRefused(
            "link.missing",
            f"没有找到设备接口 {path}。",
            "请插好设备的连接线，或用 zhizhu device list 看看有哪些接口。",
        ) from error
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    if not stat.S_ISCHR(kind):
        raise LinkRefused(
            "link.not_a_port",
            f"{path} 不是设备接口。",
            "请用 zhizhu device list 看看有哪些接口，再写对 --link。",
        )


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable",
        f"看不懂设备链接“{url}”。",
        "请写成 /dev/ttyUSB0、serial:///dev/ttyUSB0?baud=115200、socket://主机:端口 或 rfc2217://主机:端口。",
    )


def _refused(url: str, error: BaseException) -> LinkRefused:
    reason = str(error)
    if "ermission" in reason:
        return LinkRefused(
            "link.permission", f"没有权限打开 {url}。", "请把运行本程序的用户加入 dialout 组，再重新登录。"
        )
    if "exclusively lock" in reason or "busy" in reason:
        return LinkRefused("link.busy", f"{url} 正被别的程序占用。", "请先关掉占用它的程序，再试一次。")
    if urlsplit(url).scheme in _NETWORK_SCHEMES:
        return LinkRefused("link.unreachable", f"连不上 {url}。", "请检查主机名和端口，并确认对方的设备服务已经打开。")
    return LinkRefused("link.refused", f"打不开设备接口 {url}。", "请检查连接线和电源，再插一次设备。")
