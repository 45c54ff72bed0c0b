"""The door of the desk: who may come in, and which cases such a person may see."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.problems import Problem
from hub.routes.console import COOKIE
from hub.staff import Reception, SignedIn, same
from hub.tables import Case


def clerk_of(reception: Reception) -> Callable[[Request], SignedIn]:
    """A dependency of routes that only clerks may use; raises Problem."""

    def clerk_only(request: Request) -> SignedIn:
        who = reception.who(request.cookies.get(COOKIE))
        if who is None:
            raise Problem("sign_in", 401, "请先登录。")
        if not who.is_clerk:
            raise Problem("clerks_only", 403, "只有经办人可以打开。")
        return who

    return clerk_only


def own_form(csrf: str, who: SignedIn) -> None:
    """Raises Problem unless the form came from a page of this session."""
    if not same(csrf, who.csrf):
        raise Problem("csrf", 403, "页面已过期，请刷新后再试。")


def case_of(session: Session, number: str, who: SignedIn) -> Case:
    """A case that was filed or lies in a division of this person's; raises Problem for any other."""
    case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if case is None or not (case.region.startswith(who.region_prefix) or case.handled_in.startswith(who.region_prefix)):
        raise Problem("case_unknown", 404, "没有这个办件。")
    return case


def case_id_of(hub: Hub, number: str, who: SignedIn) -> int:
    """Its row's number; raises Problem."""
    with hub.database.reading() as session:
        return case_of(session, number, who).id
