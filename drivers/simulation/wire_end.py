"""The far end of a wire: where a simulator sits. A pseudo-terminal or a TCP port, which can be pulled and put back."""

from __future__ import annotations

import os
import select
import shutil
import socket
import tempfile
import termios
import tty
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from drivers.trouble import DeviceTrouble

_CHUNK_BYTES: Final = 4096
_BAUDS: Final = {getattr(termios, f"B{rate}"): rate for rate in (9600, 19200, 38400, 57600, 115200, 230400)}


class WireEnd(Protocol):
    """The side of a link that the driver does not see.

    `wait` may run while another thread pulls the wire; all else is called by one thread at a time.
    """

    @property
    def link(self) -> str:
        """The link URL a driver opens; it stays the same when the wire is pulled and put back."""

    def wait(self, timeout_s: float) -> bool:
        """Whether there may be something to read; False after the timeout. The wire may be pulled meanwhile."""

    def read(self) -> bytes:
        """What the driver wrote, without waiting; b"" where there is nothing or nobody."""

    @property
    def baud(self) -> int | None:
        """The rate the driver has set on its side; None where the wire has none."""

    def write(self, data: bytes) -> None:
        """Send to the driver; lost, as on a real wire, where nobody is there."""

    def pull(self) -> None:
        """Take the device away: the driver sees its link lost and cannot open it again."""

    def plug(self) -> None:
        """Put it back; harmless when it is there."""

    def close(self) -> None:
        """End for good."""


def make_wire_end(wish: str, name: str) -> WireEnd:
    """`pty` or `tcp:PORT` (0 takes a free one); raises DeviceTrouble for anything else or a port in use."""
    if wish == "pty":
        return PtyEnd(name)
    scheme, _, port = wish.partition(":")
    if scheme == "tcp" and port.isdecimal() and int(port) < 65536:
        return TcpEnd(int(port))
    raise DeviceTrouble("simulate.link", f"看不懂模拟器的链接“{wish}”。", "请写成 pty 或 tcp:端口号（如 tcp:9100）。")


class PtyEnd:
    """A pseudo-terminal behind a name of its own, as udev gives one: the name stays when the terminal changes."""

    def __init__(self, name: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zhizhu-device-"))
        self._path = self._folder / name
        self._ours: int | None = None
        self._theirs: int | None = None
        self.plug()

    @property
    def link(self) -> str:
        """See WireEnd.link."""
        return str(self._path)

    def wait(self, timeout_s: float) -> bool:
        """See WireEnd.wait."""
        return _wait([] if self._ours is None else [self._ours], timeout_s)

    def read(self) -> bytes:
        """See WireEnd.read."""
        if self._ours is None:
            return b""
        try:
            return os.read(self._ours, _CHUNK_BYTES)
        except BlockingIOError:
            return b""

    @property
    def baud(self) -> int | None:
        """See WireEnd.baud. Both sides of a terminal share its settings."""
        return None if self._ours is None else _BAUDS.get(termios.tcgetattr(self._ours)[5])

    def write(self, data: bytes) -> None:
        """See WireEnd.write."""
        rest = memoryview(data)
        while self._ours is not None and rest:
            _, ready, _ = select.select([], [self._ours], [], 1.0)
            if not ready:
                return
            rest = rest[os.write(self._ours, rest) :]

    def pull(self) -> None:
        """See WireEnd.pull."""
        self._path.unlink(missing_ok=True)
        for descriptor in (self._ours, self._theirs):
            if descriptor is not None:
                os.close(descriptor)
        self._ours = self._theirs = None

    def plug(self) -> None:
        """See WireEnd.plug."""
        if self._ours is not None:
            return
        # Our own hold on the driver's side keeps the terminal alive between two drivers.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self._path.symlink_to(os.ttyname(self._theirs))

    def close(self) -> None:
        """See WireEnd.close."""
        self.pull()
        shutil.rmtree(self._folder, ignore_errors=True)


class TcpEnd:
    """A TCP port that serves one driver at a time, as serial device servers do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._answering = False
        """Whether what is said now answers the one who is there, and not whoever came after."""
        self.plug()

    @property
    def link(self) -> str:
        """See WireEnd.link."""
        return f"socket://127.0.0.1:{self._port}"

    def wait(self, timeout_s: float) -> bool:
        """See WireEnd.wait."""
        self._answering = False
        return _wait(self._watched(), timeout_s)

    def read(self) -> bytes:
        """See WireEnd.read."""
        self._answering = False
        ready, _, _ = select.select(self._watched(), [], [], 0)
        if self._client is not None and self._client in ready:
            return self._take(self._client)
        if self._listener is not None and self._listener in ready:
            self._welcome(self._listener)
        return b""

    @property
    def baud(self) -> int | None:
        """See WireEnd.baud."""
        return None

    def write(self, data: bytes) -> None:
        """See WireEnd.write. Who has come or gone is seen first: what is said goes to the one who listens.

        But not an answer: what the one before has asked is not said to the next.
        """
        if not self._answering:
            self._see_who_is_there()
        if self._client is None:
            return
        try:
            self._client.sendall(data)
        except OSError:
            self._drop_client()

    def pull(self) -> None:
        """See WireEnd.pull."""
        self._drop_client()
        if self._listener is not None:
            # Another thread may be waiting on it, which would hold the port; shutting it down ends the listening now.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def plug(self) -> None:
        """See WireEnd.plug."""
        if self._listener is not None:
            return
        try:
            self._listener = socket.create_server(("127.0.0.1", self._port))
        except OSError as error:
            raise DeviceTrouble(
                "simulate.port_in_use", f"端口 {self._port} 已被占用。", "请换一个端口，或写 tcp:0 让系统挑一个。"
            ) from error
        self._listener.setblocking(False)
        self._port = self._listener.getsockname()[1]

    def close(self) -> None:
        """See WireEnd.close."""
        self.pull()

    def _see_who_is_there(self) -> None:
        if self._client is not None and _wait([self._client], 0):
            try:
                gone = not self._client.recv(1, socket.MSG_PEEK)
            except OSError:
                gone = True
            if gone:
                self._drop_client()
        if self._client is None and self._listener is not None and _wait([self._listener], 0):
            self._welcome(self._listener)

    def _welcome(self, listener: socket.socket) -> None:
        try:
            newcomer, _ = listener.accept()
        except OSError:
            # Gone again before it was let in.
            return
        if self._client is None:
            newcomer.settimeout(1.0)
            self._client = newcomer
        else:
            newcomer.close()

    def _watched(self) -> list[socket.socket]:
        return [end for end in (self._client, self._listener) if end is not None]

    def _take(self, client: socket.socket) -> bytes:
        try:
            data = client.recv(_CHUNK_BYTES)
        except OSError:
            data = b""
        if not data:
            self._drop_client()
        self._answering = bool(data)
        return data

    def _drop_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _wait(ends: Sequence[int | socket.socket], timeout_s: float) -> bool:
    """Whether one of these became readable; an end that was closed meanwhile is one that has nothing."""
    try:
        ready, _, _ = select.select(ends, [], [], timeout_s)
    except (OSError, ValueError):
        return False
    return bool(ready)
