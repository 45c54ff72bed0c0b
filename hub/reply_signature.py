"""Replies to terminals carry the hub's signature, so that nobody between can say "stored" for it."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.keys import HubKeys
from offline.wire.protocol import PROTOCOL_HEADER, agree
from offline.wire.signing import HUB_KEY_HEADER, SIGNATURE_HEADER, TERMINAL_HEADER, sign_reply
from offline.wire.trouble import MalformedRecord, ProtocolGap

_LONGEST: Final = 200
"""Characters of a header that are signed over; a terminal's own are shorter."""


class ReplySignature:
    """Holds each reply to a signed request of protocol 2 until it is whole, then signs and sends it.

    Refusals are signed too, also those of requests that did not hold: the signature binds them to that request alone.
    """

    def __init__(self, app: ASGIApp, keys: HubKeys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = Headers(scope=scope) if scope["type"] == "http" else Headers()
        terminal, signature = asked.get(TERMINAL_HEADER, ""), asked.get(SIGNATURE_HEADER, "")
        version = _version(asked)
        if version < 2 or not 0 < len(terminal) <= _LONGEST or not 0 < len(signature) <= _LONGEST:
            await self._app(scope, receive, send)
            return
        begin: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal begin
            if message["type"] == "http.response.start":
                begin = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            assert begin is not None, "a body before its head"
            key = asked.get(HUB_KEY_HEADER, "")
            signed = await run_in_threadpool(self._signed, key, terminal, signature, int(begin["status"]), bytes(body))
            headers = MutableHeaders(scope=begin)
            headers.update(signed | {PROTOCOL_HEADER: str(version)})
            await send(begin)
            await send({"type": "http.response.body", "body": bytes(body)})

        await self._app(scope, receive, hold)

    def _signed(self, key_id: str, terminal: str, signature: str, status: int, body: bytes) -> dict[str, str]:
        """With the key the terminal believes, while the ring has it: it may not have heard of the newest yet."""
        private = self._keys.signing_private_of(key_id) or self._keys.signing_private
        return sign_reply(private, terminal, signature, status, body)


def _version(asked: Headers) -> int:
    offered = asked.get(PROTOCOL_HEADER)
    if offered is None:
        return 1
    try:
        return agree(offered)
    except ProtocolGap:
        return 2  # the refusal is signed in the form of the oldest version that signs
    except MalformedRecord:
        return 1
