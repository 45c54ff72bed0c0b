"""Carrying one IPP message over HTTP and back, within a deadline that no slow trickle can stretch.

How a request failed decides what may be said about paper: where no connection came about, nothing was sent.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

from drivers.document_printer.address import Address
from drivers.document_printer.message import MESSAGE_BYTES_MAX, Group, Message, NotIpp, decode, encode
from drivers.document_printer.operations import Operation
from drivers.link import LinkRefused

_CHUNK_BYTES: Final = 64 * 1024
_IDS: Final = itertools.count(1)
_ID_MAX: Final = 0x7FFFFFFF


class PostFailed(Exception):
    """No usable answer came back."""


class NotReached(PostFailed):
    """No connection: the printer has seen nothing of the request."""


class Cut(PostFailed):
    """Connected, then lost, silent or speaking something else; `whole` tells whether all of the request went out."""

    def __init__(self, why: str, *, whole: bool) -> None:
        super().__init__(why)
        self.whole = whole


class Declined(PostFailed):
    """The HTTP side answered with a refusal: wrong path, a login, a server in trouble."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Post:
    """The way to one printer. A new connection for each message: printers drop idle ones without a word."""

    def __init__(self, address: Address, *, answer_s: float, certificate: Path | None) -> None:
        """`certificate`: the printer's own (PEM), for ipps://; printers sign theirs themselves. Without it the
        authorities this machine trusts are asked. Raises LinkRefused for a certificate file that cannot be read.
        """
        self.address = address
        self._answer_s = answer_s
        self._client = httpx.Client(
            verify=_trust(certificate),
            timeout=answer_s,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        )

    def ask(
        self, request: tuple[Operation, tuple[Group, ...]], document: bytes = b"", *, within_s: float | None = None
    ) -> Message:
        """The printer's answer; raises PostFailed. `within_s` bounds it all, `answer_s` where not given."""
        operation, groups = request
        message = Message(operation, next(_IDS) & _ID_MAX, groups)
        sending = _Sending(encode(message), document)
        with _Deadline(self._answer_s if within_s is None else within_s) as deadline:
            data = self._exchange(sending, deadline)
        try:
            answer = decode(data)
        except NotIpp as error:
            raise Cut(str(error), whole=sending.whole) from error
        if answer.request_id != message.request_id:
            raise Cut("the answer to another question", whole=sending.whole)
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _exchange(self, sending: _Sending, deadline: _Deadline) -> bytes:
        try:
            with self._client.stream(
                "POST",
                self.address.url,
                content=iter(sending),
                # Old printers do not take chunks, so the length is told beforehand.
                headers={"Content-Type": "application/ipp", "Content-Length": str(sending.size)},
                extensions={"trace": deadline.watch},
            ) as response:
                if response.status_code != 200:
                    raise Declined(response.status_code)
                return _bounded(response.iter_bytes(_CHUNK_BYTES))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotReached(str(error)) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Cut(str(error), whole=sending.whole) from error
        except NotIpp as error:
            raise Cut(str(error), whole=True) from error


class _Sending:
    """A request on its way out, which knows whether its last byte has been handed over."""

    def __init__(self, head: bytes, document: bytes) -> None:
        self._parts = tuple(part for part in (head, document) if part)
        self.size = len(head) + len(document)
        self.whole = False

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            for at in range(0, len(part), _CHUNK_BYTES):
                # Told before the last chunk goes: from here on it may have arrived.
                self.whole = part is self._parts[-1] and at + _CHUNK_BYTES >= len(part)
                yield part[at : at + _CHUNK_BYTES]
        self.whole = True


class _Deadline:
    """Ends an exchange by shutting its socket down: time-outs of single reads start anew with every byte."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's trace: takes hold of the socket once there is one."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            found = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._socket = found
                if self._over:
                    _shut(found)

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            if self._socket is not None:
                _shut(self._socket)


def _shut(connection: socket.socket) -> None:
    # Closed already where the exchange ended in this very moment.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _bounded(chunks: Iterator[bytes]) -> bytes:
    data = b""
    for chunk in chunks:
        data += chunk
        if len(data) > MESSAGE_BYTES_MAX:
            raise NotIpp(f"an answer has at most {MESSAGE_BYTES_MAX} bytes")
    return data


def _trust(certificate: Path | None) -> ssl.SSLContext:
    if certificate is None:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cafile=str(certificate))
    except (OSError, ssl.SSLError) as error:
        raise LinkRefused(
            "link.certificate", f"读不了打印机证书 {certificate}。", "请核对文件路径，证书要用 PEM 格式。"
        ) from error
    # Exactly this certificate is trusted, whatever name the printer wrote into it.
    context.check_hostname = False
    return context
