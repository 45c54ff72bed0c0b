"""Requests that a terminal signed: who it is, and the body that was signed; whatever is refused is counted."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from hub.credentials import refuse_behind, refuse_expired, refuse_revoked
from hub.hub import Hub
from hub.problems import Problem
from hub.refusals import NOBODY
from hub.tables import Terminal
from offline.wire.canonical import parse_time, unb64
from offline.wire.protocol import PROTOCOL_HEADER, agree
from offline.wire.signing import SIGNATURE_HEADER, TIME_HEADER, signer, verify_request
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord, ProtocolGap

_UPGRADE_RETRY_S: Final = 3600.0
_READ_ONLY: Final = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature holds."""

    terminal_id: str
    body: bytes
    signature: str
    at: datetime  # when it was signed, by the hub's time as the terminal knows it

    def json(self) -> object:
        """The body's JSON value, still untrusted in its form."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Problem("malformed", 400, "请求内容不是 JSON。", park=True) from None


def signed_request(
    hub: Hub, *, expired: bool = False, remembered: bool = True
) -> Callable[[Request], Awaitable[SignedRequest]]:
    """The dependency that admits any enrolled terminal.

    `expired` admits it also when its credential is over. A route that remembers the request inside its own transaction
    says `remembered=False` and calls `once`.
    """

    async def admit(request: Request) -> SignedRequest:
        body = await request.body()
        target = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
        if request.url.query:
            target = f"{target}?{request.url.query}"
        return await run_in_threadpool(_check, hub, request, target, body, expired, remembered)

    return admit


def own_request(
    hub: Hub, *, expired: bool = False, remembered: bool = True
) -> Callable[[str, Request], Awaitable[SignedRequest]]:
    """The dependency for addresses that name a terminal: only that terminal may use them."""
    admit = signed_request(hub, expired=expired, remembered=remembered)

    async def admit_own(terminal_id: str, request: Request) -> SignedRequest:
        signed = await admit(request)
        if terminal_id != signed.terminal_id:
            await run_in_threadpool(hub.refusals.note, signed.terminal_id, "foreign_terminal")
            raise Problem("foreign_terminal", 403, "终端只能使用自己的地址。", park=True)
        return signed

    return admit_own


def once(session: Session, hub: Hub, request: SignedRequest) -> None:
    """Remembers a request together with what it does; raises Problem when any replica has had it."""
    if hub.replays.seen_anywhere(session, request.signature):
        raise _replayed()


@contextmanager
def recorded(hub: Hub, request: SignedRequest) -> Iterator[None]:
    """Counts a refusal that is found only while the request is worked on, once its transaction is over."""
    try:
        yield
    except Problem as problem:
        hub.refusals.note(request.terminal_id, problem.code)
        raise


def _check(hub: Hub, request: Request, target: str, body: bytes, expired: bool, remembered: bool) -> SignedRequest:
    claimed = NOBODY
    try:
        terminal_id = signer(request.headers)
        with hub.database.reading() as session:
            terminal = session.get(Terminal, terminal_id[:64])
        if terminal is None:
            raise BadSignature("没有登记过这台终端")
        claimed = terminal.id
        agree(request.headers.get(PROTOCOL_HEADER))
        public = unb64(terminal.signing_public, 32)
        verify_request(public, request.headers, request.method, target, body, hub.clock())
        signed = SignedRequest(
            terminal.id, body, request.headers[SIGNATURE_HEADER], parse_time(request.headers[TIME_HEADER])
        )
        _admit(hub, terminal, signed, expired, remembered and request.method not in _READ_ONLY)
    except Problem as problem:
        hub.refusals.note(claimed, problem.code)
        raise
    except ClockApart as error:
        raise _noted(hub, claimed, _clock_apart(error)) from None
    except ProtocolGap as error:
        raise _noted(hub, claimed, _gap(error)) from None
    except (BadSignature, MalformedRecord) as error:
        raise _noted(hub, claimed, Problem("bad_signature", 401, f"{error.sentence}{error.advice}")) from None
    return signed


def _admit(hub: Hub, terminal: Terminal, signed: SignedRequest, expired: bool, remember: bool) -> None:
    """What a request must pass whose signature holds; raises Problem."""
    if hub.replays.seen_here(signed.signature):
        raise _replayed()
    refuse_revoked(terminal)
    refuse_behind(hub, terminal)
    if not expired:
        refuse_expired(hub, terminal)
    if remember:
        with hub.database.writing() as session:
            once(session, hub, signed)


def _noted(hub: Hub, claimed: str, problem: Problem) -> Problem:
    hub.refusals.note(claimed, problem.code)
    return problem


def _replayed() -> Problem:
    return Problem("replayed", 409, "这个请求已经收到过一次，没有再办；重试请重新签名。", retry_after=1)


def _clock_apart(error: ClockApart) -> Problem:
    return Problem("clock_apart", 401, f"{error.sentence}请按中枢的时间重签再送。", retry_after=1)


def _gap(error: ProtocolGap) -> Problem:
    code = "protocol_too_old" if error.terminal_too_old else "protocol_too_new"
    return Problem(code, 426, f"{error.sentence}{error.advice}", retry_after=_UPGRADE_RETRY_S)
