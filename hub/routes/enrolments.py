"""Where a new terminal becomes one of the hub's."""

from __future__ import annotations

from hub.enrolment import enrol
from hub.gateway.port import SourcePort
from hub.hub import Hub
from hub.late_routes import LateRouter
from offline.wire.enrolment import EnrolmentReply, EnrolmentRequest


def router(hub: Hub, port: SourcePort) -> LateRouter:
    """`POST /v1/enrolments`."""
    routes = LateRouter(tags=["terminals"])

    @routes.post("/v1/enrolments", status_code=201)
    def enrolments(asked: EnrolmentRequest) -> EnrolmentReply:
        """Spends a one-off key; repeating it with the same terminal key gives the same answer."""
        return enrol(hub, port, asked)

    return routes
