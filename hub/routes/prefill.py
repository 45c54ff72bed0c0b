"""`POST /v1/terminals/{id}/prefill`: what the hub can tell before a resident fills anything in."""

from __future__ import annotations

from fastapi import Depends

from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.prefill.answering import answered, opened
from hub.prefill.source import PrefillSource
from hub.problems import Problem
from hub.rate_limit import RateLimit
from hub.routes.signed import SignedRequest, own_request
from offline.wire.prefill import SealedReply


def router(hub: Hub, source: PrefillSource) -> LateRouter:
    """The one route; question and answer are sealed, so that no proxy reads a household."""
    routes = LateRouter(tags=["terminals"])
    limit = RateLimit(hub.settings.prefill_per_minute, hub.settings.watched_callers, hub.clock)
    own = Depends(own_request(hub))

    @routes.post("/v1/terminals/{terminal_id}/prefill")
    def prefill(request: SignedRequest = own) -> SealedReply:
        """What an item wants to know of the person who has just shown who they are."""
        if wait_s := limit.wait_s(request.terminal_id):
            raise Problem("too_many_tries", 429, "查询太频繁，请稍后再试。", retry_after=wait_s)
        question = opened(hub, request.terminal_id, request.json())
        return answered(hub, source, request.terminal_id, question)

    return routes
