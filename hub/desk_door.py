"""The door of console and desk: who may come in with what right, and which cases such a person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.desk import DeskTrouble
from hub.hub import Hub
from hub.identity.roles import Right
from hub.problems import Problem
from hub.staff import Reception, SignedIn, same
from hub.tables import Case

COOKIE: Final = "zhizhu_staff"
SIGN_IN: Final = "/console/login"


class SignInFirst(Exception):
    """Somebody opened a page without having signed in."""


def install_door(app: FastAPI) -> None:
    """Sends whoever opens a page without having signed in to where one does."""

    async def to_sign_in(_: Request, __: Exception) -> Response:
        return RedirectResponse(SIGN_IN, 303)

    app.add_exception_handler(SignInFirst, to_sign_in)


def page_with(reception: Reception, right: Right) -> Callable[[Request], SignedIn]:
    """The dependency of a page: raises SignInFirst for nobody, Problem for whoever has not this right."""

    def entered(request: Request) -> SignedIn:
        who = reception.who(request.cookies.get(COOKIE))
        if who is None:
            raise SignInFirst
        return _with(right, who)

    return entered


def staff_with(reception: Reception, right: Right) -> Callable[[Request], SignedIn]:
    """The dependency of what is posted or read by programs; raises Problem for nobody, and without this right."""

    def entered(request: Request) -> SignedIn:
        who = reception.who(request.cookies.get(COOKIE))
        if who is None:
            raise Problem("sign_in", 401, "请先登录。")
        return _with(right, who)

    return entered


def own_form(csrf: str, who: SignedIn) -> None:
    """Raises Problem unless the form came from a page of this session."""
    if not same(csrf, who.csrf):
        raise Problem("csrf", 403, "页面已过期，请刷新后再试。")


def of_the_sandbox(entered: Callable[[Request], SignedIn]) -> Callable[[Request], SignedIn]:
    """The same door for accounts of the whole province alone: the sandbox's parties are the same for everybody."""

    def of_the_province(request: Request) -> SignedIn:
        who = entered(request)
        if not who.whole_province:
            raise Problem("province_only", 403, "演示各方的表现由全省的账号设置。")
        return who

    return of_the_province


def back_to_case(number: str, trouble: DeskTrouble | None) -> Response:
    """The case's page again, with why nothing came of what a clerk wanted."""
    said = "" if trouble is None else f"?trouble={trouble.text}"
    return RedirectResponse(f"/desk/cases/{number}{said}", 303)


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


def _with(right: Right, who: SignedIn) -> SignedIn:
    if not who.may(right):
        raise Problem("not_your_work", 403, "您的账号不做这项工作，请找管这项工作的同事。")
    return who
