"""What the people who run the hub ask it: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from hub.alarms import alarm_counts
from hub.clocks.keeping import lights
from hub.fleet import TerminalState, terminals
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.tables import DecisionJob, InboxEvent
from hub.trouble import DatabaseTrouble


def router(hub: Hub) -> LateRouter:
    """`/healthz`, `/readyz`, `/metrics`."""
    routes = LateRouter(tags=["operations"])

    @routes.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """The process runs."""
        return "ok\n"

    @routes.get("/readyz", response_class=PlainTextResponse)
    def readyz() -> str:
        """The database answers and has this program's schema."""
        try:
            hub.database.check()
        except DatabaseTrouble as trouble:
            raise Problem("not_ready", 503, trouble.sentence, retry_after=5) from None
        return "ready\n"

    @routes.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Counters and gauges in Prometheus form; nothing in them is personal."""
        with hub.database.reading() as session:
            views = terminals(session, hub)
            waiting = session.scalar(select(func.count()).where(DecisionJob.state != "done"))
            alarms = alarm_counts(session)
            lit = lights(session)
            parked = session.scalar(select(func.count()).where(InboxEvent.status == "parked"))
        for state in TerminalState:
            hub.measures.terminals.labels(state.value).set(sum(view.state is state for view in views))
        for kind, count in alarms.items():
            hub.measures.alarms.labels(kind).set(count)
        for light, count in lit.items():
            hub.measures.lights.labels(light).set(count)
        hub.measures.waiting.set(waiting or 0)
        hub.measures.parked.set(parked or 0)
        return Response(hub.measures.exposition(), media_type=CONTENT_TYPE_LATEST)

    return routes
