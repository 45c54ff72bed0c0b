"""Requests made from the hub's own description, sent as its callers do: signed, in a session, or by a stranger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import response_schema_conformance
from sqlalchemy import text

from hub.database import Database
from hub.schema import metadata
from offline.wire.carry import MEDIA_TYPE
from tests.hub.running import FakeTerminal

EXAMPLES: Final = int(os.environ.get("ZHIZHU_DESCRIBED", "3"))
"""For each operation, caller and kind of request; the nightly run asks for more."""
SEED: Final = int(os.environ.get("ZHIZHU_DESCRIBED_SEED", "1"))
# What only tells that somebody asked, and grows with each asking.
LOGS: Final = frozenset(
    (
        *("seen_request", "refusal", "staff_event", "staff_guess", "staff_session", "boot_seen"),
        *("data_read", "data_answer", "sandbox_question"),
    )
)
_OK: Final = (200, 201, 202)

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]

schemathesis.openapi.media_type(MEDIA_TYPE, st.binary(max_size=200))
schemathesis.serializer.alias(MEDIA_TYPE, "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sends a request: what is put into its address, and what its headers prove."""

    name: str
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Callable[[str, str, bytes], Mapping[str, str]] = lambda _method, _target, _body: {}
    knows: bool = False  # may be told of the village's residents


def terminal_caller(name: str, terminal: FakeTerminal, *, knows: bool) -> Caller:
    """An enrolled terminal at its own addresses."""
    return Caller(name, {"terminal_id": terminal.id}, terminal.signed, knows)


@dataclass
class Asker:
    """Sends each request as often as a bad line makes a caller send it, and looks at what it did."""

    url: str
    database: Database
    secrets: tuple[str, ...]  # what nobody outside of the village may read
    session: requests.Session = field(default_factory=requests.Session)
    sent: int = 0
    effective: set[str] = field(default_factory=set)  # operations of which a request took effect

    def __post_init__(self) -> None:
        self.session.trust_env = False
        names = sorted(table.name for table in metadata().sorted_tables if table.name not in LOGS)
        self._counting = text(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))

    def explore(self, operation: Operation, caller: Caller) -> None:
        """Requests as the description has them, and requests that go against it."""
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            known = {name: value for name, value in caller.path.items() if f"{{{name}}}" in operation.path}
            cases = operation.as_strategy(generation_mode=mode, path_parameters=known or None)

            @seed(SEED)
            @settings(
                max_examples=EXAMPLES,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=cases)
            def trial(case: AnyCase) -> None:
                self.ask(case, caller)

            # An address that takes any word, and nothing else, cannot be asked wrongly.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                trial()

    def ask(self, case: AnyCase, caller: Caller) -> int:
        """Sends a request, sends the same again, and what a caller sends who has lost the answer; the first status."""
        prepared = self._prepared(case)
        label = f"{caller.name}: {case.method} {prepared.path_url}"
        before = self._effects()
        status = self._sent(case, prepared, caller, label, headers := self._headers(prepared, caller))
        if case.method == "GET":
            return status
        after = self._effects()
        self._sent(case, prepared, caller, f"{label} again", headers)
        assert self._effects() == after, f"{label}: the same request took effect twice"
        self._sent(case, prepared, caller, f"{label} anew", self._headers(prepared, caller))
        assert self._effects() == after, f"{label}: what was sent for want of an answer took effect twice"
        if after != before:
            self.effective.add(f"{case.method} {case.operation.path}")
        return status

    def _prepared(self, case: AnyCase) -> requests.PreparedRequest:
        kwargs = case.as_transport_kwargs(base_url=self.url)
        taken = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
        return requests.Request(**{name: kwargs[name] for name in taken if name in kwargs}).prepare()

    def _headers(self, prepared: requests.PreparedRequest, caller: Caller) -> Mapping[str, str]:
        return caller.headers(prepared.method or "GET", prepared.path_url, _body(prepared))

    def _sent(
        self,
        case: AnyCase,
        prepared: requests.PreparedRequest,
        caller: Caller,
        label: str,
        headers: Mapping[str, str],
    ) -> int:
        request = prepared.copy()
        request.headers.update(headers)
        reply = self.session.send(request, allow_redirects=False, timeout=60)
        self.sent += 1
        assert reply.status_code < 500, f"{label}: {reply.status_code} {reply.text[:300]}"
        if reply.status_code in _OK:
            case.validate_response(reply, checks=[response_schema_conformance])
        if not caller.knows:
            told = [one for one in self.secrets if one in reply.text]
            assert told == [], f"{label}: tells {told}"
        return reply.status_code

    def _effects(self) -> dict[str, int]:
        """How many rows of each kind there are, but for what only tells that somebody asked."""
        with self.database.reading() as session:
            return {str(name): int(count) for name, count in session.execute(self._counting)}


def operations(description: dict[str, object]) -> Iterator[Operation]:
    """Everything that is described."""
    for found in schemathesis.openapi.from_dict(description).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def _body(prepared: requests.PreparedRequest) -> bytes:
    body = prepared.body or b""
    assert isinstance(body, str | bytes)
    return body.encode() if isinstance(body, str) else body
