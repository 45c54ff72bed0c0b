"""Sealed attachments of a terminal: where they stand, and their next piece."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from hub.blobs import blob_state, take_piece
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.routes.signed import SignedRequest, signed_request
from offline.wire.attachment import SHA256_PATTERN
from offline.wire.blobs import BlobState, parse_range
from offline.wire.trouble import MalformedRecord

_Name = Annotated[str, Path(pattern=SHA256_PATTERN)]


def router(hub: Hub) -> LateRouter:
    """`GET|PUT /v1/blobs/{sha256}`; a terminal sees only what it brought itself."""
    routes = LateRouter(tags=["terminals"])
    signed = Depends(signed_request(hub))

    @routes.get("/v1/blobs/{sha256}")
    def stands(sha256: _Name, request: SignedRequest = signed) -> BlobState:
        """How much of a blob is here; its bytes are never given back to a terminal."""
        with hub.database.reading() as session:
            return blob_state(session, request.terminal_id, sha256)

    @routes.put("/v1/blobs/{sha256}", openapi_extra=_BODY)
    def take(sha256: _Name, raw: Request, request: SignedRequest = signed) -> BlobState:
        """The whole of a blob, or the piece its `Content-Range` says; repeating it is harmless."""
        try:
            start, total = parse_range(raw.headers.get("content-range"), len(request.body))
        except MalformedRecord as error:
            raise Problem("malformed", 400, f"{error.sentence}{error.advice}", park=True) from None
        return take_piece(hub, request.terminal_id, sha256, start, total, request.body)

    return routes


_BODY: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
