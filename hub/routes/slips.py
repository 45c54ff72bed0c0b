"""Whether a slip that is held before a terminal's scanner is genuine."""

from __future__ import annotations

from fastapi import Depends

from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.rate_limit import RateLimit
from hub.routes.signed import SignedRequest, signed_request
from hub.slip_signers import judged
from offline.wire.slip_qr import read_tail
from offline.wire.slip_signers import SlipCheck
from offline.wire.trouble import WrongClaimCode


def router(hub: Hub) -> LateRouter:
    """`GET /v1/slips/{code.seal}`."""
    routes = LateRouter(tags=["terminals"])
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)
    signed = Depends(signed_request(hub))

    @routes.get("/v1/slips/{tail}")
    def slips(tail: str, request: SignedRequest = signed) -> SlipCheck:
        """What the seal of a slip comes to; nothing is said of the case."""
        if wait_s := limit.wait_s(request.terminal_id):
            raise Problem("too_many_tries", 429, "查询太频繁，请稍后再试。", retry_after=wait_s)
        try:
            slip = read_tail(tail)
        except WrongClaimCode as error:
            raise Problem("claim_code_wrong", 404, f"{error.sentence}{error.advice}") from None
        with hub.database.reading() as session:
            return SlipCheck(word=judged(session, hub, slip).word)

    return routes
