"""The auditor's page: who did what in a division. It reads, and nothing on it changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response

from hub.casework.joining import name_of
from hub.csv_text import csv_text
from hub.desk_door import page_with, staff_with
from hub.divisions import division_full_name
from hub.hub import Hub
from hub.identity.account_routes import division
from hub.identity.audit import KINDS, PROVINCE_DIGITS, RULE, Entry, Kind, Wanted, entries
from hub.identity.roles import ROLES, Right, region_prefix
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.staff import Reception, SignedIn

_ADDRESS: Final = "/console/audit"
_HEAD: Final = ("at", "actor", "asked", "kind", "what", "detail", "about", "where")
_Actor = Annotated[str, Query(max_length=40)]
_Kind = Annotated[Literal["", Kind], Query()]
_Region = Annotated[str, Query(pattern=r"^(|[0-9]{2,12})$")]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    at: str
    actor: str
    asked: str
    kind: str
    what: str
    detail: str
    about: str
    where: str


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/audit` and `.csv`."""
    routes = LateRouter(include_in_schema=False)
    reading, taking = (Depends(make(reception, Right.AUDIT)) for make in (page_with, staff_with))

    def lines(wanted: Wanted) -> list[Line]:
        with hub.database.reading() as session:
            return [_line(hub, one) for one in entries(session, wanted)]

    @routes.get(_ADDRESS)
    def show(who: SignedIn = reading, actor: _Actor = "", kind: _Kind = "", region: _Region = "") -> Response:
        asked = {"actor": actor, "kind": kind, "region": region}
        values = asked | {
            "who": who,
            "here": "audit",
            "rows": lines(Wanted(_prefix(who, region), hub.settings.audit_rows, actor, kind)),
            "kinds": KINDS,
            "table": f"{_ADDRESS}.csv?{urlencode({name: value for name, value in asked.items() if value})}",
            "now": local_text(hub.clock()),
        }
        return pages.show("audit.html", values=values)

    @routes.get(f"{_ADDRESS}.csv")
    def table(who: SignedIn = taking, actor: _Actor = "", kind: _Kind = "", region: _Region = "") -> Response:
        rows = lines(Wanted(_prefix(who, region), hub.settings.audit_table_rows, actor, kind))
        head = [hub.texts(f"hub.audit.{name}") for name in _HEAD]
        said = csv_text(head, [[getattr(one, name) for name in _HEAD] for one in rows])
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
        headers |= {"X-Content-Type-Options": "nosniff"}
        return Response(said, media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def _prefix(who: SignedIn, region: str) -> str:
    """The division that is asked for, which lies at or below the auditor's; without one, the auditor's own."""
    if not region:
        return who.region_prefix
    prefix = region_prefix(region.ljust(12, "0"))
    if not prefix.startswith(who.region_prefix) or (not prefix and who.region_prefix):
        raise Problem("audit_region", 403, "这个区划不归您管。")
    return prefix


def _line(hub: Hub, one: Entry) -> Line:
    return Line(
        at=local_text(one.at),
        actor=_actor(hub, one.actor),
        asked=one.asked_by,
        kind=hub.texts(f"hub.audit.kind.{one.kind}"),
        what=hub.texts(one.what),
        detail=_detail(hub, one),
        about=one.about,
        where=_where(hub, one.region),
    )


def _actor(hub: Hub, actor: str) -> str:
    """An account's name; in words, where a rule or a command did it."""
    kind, _, item = actor.partition(":")
    if kind == RULE:
        return hub.texts("hub.audit.rule", item=name_of(hub, item) if item else "")
    return actor or hub.texts("hub.audit.command")


def _detail(hub: Hub, one: Entry) -> str:
    """In words, where it is one of ours: what was shown or decided, or the role and division of an account."""
    words = f"hub.audit.detail.{one.what.rpartition('.')[2]}.{one.detail}"
    if words in hub.texts:
        return hub.texts(words)
    role, _, region = one.detail.partition(" ")
    if one.kind == "accounts" and role in ROLES:
        return f"{hub.texts(f'hub.role.{role}')} {division(hub, region)}"
    return one.detail


def _where(hub: Hub, region: str) -> str:
    if len(region) < PROVINCE_DIGITS:
        return division(hub, "0" * 12)
    return division_full_name(hub, region.ljust(12, "0"))
