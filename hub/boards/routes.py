"""`/console/board`: limits and figures by item and division, filtered by the tree of divisions; JSON beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import JSONResponse, Response

from hub.boards.counting import Board, board
from hub.boards.figures import Line, Share
from hub.desk_door import page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right, region_prefix
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.ratings.indicators import months
from hub.staff import Reception, SignedIn

SAVED: Final = (
    ("documents", "of_documents"),
    ("fields", "of_fields"),
    ("signatures", "counted"),
    ("trips", "counted"),
)
"""What was spared, and of how many."""
_Division = Annotated[str, Query(max_length=12, pattern=r"^[0-9]*$")]
_Month = Annotated[str, Query(max_length=7)]


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """The page and its JSON; each account sees its own division and what lies below it."""
    routes = LateRouter(prefix="/console", include_in_schema=False)
    looking, asking = Depends(page_with(reception, Right.INDICATORS)), Depends(staff_with(reception, Right.INDICATORS))

    def found(who: SignedIn, division: str, month: str) -> Board:
        prefix = region_prefix(division.ljust(12, "0")) if division else who.region_prefix
        if not prefix.startswith(who.region_prefix) or (division and prefix not in hub.regions):
            raise Problem("division_unknown", 404, "没有这个区划，或不在您的账号管的范围里。")
        known = months(hub)
        with hub.database.reading() as session:
            return board(session, hub, month if month in known else known[0], prefix, hub.settings.board_least)

    @routes.get("/board")
    def page(who: SignedIn = looking, division: _Division = "", month: _Month = "") -> Response:
        told = found(who, division, month)
        above = [code for code in _above(told.division) if code.startswith(who.region_prefix)]
        values: dict[str, object] = {
            "who": who,
            "here": "board",
            "board": told,
            "months": months(hub),
            "above": [(code, hub.regions.name_of(code)) for code in above],
            "saved": SAVED,
            "now": local_text(hub.clock()),
        }
        return pages.show("limits_board.html", values=values)

    @routes.get("/board.json")
    def as_json(who: SignedIn = asking, division: _Division = "", month: _Month = "") -> JSONResponse:
        told = found(who, division, month)
        return JSONResponse(
            {
                "month": told.month,
                "division": told.division,
                "name": told.name,
                "least": told.least,
                "is_whole": told.is_whole,
                "whole": _line(told.whole),
                "rechecks": {"too_few": True} if told.checked is None else asdict(told.checked),
                "items": [_line(one) for one in told.items],
                "divisions": [_line(one) for one in told.divisions],
                "flags": {flag: _share(share) for flag, share in told.flags.items()},
            }
        )

    return routes


def _above(prefix: str) -> list[str]:
    return [prefix[:length] for length in (2, 4, 6, 9) if length < len(prefix)]


def _share(share: Share) -> dict[str, object]:
    return {"part": share.part, "whole": share.whole, "percent": share.percent}


def _line(line: Line) -> dict[str, object]:
    told: dict[str, object] = {"id": line.id, "name": line.name}
    told |= {"statutory_days": line.statutory, "promised_days": line.promised, "cut_percent": line.cut}
    told |= {"flags": sorted(line.flags)}
    if line.counts is None:
        return told | {"too_few": True}
    counts = line.counts
    shares = {part: _share(line.share(part, whole)) for part, whole in SAVED}
    return told | {
        "too_few": False,
        "settled": counts.settled,
        "same_day": _share(line.same_day),
        "late": _share(line.share("late", "settled")),
        "mean_working_days": line.mean_days,
        "open": counts.open,
        "yellow": counts.yellow,
        "red": counts.red,
        "saved": shares | {"seals": counts.seals},
    }
