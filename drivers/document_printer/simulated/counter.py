"""The HTTP counter of the simulated printer: takes requests in, hands answers out, and goes silent or away as told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from drivers.document_printer.message import MESSAGE_BYTES_MAX
from drivers.document_printer.port import DOCUMENT_BYTES_MAX
from drivers.trouble import DeviceTrouble

BODY_BYTES_MAX: Final = DOCUMENT_BYTES_MAX + MESSAGE_BYTES_MAX
_IDLE_S: Final = 10.0
_CHUNK_LINE_MAX: Final = 128
_HEAD_BYTES: Final = 512


Respond = Callable[[bytes], bytes | None]
"""From the body of a request to that of its answer; None closes the connection without one."""
Begins = Callable[[bytes], bool]


class Counter:
    """Listens on one port until closed; can be taken away and put back on the same port."""

    def __init__(self, port: int, respond: Respond, begins: Begins) -> None:
        """`begins` is told the beginning of each body; where it answers True, the rest is not read any more."""
        self.port = port
        self._respond = respond
        self._begins = begins
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Listen; harmless when it does. Raises DeviceTrouble for a port in use."""
        if self._server is not None:
            return
        try:
            server = _Server(("127.0.0.1", self.port), _handler(self._respond, self._begins))
        except OSError as error:
            raise DeviceTrouble(
                "simulate.port_in_use", f"端口 {self.port} 已被占用。", "请换一个端口，或写 tcp:0 让系统挑一个。"
            ) from error
        self._server, self.port = server, server.server_address[1]
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="simulated printer's port", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Be gone: nobody listens, and who is connected is cut off."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        if self._thread is not None:
            self._thread.join(timeout=5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        assert isinstance(request, socket.socket)
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._guard:
            left = tuple(self._open)
        for connection in left:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Gone already by itself.
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news for a printer."""


class _BrokenOff(Exception):
    """The printer does not want the rest."""


class _BadBody(Exception):
    """A body that is longer than allowed, badly chunked, or cut off."""


def _handler(respond: Respond, begins: Begins) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _IDLE_S

        def do_POST(self) -> None:
            self.close_connection = True
            try:
                body = self._body()
            except _BrokenOff:
                return
            except (_BadBody, ValueError):
                self.send_error(400)
                return
            answer = respond(body)
            if answer is None:
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/ipp")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            # CUPS asks several things on one connection and takes a closed one for a lost printer.
            self.close_connection = self.headers.get("Connection", "").lower() == "close"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is http.server's
            """Silent: standard output carries the one line that says where the simulator is."""

        def _body(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                return self._chunks()
            length = int(self.headers.get("Content-Length") or 0)
            if not 0 <= length <= BODY_BYTES_MAX:
                raise _BadBody
            head = self._begun(self._exactly(min(length, _HEAD_BYTES)))
            return head + self._exactly(length - len(head))

        def _chunks(self) -> bytes:
            data = b""
            while size := int(self.rfile.readline(_CHUNK_LINE_MAX).split(b";")[0], 16):
                if not 0 < size <= BODY_BYTES_MAX - len(data):
                    raise _BadBody
                chunk = self._exactly(size)
                data += chunk if data else self._begun(chunk)
                self.rfile.readline(_CHUNK_LINE_MAX)
            while self.rfile.readline(_CHUNK_LINE_MAX).strip():
                pass
            return data

        def _begun(self, head: bytes) -> bytes:
            if begins(head):
                raise _BrokenOff
            return head

        def _exactly(self, length: int) -> bytes:
            data = self.rfile.read(length)
            if len(data) < length:
                raise _BadBody
            return data

    return Handler
