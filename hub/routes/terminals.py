"""What an enrolled terminal sends and fetches: events, changes, heartbeats."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Annotated

from fastapi import Depends, Header, Response
from pydantic import ValidationError

from hub.alarms import compare_heads, hub_head
from hub.credentials import renew
from hub.feed import page
from hub.fleet import note_heartbeat
from hub.hub import Hub
from hub.ingest import ingest
from hub.key_news import catch_up
from hub.late_routes import LateRouter
from hub.packed_body import unpacked
from hub.problems import Problem
from hub.routes.signed import SignedRequest, once, own_request, recorded
from hub.row_numbers import AfterRow
from hub.tables import Terminal
from offline.wire.batch import BatchReply
from offline.wire.changes import Changes
from offline.wire.compression import GZIP
from offline.wire.credential import CredentialReply
from offline.wire.heartbeat import Heartbeat, HeartbeatReply


def router(hub: Hub) -> LateRouter:
    """`/v1/terminals/{id}/events|changes|heartbeats|credentials`."""
    routes = LateRouter(prefix="/v1/terminals/{terminal_id}", tags=["terminals"])
    signed = Depends(own_request(hub))
    renewing = Depends(own_request(hub, expired=True))
    beating = Depends(own_request(hub, remembered=False))

    @routes.post(
        "/events",
        response_model_exclude_none=True,
        openapi_extra=_body({"events": {"type": "array", "items": {"type": "object"}}}),
    )
    def events(
        response: Response, request: SignedRequest = signed, content_encoding: Annotated[str | None, Header()] = None
    ) -> BatchReply:
        """Stores a batch, which may come as gzip; each event is answered by itself."""
        response.headers["Accept-Encoding"] = GZIP
        body = unpacked(request.body, content_encoding, hub.settings.request_bytes)
        value = replace(request, body=body).json()
        untrusted = value.get("events") if isinstance(value, dict) else None
        if not isinstance(untrusted, list):
            raise Problem("malformed", 400, "请求里没有 events。", park=True)
        if len(untrusted) > hub.settings.batch_events:
            raise Problem("batch_too_long", 413, f"一批最多 {hub.settings.batch_events} 条，请分批再送。")
        return ingest(hub, request.terminal_id, untrusted)

    @routes.get("/changes")
    def changes(request: SignedRequest = signed, cursor: AfterRow = 0) -> Changes:
        """What the terminal has not heard yet."""
        catch_up(hub, request.terminal_id)
        with hub.database.reading() as session:
            return page(session, request.terminal_id, cursor, hub.settings.changes_page)

    @routes.post("/heartbeats", openapi_extra=_heartbeat())
    def heartbeats(request: SignedRequest = beating) -> HeartbeatReply:
        """Keeps the terminal's last word, and tells it up to where its chain is here."""
        try:
            heartbeat = Heartbeat.model_validate_json(request.body)
        except ValidationError as error:
            raise Problem("invalid", 422, f"心跳内容不合约定：{error.error_count()} 处。", park=True) from None
        with recorded(hub, request):
            if heartbeat.terminal != request.terminal_id:
                raise Problem("foreign_terminal", 403, "终端只能替自己报平安。", park=True)
            with hub.database.writing() as session:
                once(session, hub, request)
                terminal = session.get_one(Terminal, request.terminal_id, with_for_update=True)
                compare_heads(session, hub, terminal, heartbeat, request.at)
                note_heartbeat(session, hub, request.terminal_id, heartbeat)
                head = hub_head(session, request.terminal_id)
        hub.measures.heartbeats.inc()
        return HeartbeatReply(head=head)

    @routes.post("/credentials")
    def credentials(response: Response, request: SignedRequest = renewing) -> CredentialReply:
        """A credential for some weeks more; 202 with a code when a person has to agree first."""
        reply = renew(hub, request.terminal_id)
        response.status_code = 200 if reply.credential is not None else 202
        return reply

    return routes


@cache
def _heartbeat() -> dict[str, object]:
    return _body(Heartbeat.model_json_schema()["properties"])


def _body(properties: dict[str, object]) -> dict[str, object]:
    """The request body for `/openapi.json`: signed bodies are read raw, so FastAPI cannot see their form."""
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
