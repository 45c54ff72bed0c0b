"""A small hub over real HTTP for the sync contract: idempotent, and as unkind as a test wants it to be."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from offline.wire.attachment import sha256_of
from offline.wire.batch import MAX_BATCH_BYTES
from offline.wire.blobs import parse_range
from offline.wire.compression import unsqueezed
from offline.wire.event import Envelope
from offline.wire.protocol import PROTOCOL_HEADER
from offline.wire.signing import signing_public, verify_request
from offline.wire.trouble import BadSignature
from tests.offline.ground import HubKeys

Answer = tuple[int, dict[str, str], dict[str, object]]
"""Status, headers, JSON body."""


@dataclass
class HttpHub:
    """Serves on a free port; `unkind` may answer instead of the hub, or raise ConnectionAbortedError to hang up."""

    keys: HubKeys = field(default_factory=HubKeys)
    terminal_id: str = "t-0001"
    stored: dict[str, Envelope] = field(default_factory=dict)
    deliveries: list[str] = field(default_factory=list)
    park: set[int] = field(default_factory=set)
    changes: list[dict[str, object]] = field(default_factory=list)
    beats: list[dict[str, Any]] = field(default_factory=list)
    enrolments: list[dict[str, Any]] = field(default_factory=list)
    unkind: Callable[[str, str], Answer | None] = lambda _method, _path: None
    hang_up_after_storing: int = 0
    blobs: dict[str, bytearray] = field(default_factory=dict)
    brought: list[str] = field(
        default_factory=list
    )  # what came, in order: a blob's name when it is whole, an event's id
    refuse_blobs: Answer | None = None
    takes_gzip: bool = False
    refuse_packed: Answer = (415, {}, {"status": 415, "retryable": False})
    codings: list[str | None] = field(default_factory=list)
    cut_after_pieces: int | None = None
    happened: threading.Condition = field(default_factory=threading.Condition)
    public: bytes | None = None
    speaks: int = 2  # 1: as hubs were before replies were signed; this one signs none in either case

    def __enter__(self) -> HttpHub:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub._serve(self)

            def do_POST(self) -> None:
                hub._serve(self)

            def do_PUT(self) -> None:
                hub._serve(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """A test's hub keeps no log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait(self, until: Callable[[], bool], within_s: float = 20.0) -> None:
        """Waits until something has happened here; fails after the deadline."""
        with self.happened:
            assert self.happened.wait_for(until, within_s), "the hub waited in vain"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        try:
            status, headers, said = self.unkind(handler.command, handler.path) or self._answer(handler, body)
        except ConnectionAbortedError:
            handler.close_connection = True
            return
        data = json.dumps(said).encode()
        handler.send_response_only(status)
        for name, value in ({"Date": handler.date_time_string()} | headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        binary = handler.path.startswith("/v1/blobs/")
        coding = handler.headers.get("Content-Encoding")
        self.codings.append(coding)
        if coding is not None and not self.takes_gzip:
            return self.refuse_packed
        plain = body if coding is None else unsqueezed(body, MAX_BATCH_BYTES)
        asked = json.loads(plain) if plain and not binary else {}
        with self.happened:
            self.happened.notify_all()
            if handler.path == "/v1/enrolments":
                self.enrolments.append(asked)
                return 201, {}, self.keys.reply(self.terminal_id).model_dump()
            if self.public is not None:
                try:
                    headers = dict(handler.headers.items())
                    if self.speaks == 1:
                        headers.pop(PROTOCOL_HEADER, None)
                    verify_request(self.public, headers, handler.command, handler.path, body, datetime.now(UTC))
                except BadSignature as refusal:
                    return 401, {}, {"status": 401, "detail": refusal.sentence, "retryable": True}
            if binary:
                return self._take_piece(handler, body)
            if handler.path.endswith("/events"):
                status, headers, said = self._take(asked["events"])
                return status, headers | ({"Accept-Encoding": "gzip"} if self.takes_gzip else {}), said
            if handler.path.endswith("/heartbeats"):
                self.beats.append(asked)
                return 200, {}, {}
            if "/changes?cursor=" in handler.path:
                cursor = int(handler.path.rpartition("=")[2])
                fresh: list[object] = [change for n, change in enumerate(self.changes, 1) if n > cursor]
                return 200, {}, {"cursor": max(cursor, len(self.changes)), "changes": fresh}
            return 404, {}, {"status": 404, "title": "Not Found", "retryable": False}

    def _take_piece(self, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        name = handler.path.rpartition("/")[2]
        held = self.blobs.get(name, bytearray())
        if handler.command == "PUT":
            if self.refuse_blobs is not None:
                return self.refuse_blobs
            if self.cut_after_pieces is not None:
                self.cut_after_pieces -= 1
                if self.cut_after_pieces < 0:
                    raise ConnectionAbortedError
            start, _ = parse_range(handler.headers.get("Content-Range"), len(body))
            assert start == len(held), "a piece out of order"
            held = self.blobs.setdefault(name, held)
            held += body
            if sha256_of(bytes(held)) == name:
                self.brought.append(name)
        return 200, {}, {"have": len(held), "complete": sha256_of(bytes(held)) == name}

    def _take(self, untrusted: list[object]) -> Answer:
        results: list[dict[str, object]] = []
        for event in map(Envelope.from_json, untrusted):
            self.deliveries.append(event.id)
            if event.seq in self.park:
                results.append({"id": event.id, "status": "parked", "reason": "the hub does not like it"})
            elif event.id in self.stored:
                results.append({"id": event.id, "status": "duplicate"})
            else:
                self.stored[event.id] = event
                self.brought.append(event.id)
                results.append({"id": event.id, "status": "stored"})
        if self.hang_up_after_storing:
            self.hang_up_after_storing -= 1
            raise ConnectionAbortedError
        return 200, {}, {"results": results, "head": None}

    def know(self, signing_private: bytes) -> None:
        """From now on only this terminal's signature counts."""
        self.public = signing_public(signing_private)
