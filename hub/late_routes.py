"""Routes that are looked at when somebody calls them: a start does not wait for the dozens that nobody calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path


class LateRoute(APIRoute):
    """Knows its address at once, and what its endpoint takes and gives from the first call on.

    FastAPI looks at every endpoint when it is declared, and once more when its router is included: nearly half a
    second for all of a hub's, each time one starts.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: Sequence[str] = ("GET",), **options: Any
    ) -> None:
        self.path, self.endpoint, self.methods = path, endpoint, set(methods)
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._options: dict[str, Any] | None = {"methods": methods, **options}

    def __getattr__(self, name: str) -> Any:
        """Only asked for what is not there yet."""
        options = self.__dict__.pop("_options", None)
        if options is None:
            raise AttributeError(name)
        super().__init__(self.path, self.endpoint, **options)
        return getattr(self, name)


class LateRouter(APIRouter):
    """A room's routes; their application takes them as they are, without including the router."""

    def __init__(self, prefix: str = "", **options: Any) -> None:
        super().__init__(prefix=prefix, route_class=LateRoute, **options)
