"""Renders the pages; every word on them comes from the texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from hub.moments import local_text
from hub.pages.navigation import open_to
from seeds.texts import Texts

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"
# Nothing is loaded from outside, and nothing written into a page can run.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


_compiled: Final[dict[str, bytes]] = {}


class _Compiled(BytecodeCache):
    """A template is compiled once in a process, however many hubs it opens, and anew when its file changes."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket if the template is known; Jinja compares the text it was compiled from."""
        if (known := _compiled.get(bucket.key)) is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what has been compiled."""
        _compiled[bucket.key] = bucket.bytecode_to_string()


class Pages:
    """The templates with the texts at hand as `t(id, …)`."""

    def __init__(self, texts: Texts) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            bytecode_cache=_Compiled(),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(t=texts, open_to=open_to)
        self._templates.filters["local"] = local_text

    def show(
        self,
        template: str,
        status: int = 200,
        values: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """A page with its safety headers."""
        html = self._templates.get_template(template).render(**(values or {}))
        return HTMLResponse(html, status, headers={**_HEADERS, **(headers or {})})
