"""Every page of the hub that somebody reads, from pages.yaml: whose it is, and its address in the filled hub."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

SIZES: Final[Mapping[str, tuple[int, int]]] = {"phone": (390, 844), "desk": (1280, 800)}
# What answers GET and is no page: data for programs, files, pictures, health.
NO_PAGE: Final = re.compile(
    r"/v1/.*|/static.*|/healthz|/readyz|/metrics|.*\.(json|csv|jpg|png|svg)|/console/carry/{terminal_id}/answers"
    r"|/verify/(chain|seals|seals\.crl)|/console/login/province/out"
    r"|/desk/cases/{number}/attachments/{attachment_id}"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page as somebody sees it; `address` has the filled hub's words in braces."""

    name: str
    route: str
    zh: str
    en: str
    who: str = ""  # whoever signed in; nobody for the public
    address: str = ""  # where it is not the route itself
    status: int = 200

    def path(self, named: Mapping[str, str]) -> str:
        """Where the browser goes."""
        return (self.address or self.route).format_map(named)


def load_pages() -> tuple[Shown, ...]:
    """All of them, in the order in which they are shown."""
    rows = yaml.safe_load((Path(__file__).parent / "pages.yaml").read_text(encoding="utf-8"))
    return tuple(Shown(**row) for row in rows)


def page_routes(routes: Iterable[str]) -> set[str]:
    """Those of `GET /…` that somebody reads."""
    paths = (name.removeprefix("GET ") for name in routes if name.startswith("GET "))
    return {path for path in paths if not NO_PAGE.fullmatch(path)}
