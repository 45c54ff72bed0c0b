"""Finding cases from any enrolled terminal: by claim code, or by the card of the person they are about."""

from __future__ import annotations

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.case_views import full_view
from hub.cases import cases_by_code, cases_by_number, view_of
from hub.guesses import missed, wait_s
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.notices.making import told_at_terminal
from hub.problems import Problem
from hub.rate_limit import RateLimit
from hub.routes.signed import SignedRequest, own_request, signed_request
from offline.wire.canonical import unb64
from offline.wire.changes import CaseView
from offline.wire.claims import normal
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.sealing import lookup_aad
from offline.wire.trouble import WireTrouble, WrongClaimCode


class _Lookup(BaseModel):
    model_config = ConfigDict(frozen=True)
    id_number: str = Field(min_length=5, max_length=30, pattern=r"^[0-9A-Za-z]+$")


class CasesReply(BaseModel):
    """The newest cases of a person."""

    cases: tuple[CaseView, ...]


def router(hub: Hub) -> LateRouter:
    """`GET /v1/claims/{code}` and `POST /v1/terminals/{id}/lookups`."""
    routes = LateRouter(tags=["terminals"])
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)
    signed, own = Depends(signed_request(hub)), Depends(own_request(hub))

    @routes.get("/v1/claims/{code}")
    def claims(code: str, request: SignedRequest = signed) -> CaseView:
        """The case of a claim code."""
        _may(limit, request.terminal_id)
        if wait := wait_s(hub.database, hub.settings, request.terminal_id, hub.clock):
            raise _too_often(wait)
        try:
            digits = normal(code)
        except WrongClaimCode as error:
            raise Problem("claim_code_wrong", 404, f"{error.sentence}{error.advice}") from None
        with hub.database.reading() as session:
            found = cases_by_code(session, hub, digits)
            if len(found) > 1:
                raise Problem("claim_ambiguous", 409, "这个取件码有重复，请改用身份证查询。")
            view = full_view(session, hub, found[0]) if found else None
        if view is None:
            missed(hub.database, hub.settings, request.terminal_id, hub.clock)
            raise Problem("claim_unknown", 404, "没有找到这个取件码的办件，可能还没送到中枢。")
        told_at_terminal(hub, found, request.terminal_id)
        return view

    @routes.post("/v1/terminals/{terminal_id}/lookups")
    def lookups(request: SignedRequest = own) -> CasesReply:
        """The cases of the person whose card lies on the reader; a card alone opens no result of a query."""
        _may(limit, request.terminal_id)
        number = _opened(hub, request)
        with hub.database.reading() as session:
            cases = cases_by_number(session, hub, number)
            reply = CasesReply(cases=tuple(view_of(session, hub, case) for case in cases))
        told_at_terminal(hub, cases, request.terminal_id)
        return reply

    return routes


def _may(limit: RateLimit, caller: str) -> None:
    if wait := limit.wait_s(caller):
        raise _too_often(wait)


def _too_often(wait: float) -> Problem:
    return Problem("too_many_tries", 429, "查询太频繁，请稍后再试。", retry_after=wait)


def _opened(hub: Hub, request: SignedRequest) -> str:
    value = request.json()
    try:
        sealed = unb64(value.get("sealed") if isinstance(value, dict) else None, MAX_DATA_BYTES)
        opened = hub.keys.unseal(sealed, lookup_aad(request.terminal_id))
        return _Lookup.model_validate(opened).id_number
    except WireTrouble as error:
        raise Problem("malformed", 400, f"{error.sentence}{error.advice}", park=True) from None
    except ValidationError:
        raise Problem("malformed", 400, "查询内容不合约定。", park=True) from None
