"""What terminals and anyone's phone ask about certificates: the sealed papers, how one stands, the chain, the seals."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from hub.certificates.issuers import issuers
from hub.certificates.ledger import blocks_from, head_of
from hub.certificates.orders import VALID, title_of
from hub.certificates.revocations import MEDIA_TYPE, revocation_list
from hub.certificates.standing import block_says, chain_says, signing_keys, word_of
from hub.certificates.tables import Certificate, Seal
from hub.certificates.trouble import StampTrouble
from hub.certificates.trust import signed_trust, trust_list
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.rate_limit import RateLimit, caller_of
from hub.routes.signed import signed_request
from offline.wire.attachment import SHA256_PATTERN
from offline.wire.canonical import b64
from seeds.identifiers import certificate_ok

_Name = Annotated[str, Path(pattern=SHA256_PATTERN)]
_Number = Annotated[int, Path(ge=1, le=2**53 - 1)]
_Asked = Annotated[str, Path(max_length=140)]


def router(hub: Hub, pages: Pages) -> LateRouter:
    """`/v1/papers/…`, `/verify/cert/…`, `/verify/chain…`, `/verify/seals` and the sandbox's time-stamps."""
    routes = LateRouter()
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)
    signed = Depends(signed_request(hub))

    def wait_s(request: Request) -> float:
        return limit.wait_s(caller_of(request))

    @routes.get("/v1/papers/{sha256}", tags=["terminals"], response_class=Response, dependencies=[signed])
    def paper(sha256: _Name) -> Response:
        """A certificate's sealed PDF; what opens it is only in the answer of its case."""
        with hub.database.reading() as session:
            row = session.scalars(select(Certificate).where(Certificate.paper_sha256 == sha256)).one_or_none()
        if row is None:
            raise Problem("paper_unknown", 404, "没有这份证照文件。")
        if row.state != VALID:
            raise Problem("paper_void", 410, "这张证照已经停用、撤销或换过，不能再打印。请查询最新的一张。")
        return Response(row.paper, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})

    @routes.get("/verify/cert/{identifier}", tags=["residents"], response_class=HTMLResponse)
    def verify(identifier: _Asked, request: Request) -> HTMLResponse:
        """How a certificate stands, for a phone; names and numbers are masked."""
        if wait := wait_s(request):
            return pages.show("verify_cert.html", 429, {"trouble": "hub.verify.too_many"}, _later(wait))
        if not certificate_ok(identifier):
            return pages.show("verify_cert.html", 404, {"trouble": "hub.paper.tell.misspelt"})
        with hub.database.reading() as session:
            row = session.scalars(select(Certificate).where(Certificate.identifier == identifier)).one_or_none()
            if row is None:
                return pages.show("verify_cert.html", 404, {"trouble": "hub.paper.tell.unknown"})
            seal, chain = session.get_one(Seal, row.seal_id), chain_says(session, hub, row)
        values = {
            "word": word_of(row, seal, hub.clock()),
            "title": title_of(hub, row.kind),
            "paper": row,
            "unit": seal.unit,
            "issued": local_text(row.issued_at),
            "until": local_text(row.valid_until),
            "chain": chain,
            "chain_at": local_text(chain.at),
            "now": local_text(hub.clock()),
        }
        return pages.show("verify_cert.html", values=values)

    @routes.get("/verify/chain", tags=["residents"])
    def chain(first: Annotated[int, Query(alias="from", ge=1, le=2**53 - 1)] = 1) -> JSONResponse:
        """Closed blocks from a number on, where the chain stands (signed now), and the keys; digests only."""
        with hub.database.reading() as session:
            blocks = blocks_from(session, first, hub.settings.chain_page)
            head = head_of(session, hub)
        keys = [b64(public) for public in signing_keys(hub).values()]
        return JSONResponse({"blocks": [one.to_json() for one in blocks], "head": head.to_json(), "keys": keys})

    @routes.get("/verify/chain/{n}", tags=["residents"], response_class=HTMLResponse)
    def block(n: _Number, request: Request) -> HTMLResponse:
        """Whether a block of the chain holds, for a phone."""
        if wait := wait_s(request):
            return pages.show("verify_chain.html", 429, {"trouble": "hub.verify.too_many"}, _later(wait))
        with hub.database.reading() as session:
            said = block_says(session, hub, n)
            found = blocks_from(session, n, 1)
        if said.code == "missing":
            return pages.show("verify_chain.html", 404, {"trouble": "hub.ledger.missing"})
        values = {"chain": said, "chain_at": local_text(said.at), "block": found[0], "now": local_text(hub.clock())}
        return pages.show("verify_chain.html", values=values)

    @routes.get("/verify/seals", tags=["residents"])
    def seals() -> JSONResponse:
        """The signed list by which papers are checked without asking about each of them."""
        with hub.database.reading() as session:
            told = signed_trust(trust_list(session, hub), hub.keys.signing_private)
        return JSONResponse(told)

    @routes.get("/verify/seals.crl", tags=["residents"], response_class=Response)
    def revoked() -> Response:
        """The revoked seals as an X.509 list, by which PDF programs refuse what bears them."""
        with hub.database.reading() as session:
            return Response(revocation_list(session, hub), media_type=MEDIA_TYPE)

    @routes.post("/sandbox/time-stamps", tags=["sandbox"], response_class=Response)
    async def stamp(request: Request) -> Response:
        """The sandbox's time-stamp authority (演示), RFC 3161 over HTTP."""
        from hub.certificates.time_stamps import MAX_QUERY_BYTES, REPLY_TYPE, SandboxTimeStamps

        query = await request.body()
        if len(query) > MAX_QUERY_BYTES:
            raise Problem("too_large", 413, "时间戳请求太大。")

        def answered() -> bytes:
            pair = issuers(hub)
            return SandboxTimeStamps(pair.stamps, pair.root, hub.clock).stamp(query)

        try:
            return Response(await run_in_threadpool(answered), media_type=REPLY_TYPE)
        except StampTrouble as trouble:
            raise Problem("malformed", 400, trouble.sentence) from None

    return routes


def _later(wait_s: float) -> dict[str, str]:
    return {"Retry-After": str(round(wait_s))}
