"""A city's node: what the province holds is asked of the centre, everything else at home (row 74)."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from hub.gateway.node_wire import (
    QUESTIONS,
    SHARING,
    CentreSharing,
    NodeAnswer,
    NodeQuestion,
    Sealed,
    answer_aad,
    question_aad,
)
from hub.gateway.port import Answer, ChangeOrder, Question, SourcePort, SourceRefused, SourceSilent, VillageQuestion
from hub.gateway.tables import DataMount, DataSharing
from hub.gateway.words import UNANSWERED
from hub.hub import Hub
from hub.moments import local_day
from offline.wire.canonical import b64, unb64
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.protocol import offer
from offline.wire.sealing import new_private, public_of, seal, unseal
from offline.wire.signing import sign_request
from offline.wire.trouble import WireTrouble

_KEY_BYTES = 32
_CENTRE = "省数据中心"


class NodeSources:
    """The sources as a node has them; the province's approvals count here as they do there."""

    def __init__(self, hub: Hub, home: SourcePort) -> None:
        self._hub = hub
        self._home = home
        self._synced_at: datetime | None = None
        # No connection is kept: a process that ends leaves none open, and a centre that restarts breaks none.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._line = httpx.Client(base_url=hub.settings.centre_url, timeout=hub.settings.centre_s, limits=limits)

    def ask(self, question: Question) -> tuple[Answer, ...]:
        """See `SourcePort`."""
        if self._is_home(question.source):
            return self._home.ask(question)
        answer = self._asked(question)
        if answer.word in UNANSWERED:
            raise SourceSilent(late=answer.word == "late")
        if answer.word != "read":
            raise SourceRefused(answer.word)
        as_of = answer.as_of or local_day(self._hub.clock())
        return (Answer(question.id_number, answer.known, answer.values, as_of),)

    def village(self, question: VillageQuestion) -> tuple[Answer, ...]:
        """See `SourcePort`; of what the province holds, its centre tells a node of single cases only."""
        if not self._is_home(question.source):
            raise SourceRefused("unmounted")
        return self._home.village(question)

    def change(self, order: ChangeOrder) -> None:
        """See `SourcePort`; what the province holds is for its own keeper to change."""
        if not self._is_home(order.source):
            raise SourceRefused("withheld")
        self._home.change(order)

    def sync_when_due(self) -> None:
        """Fetches the centre's approvals and mounts now and then; where it is silent, the last ones stand."""
        now = self._hub.clock()
        if self._synced_at is not None and now - self._synced_at < timedelta(seconds=self._hub.settings.centre_sync_s):
            return
        self._synced_at = now
        try:
            shared = CentreSharing.model_validate_json(self._post(SHARING, b"{}"))
        except (SourceSilent, ValidationError):
            return
        self._take(shared)

    def _take(self, shared: CentreSharing) -> None:
        """Puts the centre's word over our own, for the sources that it holds."""
        now, hub = self._hub.clock(), self._hub
        with hub.database.writing() as session:
            rows = {(row.purpose, row.source, row.field): row for row in session.scalars(select(DataSharing))}
            for one in shared.sharing:
                row = rows.get((one.purpose, one.source, one.field))
                if self._is_home(one.source) or (row is not None and row.state == one.state):
                    continue
                staff = one.staff or _CENTRE
                if row is None:
                    row = DataSharing(purpose=one.purpose, source=one.source, field=one.field, asked_at=now)
                    session.add(row)
                row.state, row.decided_at, row.staff = one.state, now, staff
            for source in hub.sources.all:
                if not self._is_home(source.id):
                    there = source.id in shared.mounted
                    session.merge(DataMount(source=source.id, mounted=there, staff=_CENTRE, at=now))

    def _asked(self, question: Question) -> NodeAnswer:
        settings, private = self._hub.settings, new_private()
        asked = NodeQuestion(
            source=question.source,
            id_number=question.id_number,
            fields=question.fields,
            purpose=question.purpose,
            reference=question.reference,
            reply_to=b64(public_of(private)),
        )
        node = settings.centre_node
        sealed = seal(asked.model_dump(mode="json"), unb64(settings.centre_key, _KEY_BYTES), question_aad(node))
        try:
            reply = Sealed.model_validate_json(self._post(QUESTIONS, _json(Sealed(sealed=b64(sealed)))))
            opened = unseal(unb64(reply.sealed, MAX_DATA_BYTES), private, answer_aad(node))
            return NodeAnswer.model_validate(opened)
        except (WireTrouble, ValidationError):
            raise SourceSilent from None  # whoever answered so is not the centre

    def _post(self, path: str, body: bytes) -> bytes:
        hub = self._hub
        headers = sign_request(
            hub.keys.signing_private, hub.settings.centre_node, "POST", path, body, hub.clock(), offered=offer()
        )
        try:
            reply = self._line.post(path, content=body, headers={**headers, "Content-Type": "application/json"})
        except httpx.HTTPError:
            raise SourceSilent from None
        if not reply.is_success:
            raise SourceSilent
        return reply.content

    def _is_home(self, source_id: str) -> bool:
        source = self._hub.sources.source(source_id)
        return source is not None and source.held == "city"


def _json(value: BaseModel) -> bytes:
    return value.model_dump_json().encode()


def port_of(hub: Hub, home: SourcePort) -> SourcePort:
    """The sources of this hub: all at home, or those of the province through its centre."""
    return NodeSources(hub, home) if hub.settings.centre_url else home
