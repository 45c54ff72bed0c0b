"""Requests that a terminal signed: who it is, and the body that was signed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from hub.hub import Hub
from hub.problems import Problem
from hub.tables import Terminal
from offline.wire.canonical import unb64
from offline.wire.signing import signer, verify_request
from offline.wire.trouble import BadSignature, ClockApart


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature holds."""

    terminal_id: str
    body: bytes

    def json(self) -> object:
        """The body's JSON value, still untrusted in its form."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Problem("malformed", 400, "请求内容不是 JSON。", park=True) from None


def signed_request(hub: Hub) -> Callable[[Request], Awaitable[SignedRequest]]:
    """The dependency that admits any enrolled terminal."""

    async def admit(request: Request) -> SignedRequest:
        body = await request.body()
        target = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
        if request.url.query:
            target = f"{target}?{request.url.query}"
        return SignedRequest(await run_in_threadpool(_check, hub, request, target, body), body)

    return admit


def own_request(hub: Hub) -> Callable[[str, Request], Awaitable[SignedRequest]]:
    """The dependency for addresses that name a terminal: only that terminal may use them."""
    admit = signed_request(hub)

    async def admit_own(terminal_id: str, request: Request) -> SignedRequest:
        signed = await admit(request)
        if terminal_id != signed.terminal_id:
            raise Problem("foreign_terminal", 403, "终端只能使用自己的地址。", park=True)
        return signed

    return admit_own


def _check(hub: Hub, request: Request, target: str, body: bytes) -> str:
    try:
        terminal_id = signer(request.headers)
        with hub.database.reading() as session:
            terminal = session.get(Terminal, terminal_id[:64])
        if terminal is None:
            raise BadSignature("没有登记过这台终端")
        public = unb64(terminal.signing_public, 32)
        verify_request(public, request.headers, request.method, target, body, hub.clock())
    except ClockApart as error:
        raise Problem("clock_apart", 401, f"{error.sentence}请按中枢的时间重签再送。", retry_after=1) from None
    except BadSignature as error:
        raise Problem("bad_signature", 401, f"{error.sentence}{error.advice}") from None
    return terminal_id
