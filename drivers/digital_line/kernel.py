"""The seam to the kernel: open, ioctl, close. On a device file it is the kernel itself, on a socket a simulated one.

A pseudo-terminal has no modem lines and few machines a GPIO chip, so what a simulator speaks here is the ioctl: its
number and its structure, byte for byte.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import stat
import struct
from pathlib import Path
from typing import Final, Protocol

QUESTION: Final = struct.Struct("<iIH")
"""Handle, ioctl number, length of the structure that follows."""
ANSWER: Final = struct.Struct("<iH")
"""errno (0: none), length of the structure that follows."""
BODY_BYTES_MAX: Final = 4096
ANSWER_S: Final = 2.0


class Kernel(Protocol):
    """What a line is asked through; every call raises OSError with the kernel's errno."""

    def open(self, path: str) -> int:
        """A handle to the device file."""

    def ioctl(self, handle: int, number: int, body: bytes) -> bytes:
        """The structure as the kernel leaves it."""

    def close(self, handle: int) -> None:
        """Give the handle back."""


def kernel_at(path: str) -> Kernel:
    """Who answers for this path."""
    try:
        return SocketKernel() if stat.S_ISSOCK(Path(path).stat().st_mode) else RealKernel()
    except (OSError, ValueError):
        return RealKernel()


class RealKernel:
    """Linux."""

    def open(self, path: str) -> int:
        """See Kernel.open. It never waits for a carrier, and the port never becomes the process's own terminal."""
        return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)

    def ioctl(self, handle: int, number: int, body: bytes) -> bytes:
        """See Kernel.ioctl."""
        buffer = bytearray(body)
        fcntl.ioctl(handle, number, buffer, True)
        return bytes(buffer)

    def close(self, handle: int) -> None:
        """See Kernel.close."""
        with contextlib.suppress(OSError):
            os.close(handle)


class SocketKernel:
    """A simulated kernel behind a local socket: a connection is an open device, its handles are the other end's."""

    def __init__(self) -> None:
        self._connection: socket.socket | None = None

    def open(self, path: str) -> int:
        """See Kernel.open."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(path)
            self._connection = connection
            # What open(2) itself answers: nothing, or why not.
            self._exchange(0, 0, b"")
        except OSError:
            connection.close()
            self._connection = None
            raise
        return 0

    def ioctl(self, handle: int, number: int, body: bytes) -> bytes:
        """See Kernel.ioctl."""
        return self._exchange(handle, number, body)

    def close(self, handle: int) -> None:
        """See Kernel.close: the device's own handle, which is 0, ends the connection."""
        if handle == 0 and self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, handle: int, number: int, body: bytes) -> bytes:
        if self._connection is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            self._connection.sendall(QUESTION.pack(handle, number, len(body)) + body)
            failure, length = ANSWER.unpack(received(self._connection, ANSWER.size))
            answer = received(self._connection, min(length, BODY_BYTES_MAX))
        except TimeoutError as error:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
        if failure:
            raise OSError(failure, os.strerror(failure))
        return answer


def received(connection: socket.socket, size: int) -> bytes:
    """Exactly so many bytes; raises OSError where the other end has gone."""
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        data += piece
    return data
