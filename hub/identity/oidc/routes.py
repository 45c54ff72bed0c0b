"""`/console/login/province…`: to the province's identity provider, back, and out."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from hub.desk_door import COOKIE, SIGN_IN
from hub.hub import Hub
from hub.identity.oidc.client import OidcClient
from hub.identity.oidc.provider import HttpProvider
from hub.identity.oidc.signing_in import ProvinceDoor, Turned
from hub.identity.sign_in_routes import ENROLMENT, FACTOR, STEP_COOKIE, set_cookie
from hub.late_routes import LateRouter
from hub.pages.render import Pages
from hub.problems import Problem
from hub.rate_limit import RateLimit, caller_of
from hub.staff import Opened, Reception

ADDRESS: Final = f"{SIGN_IN}/province"
BACK: Final = f"{ADDRESS}/back"
_BROWSER_COOKIE: Final = "zhizhu_province"


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """Where no provider is set, nothing is here."""
    routes, client = LateRouter(include_in_schema=False), hub.settings.oidc
    doors = [] if client is None else [ProvinceDoor(hub, client, HttpProvider(client, hub.clock), reception)]
    limit = RateLimit(1 if client is None else client.starts_per_minute, hub.settings.watched_callers, hub.clock)

    def opened() -> tuple[ProvinceDoor, OidcClient]:
        if client is None:
            raise Problem("no_province", 404, "本中枢没有接省统一身份认证。")
        return doors[0], client

    @routes.get(ADDRESS)
    def leave_for_it(request: Request) -> Response:
        door, own = opened()
        if wait_s := limit.wait_s(caller_of(request)):
            raise Problem("too_many_tries", 429, "登录得太频繁了，请过一分钟再试。", retry_after=int(wait_s))
        left = door.begin(_home(own, request) + BACK)
        if isinstance(left, Turned):
            return _turned(pages, left)
        answer = RedirectResponse(left.address, 303)
        # Lax: the browser comes back from another site, where a strict cookie would stay behind.
        set_cookie(request, answer, _BROWSER_COOKIE, left.browser, own.minutes * 60, path=ADDRESS, lax=True)
        return answer

    @routes.get(BACK)
    def come_back(request: Request) -> Response:
        door, own = opened()
        browser = request.cookies.get(_BROWSER_COOKIE, "")
        came = door.finish(dict(request.query_params), browser, _home(own, request) + BACK)
        answer = _turned(pages, came) if isinstance(came, Turned) else _in(request, hub, pages, reception, came)
        answer.delete_cookie(_BROWSER_COOKIE, path=ADDRESS)
        return answer

    @routes.get(f"{ADDRESS}/out")
    def leave_it(request: Request) -> Response:
        door, own = opened()
        return RedirectResponse(door.leave(_home(own, request) + SIGN_IN) or SIGN_IN, 303)

    return routes


def _in(request: Request, hub: Hub, pages: Pages, reception: Reception, opened: Opened) -> Response:
    """A page of our own that goes on by itself: a strict cookie does not travel with what another site began."""
    who = reception.who(opened.cookie)
    further = {"code": FACTOR, "enrol": ENROLMENT}.get(opened.step) or (
        SIGN_IN if who is None else reception.landing(who)
    )
    answer = pages.show("login_province.html", values={"further": further, "trouble": "", "subject": ""})
    whole = opened.step == "in"
    lasts_s = hub.settings.session_hours * 3600 if whole else hub.settings.factor_minutes * 60
    set_cookie(request, answer, COOKIE if whole else STEP_COOKIE, opened.cookie, lasts_s)
    return answer


def _turned(pages: Pages, turned: Turned) -> Response:
    status = 503 if turned.text in ("hub.province.silent", "hub.province.busy") else 403
    values = {"further": "", "trouble": turned.text, "subject": turned.subject}
    return pages.show("login_province.html", status, values)


def _home(client: OidcClient, request: Request) -> str:
    return client.hub_url or str(request.base_url).rstrip("/")
