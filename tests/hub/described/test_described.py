"""What `/openapi.json` describes, tried by Schemathesis: no fault of ours, nothing twice, nothing of another region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.enrolment import new_enrolment_key
from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from hub.web import create_app
from offline.wire.attachment import sha256_of
from offline.wire.claims import new_code
from offline.wire.signing import new_signing_key
from seeds.people import People
from tests.hub.described.asking import Asker, Caller, Operation, operations, terminal_caller
from tests.hub.pictured import PASSWORD, apply_with_picture, csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, enrolment_body, make_hub, serving

ELSEWHERE = "440100000000"
MANY = 10_000_000
EFFECTIVE = {
    "POST /v1/enrolments",
    "POST /v1/terminals/{terminal_id}/events",
    "PUT /v1/blobs/{sha256}",
    "POST /rate/{code}",
}
"""Of these one request at least has to have taken effect, or the test looks at nothing."""


@dataclass
class Town:
    """A hub with a village of which strangers may learn nothing."""

    hub: Hub
    asker: Asker
    own: FakeTerminal
    other: FakeTerminal
    operator: Caller
    blob: str
    rated: str  # the code of a decided case

    def callers(self, operation: Operation) -> tuple[Caller, ...]:
        """Who is tried at an operation."""
        tags = operation.definition.raw.get("tags", [])
        nobody = Caller("nobody", {"terminal_id": self.own.id, "sha256": self.blob})
        if "staff" in tags:
            return nobody, self.operator
        if "terminals" not in tags:
            return (nobody,)
        return nobody, *(
            terminal_caller(name, one, knows=one is self.own)
            for name, one in (("its own", self.own), ("another", self.other))
        )

    def well_formed(self, people: People) -> Iterator[tuple[str, str, dict[str, str], Any, str]]:
        """Requests that take effect, as terminals and phones send them."""
        me, clock = self.own.id, self.own.clock
        data, key = (
            b"sealed beforehand" * 300,
            new_enrolment_key(self.hub.database, self.hub.settings, clock, VILLAGE, "村"),
        )
        event = self.own.event(self.own.application(people["he-guoming"]))
        beat = json.loads(self.own.heartbeat())
        yield "POST", "/v1/enrolments", {}, enrolment_body(key, new_signing_key()), "application/json"
        path, given = {"terminal_id": me}, {"level": 1, "version": self.hub.questionnaires.current.version}
        yield "POST", "/v1/terminals/{terminal_id}/events", path, {"events": [event.to_json()]}, "application/json"
        yield "POST", "/v1/terminals/{terminal_id}/heartbeats", path, beat, "application/json"
        yield "PUT", "/v1/blobs/{sha256}", {"sha256": sha256_of(data)}, data, "application/octet-stream"
        yield "POST", "/rate/{code}", {"code": self.rated}, given, "application/x-www-form-urlencoded"


@pytest.fixture
def town(tmp_path: Path, clock: HandClock, people: People) -> Iterator[Town]:
    """One resident waits for a clerk, one has her answer."""
    bounds = HubSettings(claim_tries_per_minute=MANY, code_misses=MANY, prefill_per_minute=MANY)
    hub = make_hub(tmp_path, clock, bounds)
    add_staff(hub.database, clock, "waidi", "operator", ELSEWHERE, PASSWORD)
    with ExitStack() as opened:
        url = opened.enter_context(serving(hub, decide=False))
        own, other = (FakeTerminal.enrolled(hub, url, clock, region) for region in (VILLAGE, ELSEWHERE))
        applied, code, person = apply_with_picture(own, people["lin-yuelan"]), new_code(), people["pan-jinfeng"]
        own.send(own.event(own.application(person, code)))
        DecisionWorker(hub).run_once()
        browser = opened.enter_context(httpx.Client(base_url=url, verify=False, trust_env=False))
        form = {"name": "waidi", "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
        browser.post("/console/login", data=form)
        held = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
            "Zhizhu-Csrf": csrf_of(browser.get("/console/account")),
        }
        with hub.database.reading() as session:
            cases = session.scalars(select(Case)).all()
        residents = [people["lin-yuelan"], person]
        secrets = [word for one in residents for word in (one.name, one.id_number)]
        secrets += [word for one in cases for word in (one.number, one.masked_name)] + [applied.code, code]
        asker = Asker(url, hub.database, tuple(secrets))
        yield Town(
            hub, asker, own, other, Caller("operator elsewhere", {}, lambda *_: held), applied.sealed.sha256, code
        )
        asker.session.close()


def test_nothing_described_fails_takes_effect_twice_or_tells_of_another_region(town: Town, people: People) -> None:
    described = {
        f"{one.method.upper()} {one.path}": one for one in operations(create_app(town.hub, decide=False).openapi())
    }
    assert len(described) > 25
    for method, path, parameters, body, media_type in town.well_formed(people):
        operation = described[f"{method} {path}"]
        case = operation.Case(path_parameters=parameters, body=body, media_type=media_type)
        assert town.asker.ask(case, terminal_caller("its own", town.own, knows=True)) < 400
    for operation in described.values():
        for caller in town.callers(operation):
            town.asker.explore(operation, caller)
    assert town.asker.effective >= EFFECTIVE
    assert town.asker.sent > 300
