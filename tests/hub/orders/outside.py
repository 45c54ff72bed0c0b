"""Two ports that stay open for all lives of the machine: the hub's own, and one behind which other services are.

Behind the second one an answer may be late (done, and nobody hears of it), wrong (another question's answer, or noise),
silent (not done), or asked for twice, as a proxy that tries again does.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STAMPS, CENTRE = "stamps", "centre"
STAMPS_PATH = "/sandbox/time-stamps"
_NOISE = b"not at all"


class Switch:
    """Hands each request to the application that stands behind it now."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        assert self.app is not None
        await self.app(scope, receive, send)


class Outside:
    """The time-stamp authority and the provincial centre, each with its manners."""

    def __init__(self) -> None:
        self.apps: dict[str, ASGIApp] = {}
        self.manners: dict[str, str] = {}
        self._before: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        party = STAMPS if scope["path"] == STAMPS_PATH else CENTRE
        for message in await self._answer(party, scope, await _body(receive)):
            await send(message)

    def begin_anew(self) -> None:
        """Another life: everybody is well, and nothing was answered before."""
        self.manners.clear()
        self._before.clear()

    async def _answer(self, party: str, scope: Scope, body: bytes) -> list[Message]:
        manner, app = self.manners.get(party, "well"), self.apps[party]
        if manner == "silent":
            return _reply(503, b"")
        kept, key = self._before, f"{party}{scope['path']}"
        if manner == "wrong":
            return kept.get(key) or _reply(200, _NOISE)
        told = await _ask(app, scope, body)
        if manner == "twice":
            told = await _ask(app, scope, body)
        if told[0]["status"] == 200:
            kept[key] = told
        return _reply(504, b"") if manner == "late" else told


async def _ask(app: ASGIApp, scope: Scope, body: bytes) -> list[Message]:
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    await app(dict(scope), receive, send)
    return told


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def _reply(status: int, body: bytes) -> list[Message]:
    length = (b"content-length", str(len(body)).encode())
    return [
        {"type": "http.response.start", "status": status, "headers": [length]},
        {"type": "http.response.body", "body": body},
    ]


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """The application behind a real port; its address."""
    port = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", date_header=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [port]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        port.close()
