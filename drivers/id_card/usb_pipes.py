"""The module's USB pipes as one stream of bytes, whichever of the two ways it has of laying them.

Split, as the module's own description has it: of every frame the preamble and length go through one pipe (0x02 to the
module, 0x81 from it), the rest through another (0x06, 0x85). Single: whole frames through one pipe each way.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import usb.core

from drivers.id_card.frame import CONTENT_BYTES_MAX, PREAMBLE
from drivers.link import WRITE_TIMEOUT_S, LinkLost

HEAD_BYTES: Final = len(PREAMBLE) + 2
_LEAST_MS: Final = 1
"""To libusb a time-out of nothing means for ever."""


class UsbDevice(Protocol):
    """What is used of pyusb's `usb.core.Device` once its pipes are known. Errors are `usb.core.USBError`."""

    def read(self, endpoint: int, size_or_buffer: int, timeout: int) -> bytes:
        """At most so many bytes of one transfer, in milliseconds or USBTimeoutError."""

    def write(self, endpoint: int, data: bytes, timeout: int) -> int:
        """How many bytes went out."""

    def clear_halt(self, ep: int) -> None:
        """Let a stalled pipe run again."""


@dataclass(frozen=True)
class Pipe:
    """One endpoint and the size of its packets."""

    address: int
    packet_bytes: int


@dataclass(frozen=True)
class Pipes:
    """Where a frame's head and body go and come from; a single pair has each twice."""

    out_head: Pipe
    out_body: Pipe
    in_head: Pipe
    in_body: Pipe

    @property
    def split(self) -> bool:
        """Whether frames are divided between two pipes."""
        return self.out_head != self.out_body


class UsbPipesLink:
    """A Link over the pipes. What is read comes packet by packet, so no transfer waits to be filled."""

    def __init__(self, device: UsbDevice, pipes: Pipes, url: str, give_back: Callable[[], None]) -> None:
        """`give_back` returns the interface and forgets the device."""
        self._device = device
        self._pipes = pipes
        self._url = url
        self._give_back: Callable[[], None] | None = give_back
        self._body_left = 0
        self._stalled = False

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read. One packet at most; `limit` is never smaller than one where it matters."""
        if self._body_left:
            return self._read_body(timeout_s)
        data = self._packet(self._pipes.in_head, timeout_s)
        if self._pipes.split:
            self._body_left = _body_bytes(data)
        return data

    def write(self, data: bytes) -> None:
        """See Link.write; each call is one frame, which is how the driver speaks."""
        self._body_left = 0
        if not self._pipes.split:
            self._send(self._pipes.out_head, data)
            return
        self._flush(self._pipes.in_body)
        self._send(self._pipes.out_head, data[:HEAD_BYTES])
        self._send(self._pipes.out_body, data[HEAD_BYTES:])

    def close(self) -> None:
        """See Link.close."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()

    def _read_body(self, timeout_s: float) -> bytes:
        data = self._packet(self._pipes.in_body, timeout_s)
        # A packet longer than its frame is still handed on: the frame's check finds out.
        self._body_left = max(0, self._body_left - len(data))
        return data

    def _packet(self, pipe: Pipe, timeout_s: float) -> bytes:
        """One packet, b"" after the timeout. An empty one only ends a transfer: what follows it is waited for."""
        timeout = max(_LEAST_MS, int(timeout_s * 1000))
        try:
            data = bytes(self._device.read(pipe.address, pipe.packet_bytes, timeout))
            if not data:
                data = bytes(self._device.read(pipe.address, pipe.packet_bytes, timeout))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE or self._stalled:
                # A pipe that stalls again as soon as it was cleared is none to wait for.
                raise self._lost() from error
            self._stalled = True
            self._clear(pipe)
            return b""
        self._stalled = False
        return data

    def _send(self, pipe: Pipe, data: bytes) -> None:
        try:
            sent = self._write_once(pipe, data)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise self._lost() from error
            self._clear(pipe)
            sent = self._write_again(pipe, data)
        if sent != len(data):
            raise self._lost()

    def _write_once(self, pipe: Pipe, data: bytes) -> int:
        timeout = int(WRITE_TIMEOUT_S * 1000)
        sent = self._device.write(pipe.address, data, timeout)
        if data and len(data) % pipe.packet_bytes == 0:
            # A transfer of full packets is ended by an empty one; without it the module would wait for more.
            self._device.write(pipe.address, b"", timeout)
        return sent

    def _write_again(self, pipe: Pipe, data: bytes) -> int:
        try:
            return self._write_once(pipe, data)
        except usb.core.USBError as error:
            raise self._lost() from error

    def _flush(self, pipe: Pipe) -> None:
        """The rest of an answer that was given up would be read as the body of the next."""
        for _ in range(CONTENT_BYTES_MAX // pipe.packet_bytes + 1):
            if not self._packet(pipe, 0.0):
                return

    def _clear(self, pipe: Pipe) -> None:
        try:
            self._device.clear_halt(pipe.address)
        except usb.core.USBError as error:
            raise self._lost() from error

    def _lost(self) -> LinkLost:
        return LinkLost(
            "link.lost",
            f"与 USB 阅读器 {self._url} 的连接断开了。",
            "请把 USB 线插紧；仍不行就换一个 USB 口。",
        )


def _body_bytes(head: bytes) -> int:
    """What a head announces; anything that is no head announces nothing."""
    if len(head) != HEAD_BYTES or not head.startswith(PREAMBLE):
        return 0
    length = int.from_bytes(head[len(PREAMBLE) :], "big")
    return length if length <= CONTENT_BYTES_MAX + 1 else 0
