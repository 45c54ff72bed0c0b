"""A hub's routes are looked at late, and none of them is broken."""

from __future__ import annotations

from fastapi.routing import APIRoute

from hub.hub import Hub
from hub.web import create_app


def test_every_route_can_be_served(hub: Hub) -> None:
    routes = [route for route in create_app(hub, decide=False).routes if isinstance(route, APIRoute)]
    assert len(routes) > 70
    for route in routes:
        assert "dependant" not in vars(route)
        assert route.dependant.call is route.endpoint
