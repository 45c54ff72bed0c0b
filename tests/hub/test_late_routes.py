"""A hub's routes are looked at late, none of them is broken, and none takes a number that no row can have."""

from __future__ import annotations

from typing import get_args

from annotated_types import Le
from fastapi.routing import APIRoute

from hub.hub import Hub
from hub.web import create_app


def test_every_route_can_be_served(hub: Hub) -> None:
    routes = [route for route in create_app(hub, decide=False).routes if isinstance(route, APIRoute)]
    assert len(routes) > 70
    for route in routes:
        assert "dependant" not in vars(route)
        assert route.dependant.call is route.endpoint
        for field in (*route.dependant.path_params, *route.dependant.query_params):
            if int in (field.field_info.annotation, *get_args(field.field_info.annotation)):
                ends = [one.le for one in field.field_info.metadata if isinstance(one, Le)]
                assert ends, f"{route.path} {field.name}: SQLite's driver fails at what is too large"
