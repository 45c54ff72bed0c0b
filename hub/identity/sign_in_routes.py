"""Signing in and out: the password, then a one-time code; at the first time the secret of the codes, by QR."""

from __future__ import annotations

import io
import secrets
from datetime import datetime
from typing import Annotated, Final

import qrcode
import qrcode.image.svg
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.desk_door import COOKIE, SIGN_IN, own_form
from hub.hub import Hub
from hub.identity.factors import FactorRefused, check, confirm, offered
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.rate_limit import caller_of
from hub.staff import Halfway, Reception, Refused, same

LOGIN_COOKIE: Final = "zhizhu_login"
STEP_COOKIE: Final = "zhizhu_step"
_LOGIN_MINUTES: Final = 30
_LEFT: Final = "left"  # of the province, too: whoever signs out is still signed in there
_PATH: Final = "/"  # /console and /desk are one door
FACTOR: Final = f"{SIGN_IN}/code"
ENROLMENT: Final = f"{SIGN_IN}/enrolment"
_QR_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/login…` and `/console/logout`."""
    routes = LateRouter(include_in_schema=False)
    _password(routes, hub, pages, reception)
    _code(routes, hub, pages, reception)
    _enrolment(routes, hub, pages, reception)

    @routes.post("/console/logout")
    def sign_out(request: Request, csrf: Annotated[str, Form(max_length=100)] = "") -> Response:
        cookie, left = request.cookies.get(COOKIE), False
        signed_in = reception.who(cookie)
        if cookie and signed_in is not None:
            own_form(csrf, signed_in)
            left = reception.sign_out(cookie)
        answer = RedirectResponse(f"{SIGN_IN}?{_LEFT}" if left else SIGN_IN, 303)
        answer.delete_cookie(COOKIE, path=_PATH)
        return answer

    return routes


def _password(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    def page(
        request: Request, status: int = 200, trouble: str = "", name: str = "", until: datetime | None = None
    ) -> HTMLResponse:
        token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
        told = {} if until is None else {"at": local_text(until)}
        values: dict[str, object] = {"csrf": token, "trouble": trouble, "name": name, "told": told}
        values |= {
            "province": hub.settings.oidc is not None,
            "left": hub.settings.oidc is not None and _LEFT in request.query_params,
        }
        shown = pages.show("login.html", status, values=values)
        set_cookie(request, shown, LOGIN_COOKIE, token, _LOGIN_MINUTES * 60)
        return shown

    @routes.get(SIGN_IN)
    def show(request: Request) -> HTMLResponse:
        return page(request)

    @routes.post(SIGN_IN)
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=40)] = "",
        password: Annotated[str, Form(max_length=400)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        expected = request.cookies.get(LOGIN_COOKIE, "")
        if not expected or not same(csrf, expected):
            return page(request, 403, "hub.login.stale", name)
        opened = reception.sign_in(name, password, caller_of(request))
        if isinstance(opened, Refused):
            wait = opened.until is not None or opened.text == "hub.login.locked"
            return page(request, 429 if wait else 401, opened.text, name, opened.until)
        if opened.step == "in":
            answer = _home(reception, opened.cookie)
            set_cookie(request, answer, COOKIE, opened.cookie, hub.settings.session_hours * 3600)
        else:
            answer = RedirectResponse(FACTOR if opened.step == "code" else ENROLMENT, 303)
            set_cookie(request, answer, STEP_COOKIE, opened.cookie, hub.settings.factor_minutes * 60)
        answer.delete_cookie(LOGIN_COOKIE, path=_PATH)
        return answer


def _code(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    @routes.get(FACTOR)
    def show(request: Request) -> Response:
        who = reception.halfway(request.cookies.get(STEP_COOKIE))
        return RedirectResponse(SIGN_IN, 303) if who is None else pages.show("login_code.html", values=_values(who))

    @routes.post(FACTOR)
    def take(
        request: Request,
        code: Annotated[str, Form(max_length=40)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        cookie, who = _halfway(reception, request, csrf)
        if who is None:
            return RedirectResponse(SIGN_IN, 303)
        refused = check(hub, who.name, code)
        if refused is not None:
            return pages.show("login_code.html", _status(refused), _values(who, refused.text))
        opened = reception.go_in(cookie)
        return _entered(request, hub, _home(reception, opened), opened)


def _enrolment(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    def page(who: Halfway, status: int = 200, trouble: str = "") -> Response:
        address = offered(hub, who.name)
        if address is None:  # confirmed meanwhile, in another window
            return RedirectResponse(FACTOR, 303)
        secret = address.partition("secret=")[2].partition("&")[0]
        values = _values(who, trouble) | {"secret": secret, "picture": f"{ENROLMENT}/qr.svg"}
        return pages.show("login_enrolment.html", status, values)

    @routes.get(ENROLMENT)
    def show(request: Request) -> Response:
        who = reception.halfway(request.cookies.get(STEP_COOKIE))
        return RedirectResponse(SIGN_IN, 303) if who is None else page(who)

    @routes.get(f"{ENROLMENT}/qr.svg")
    def picture(request: Request) -> Response:
        who = reception.halfway(request.cookies.get(STEP_COOKIE))
        address = None if who is None else offered(hub, who.name)
        if address is None:
            raise Problem("factor_told", 404, "动态码的密钥只在第一次登录时显示。")
        return Response(qr_svg(address), media_type="image/svg+xml", headers=_QR_HEADERS)

    @routes.post(ENROLMENT)
    def take(
        request: Request,
        code: Annotated[str, Form(max_length=40)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        cookie, who = _halfway(reception, request, csrf)
        if who is None:
            return RedirectResponse(SIGN_IN, 303)
        told = confirm(hub, who.name, code)
        if isinstance(told, FactorRefused):
            return page(who, _status(told), told.text)
        opened = reception.go_in(cookie)
        signed_in = reception.who(opened)
        home = SIGN_IN if signed_in is None else reception.landing(signed_in)
        return _entered(request, hub, pages.show("login_recovery.html", values={"codes": told, "home": home}), opened)


def qr_svg(text: str) -> bytes:
    """A QR as a picture that stays sharp on a phone and on paper."""
    made, out = qrcode.QRCode(border=2, image_factory=qrcode.image.svg.SvgPathImage), io.BytesIO()
    made.add_data(text)
    made.make_image().save(out)
    return out.getvalue()


def _halfway(reception: Reception, request: Request, csrf: str) -> tuple[str, Halfway | None]:
    """The cookie and whose it is, where the form came from a page of this sign-in."""
    cookie = request.cookies.get(STEP_COOKIE, "")
    who = reception.halfway(cookie)
    return cookie, who if who is not None and same(csrf, who.csrf) else None


def _values(who: Halfway, trouble: str = "") -> dict[str, object]:
    return {"name": who.name, "csrf": who.csrf, "trouble": trouble}


def _status(refused: FactorRefused) -> int:
    return 429 if refused.text == "hub.factor.locked" else 401


def _home(reception: Reception, cookie: str) -> Response:
    who = reception.who(cookie)
    return RedirectResponse(SIGN_IN if who is None else reception.landing(who), 303)


def _entered(request: Request, hub: Hub, answer: Response, cookie: str) -> Response:
    set_cookie(request, answer, COOKIE, cookie, hub.settings.session_hours * 3600)
    answer.delete_cookie(STEP_COOKIE, path=_PATH)
    return answer


def set_cookie(
    request: Request, answer: Response, name: str, value: str, max_age_s: int, *, path: str = _PATH, lax: bool = False
) -> None:
    """A cookie that no script reads; `lax` where the browser has to bring it along from another site."""
    answer.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=path,
        httponly=True,
        samesite="lax" if lax else "strict",
        secure=request.url.scheme == "https",
    )
