"""Where a party reads by a voucher, and the sandbox's bank (演示) that does it on a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Form, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from hub.certificates.standing import signing_keys
from hub.desk_door import of_the_sandbox, own_form, page_with, staff_with
from hub.gateway.reading import Gateway
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.staff import Reception, SignedIn
from hub.vouchers.readers import proven_reader, sandbox_key
from hub.vouchers.reading import Reading, Source, by_gateway, read_facts
from hub.vouchers.token import MAX_CHARS, VoucherForged, read_token
from offline.wire.canonical import canonical_json
from offline.wire.protocol import offer
from offline.wire.signing import sign_request
from seeds.vouchers import VoucherScopes

ADDRESS: Final = "/v1/vouchers/readings"
BANK: Final = "/sandbox/bank"
_STATUS: Final = {"unknown": 404, "missing": 409, "silent": 503, "often": 429}
_MINUTE_S: Final = 60.0
_FACT = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Asked(BaseModel):
    """What a reader wants: the voucher's line, the facts by name, and its own number of what it reads for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    voucher: str = Field(min_length=1, max_length=MAX_CHARS)
    facts: tuple[_FACT, ...] = Field(min_length=1, max_length=20)
    reference: str = Field(default="", max_length=60, pattern=r"^[0-9A-Za-z-]*$")


def router(hub: Hub, pages: Pages, reception: Reception, gateway: Gateway) -> LateRouter:
    """`POST /v1/vouchers/readings` and `/sandbox/bank`.

    The sandbox holds its bank's key, so its page is for whoever plays the bank: a voucher alone reads nothing there.
    """
    routes = LateRouter()
    source = by_gateway(hub, gateway)
    looking, asking = (Depends(of_the_sandbox(make(reception, Right.SANDBOX))) for make in (page_with, staff_with))

    def page(who: SignedIn, told: Mapping[str, object] | None = None) -> Response:
        values = {"readers": hub.vouchers.readers, "told": told, "who": who}
        return pages.show("sandbox_bank.html", values=values)

    @routes.post(ADDRESS, tags=["parties"])
    async def readings(request: Request) -> JSONResponse:
        """Exactly the facts that a voucher names, to the party it names; signed like a terminal's request."""
        body, headers = await request.body(), request.headers
        return await run_in_threadpool(lambda: JSONResponse(answered(hub, source, headers, body)))

    @routes.get(BANK, include_in_schema=False)
    def bank(who: SignedIn = looking) -> Response:
        """The sandbox's bank (演示): whoever plays its teller puts a voucher to it."""
        return page(who)

    @routes.post(BANK, include_in_schema=False)
    def ask(
        reader: Annotated[str, Form(max_length=60)],
        voucher: Annotated[str, Form(max_length=MAX_CHARS)],
        more: Annotated[str, Form(max_length=60)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = asking,
    ) -> Response:
        """Checks the voucher with the hub's public key, then reads what it names, and on request one fact more."""
        own_form(csrf, who)
        return page(who, _asked_by_bank(hub, source, reader, voucher, more))

    return routes


def answered(hub: Hub, source: Source, headers: Mapping[str, str], body: bytes) -> dict[str, object]:
    """The answer to a party's signed request; raises Problem with the right words for everything else."""
    reader = proven_reader(hub, headers, "POST", ADDRESS, body)
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError:
        raise Problem("malformed", 400, "请求内容不合约定。") from None
    reading = read_facts(hub, asked.voucher, reader, asked.facts, asked.reference, source)
    if reading.word != "read":
        raise Problem(
            f"voucher_{reading.word}",
            _STATUS.get(reading.word, 403),
            hub.texts(f"hub.voucher.refused.{reading.word}"),
            retry_after={"silent": hub.settings.source_retry_s, "often": _MINUTE_S}.get(reading.word),
        )
    return {"facts": dict(reading.facts), "source": "sandbox", "demo": "演示"}


def labels(vouchers: VoucherScopes, scope_id: str, reading: Reading) -> list[tuple[str, object]]:
    """What was read, under the names people know."""
    scope = vouchers.scope(scope_id)
    named = {} if scope is None else {fact.name: fact.label for fact in scope.facts}
    return [(named.get(name, name), value) for name, value in reading.facts.items()]


def _asked_by_bank(hub: Hub, source: Source, reader: str, voucher: str, more: str) -> dict[str, object]:
    """The bank's side: its own check of the line, its own key, and the same door as any other party's."""
    try:
        said = read_token(voucher, signing_keys(hub))
    except VoucherForged:
        return {"ok": False, "sentence": hub.texts("hub.voucher.refused.forged"), "rows": ()}
    wanted = [*said.facts, more] if more else list(said.facts)
    body = canonical_json({"voucher": voucher.strip(), "facts": wanted, "reference": "demo"})
    with hub.database.reading() as session:
        key = sandbox_key(session, hub, reader)
    headers = sign_request(key, reader, "POST", ADDRESS, body, hub.clock(), offered=offer())
    try:
        facts = answered(hub, source, headers, body)["facts"]
    except Problem as problem:
        return {"ok": False, "sentence": problem.detail, "rows": ()}
    assert isinstance(facts, dict)
    rows = [
        (label, json.dumps(value, ensure_ascii=False))
        for label, value in labels(hub.vouchers, said.scope, Reading("read", facts))
    ]
    purpose, until = hub.texts(f"hub.voucher.purpose.{said.purpose}"), local_text(said.until)
    return {"ok": True, "sentence": hub.texts("hub.voucher.good", purpose=purpose, until=until), "rows": rows}
