"""Sticks at the console: the page, the address that takes a part, and the answers to take back."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response

from hub.carry import answer_parts, carried, courier, note_forged, take_part, terminal_key
from hub.desk_door import page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.staff import Reception, SignedIn, same
from hub.tables import Terminal
from offline.wire.carry import MEDIA_TYPE, read_part
from offline.wire.stick import ANSWERS, SUFFIX
from offline.wire.trouble import BadPart

ADDRESS: Final = "/v1/carry"


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`POST /v1/carry` for signed-in staff, `/console/carry` and the answers under it."""
    routes = LateRouter()

    looking, staff = Depends(page_with(reception, Right.CARRY)), Depends(staff_with(reception, Right.CARRY))

    async def body(request: Request) -> bytes:
        return await request.body()

    @routes.post(ADDRESS, tags=["staff"], openapi_extra=_BODY)
    def take(
        who: SignedIn = staff,
        untrusted: bytes = Depends(body),
        zhizhu_csrf: Annotated[str, Header(max_length=100)] = "",
    ) -> dict[str, object]:
        """One part of a stick, brought by a member of the staff; bringing it again is harmless."""
        if not same(zhizhu_csrf, who.csrf):
            raise Problem("csrf", 403, "页面已过期，请刷新后再试。")
        try:
            part = read_part(untrusted, terminal_key(hub))
        except BadPart as bad:
            note_forged(hub, bad)
            raise Problem(f"carry_{bad.fault.value}", 422, f"{bad.sentence}{bad.advice}", park=True) from None
        return take_part(hub, part, who.name, who.region_prefix).as_json()

    @routes.get("/console/carry", include_in_schema=False)
    def carry_page(who: SignedIn = looking) -> Response:
        with hub.database.reading() as session:
            sticks = carried(session, hub, who.region_prefix)
            couriers = [courier(session, one) for one in dict.fromkeys(stick.terminal_id for stick in sticks)]
        values = {"who": who, "here": "carry", "refresh_s": hub.settings.refresh_s, "now": local_text(hub.clock())}
        return pages.show("carry.html", values=values | {"sticks": sticks, "couriers": couriers, "address": ADDRESS})

    @routes.get("/console/carry/{terminal_id}/answers", include_in_schema=False)
    def answers(terminal_id: str, who: SignedIn = staff) -> Response:
        with hub.database.reading() as session:
            terminal = session.get(Terminal, terminal_id)
        if terminal is None or not terminal.region.startswith(who.region_prefix):
            raise Problem("terminal_unknown", 404, "没有这台终端。")
        data = b"".join(part.data for part in answer_parts(hub, terminal_id))
        if not data:
            raise Problem("carry_nothing", 404, "这台终端还没有 U 盘来过，没有可以带回的答复。")
        name = f"{ANSWERS}{terminal_id}{SUFFIX}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(data, media_type=MEDIA_TYPE, headers=headers)

    return routes


_BODY: dict[str, object] = {
    "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
