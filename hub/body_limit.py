"""No request may be larger than the hub is willing to hold in memory."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.problems import Problem


class BodyLimit:
    """Reads each request's body up to the limit before the application sees it; refuses larger ones."""

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits  # of single addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        chunks: list[bytes] = []
        size, more, limit = 0, True, self._limits.get(scope["path"], self._limit)
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the caller went away in the middle
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            more = message.get("more_body", False)
            if size > limit:
                problem = Problem("too_large", 413, f"请求超过 {limit} 字节，请分批再送。", park=True)
                await problem.response()(scope, receive, send)
                return
        body = b"".join(chunks)
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)
