"""The centre's side: cities' nodes ask for data of the province, and fetch who may read what (row 74)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from pydantic import ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from hub.gateway.node_wire import (
    QUESTIONS,
    SHARING,
    CentreSharing,
    NodeAnswer,
    NodeQuestion,
    Sealed,
    SharedField,
    answer_aad,
    question_aad,
)
from hub.gateway.reading import Gateway, Purpose
from hub.gateway.sharing import mounted_sources
from hub.gateway.tables import DataNode, DataSharing
from hub.gateway.words import DENIED, UNANSWERED, Word
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.problems import Problem
from offline.wire.canonical import b64, unb64
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.sealing import seal
from offline.wire.signing import SIGNATURE_HEADER, signer, verify_request
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord, WireTrouble

_KEY_BYTES = 32
_MOST_SHARED = 20_000


def register_node(hub: Hub, node_id: str, name: str, region: str, signing_public: bytes) -> None:
    """Lets a city's node ask this centre; a second time with another key replaces the first."""
    with hub.database.writing() as session:
        node = DataNode(id=node_id, name=name, region=region, signing_public=b64(signing_public), made_at=hub.clock())
        session.merge(node)


def router(hub: Hub, gateway: Gateway) -> LateRouter:
    """`POST /v1/nodes/questions` and `POST /v1/nodes/sharing`."""
    routes = LateRouter(tags=["nodes"])

    @routes.post(QUESTIONS)
    async def questions(request: Request) -> Sealed:
        """Fields of one person, for a purpose and a case of the node; signed by it, sealed both ways."""
        body, headers = await request.body(), request.headers
        return await run_in_threadpool(lambda: _answered(hub, gateway, headers, body))

    @routes.post(SHARING)
    async def sharing(request: Request) -> CentreSharing:
        """What the province's officer has approved, and which sources are mounted."""
        body, headers = await request.body(), request.headers
        return await run_in_threadpool(lambda: _sharing(hub, headers, body))

    return routes


def _answered(hub: Hub, gateway: Gateway, headers: Mapping[str, str], body: bytes) -> Sealed:
    node = _proven(hub, headers, QUESTIONS, body)
    try:
        opened = hub.keys.unseal(unb64(Sealed.model_validate_json(body).sealed, MAX_DATA_BYTES), question_aad(node.id))
        asked = NodeQuestion.model_validate(opened)
        reply_to = unb64(asked.reply_to, _KEY_BYTES)
    except (WireTrouble, ValidationError):
        raise Problem("malformed", 400, "节点的查询不合约定。") from None
    purpose = Purpose(asked.purpose, asked.reference, "node", node.name, node.region)
    answer = _read(hub, gateway, purpose, asked)
    return Sealed(sealed=b64(seal(answer.model_dump(mode="json"), reply_to, answer_aad(node.id))))


def _read(hub: Hub, gateway: Gateway, purpose: Purpose, asked: NodeQuestion) -> NodeAnswer:
    source = hub.sources.source(asked.source)
    places = {} if source is None else {field.name: field.at for field in source.fields if field.name in asked.fields}
    if len(places) < len(set(asked.fields)):
        return NodeAnswer(word="unmounted")  # another catalogue than ours: nothing is guessed
    reading = gateway.read(purpose, asked.id_number, places.values())
    words: list[Word] = [one.word for one in reading.said]
    bad = next((word for word in words if word in DENIED or word in UNANSWERED), None)
    if bad is not None:
        return NodeAnswer(word=bad)
    values = {name: reading.values[at] for name, at in places.items() if at in reading.values}
    return NodeAnswer(word="read", known=reading.known, values=values, as_of=reading.as_of)


def _sharing(hub: Hub, headers: Mapping[str, str], body: bytes) -> CentreSharing:
    _proven(hub, headers, SHARING, body)
    with hub.database.reading() as session:
        rows = session.scalars(select(DataSharing).limit(_MOST_SHARED)).all()
        mounted = tuple(sorted(mounted_sources(session, hub)))
    shared = (
        SharedField(purpose=row.purpose, source=row.source, field=row.field, state=row.state, staff=row.staff)
        for row in rows
    )
    return CentreSharing(sharing=tuple(shared), mounted=mounted)


def _proven(hub: Hub, headers: Mapping[str, str], path: str, body: bytes) -> DataNode:
    """Which node signed this request, now and for the first time; raises Problem."""
    try:
        name = signer(headers)
        with hub.database.reading() as session:
            node = session.get(DataNode, name[:40])
        if node is None:
            raise BadSignature("没有登记过这个节点")
        verify_request(unb64(node.signing_public, _KEY_BYTES), headers, "POST", path, body, hub.clock())
    except ClockApart as error:
        raise Problem("clock_apart", 401, f"{error.sentence}请按中心的时间重签再送。", retry_after=1) from None
    except (BadSignature, MalformedRecord):
        raise Problem("bad_signature", 401, "不是登记过的节点签的请求，没有办。") from None
    with hub.database.writing() as session:
        if hub.replays.seen_anywhere(session, headers[SIGNATURE_HEADER]):
            raise Problem("replayed", 409, "这个请求已经收到过一次，没有再办；重试请重新签名。", retry_after=1)
    return node
