"""A hub served over real HTTP inside the test, and a terminal that talks to it as the wire agreement says."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from hypothesis import Phase

from hub.enrolment import new_enrolment_key
from hub.gateway.sharing import load_sharing
from hub.hub import Hub, open_hub
from hub.moments import Clock
from hub.sandbox import load_base_library
from hub.serve import configured
from hub.settings import HubSettings
from hub.web import create_app
from offline.wire.batch import BatchReply, HeadReport
from offline.wire.canonical import b64, unb64
from offline.wire.chain import START, Head
from offline.wire.claims import new_code, new_salt
from offline.wire.enrolment import EnrolmentReply
from offline.wire.event import Envelope, event_aad, terminal_source
from offline.wire.heartbeat import DeviceReport, Heartbeat, OutboxReport, RoomReport, TerminalStatus
from offline.wire.identity import new_traceparent, uuid7
from offline.wire.protocol import offer
from offline.wire.sealing import SUITE, key_id, lookup_aad, seal
from offline.wire.signing import new_signing_key, sign_request, signing_public
from seeds.people import People, Person
from tests.hub.stores import SQLITE, Store, sqlite_file

VILLAGE = "440981102999"
UNTRACED = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""Hypothesis without its explanations: to give them it traces every line, and a hub is made of many."""
PATIENCE_S = 60.0  # a busy machine is no failure
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
APPLIED = "cn.zhizhu.pension_qualification.applied.v1"
# Reading the machine's certificates costs more than all the rest of a request; there is no TLS here.
LINE = httpx.Client(verify=False, trust_env=False, timeout=PATIENCE_S, limits=httpx.Limits(max_keepalive_connections=0))


class HandClock:
    """A clock that only moves when the test turns it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        """Lets time pass."""
        self.at += timedelta(seconds=seconds)


def make_hub(folder: Path, clock: Clock, settings: HubSettings | None = None, *, factors: bool = False) -> Hub:
    """A hub in a folder; made anew over the same folder it is the same hub after a restart."""
    folder.mkdir(exist_ok=True)
    path = folder / "hub.db"
    url = f"sqlite:///{path}" if path.exists() else sqlite_file(path)
    return hub_over(Store(SQLITE, url, folder), clock, settings, factors=factors)


def hub_over(store: Store, clock: Clock, settings: HubSettings | None = None, *, factors: bool = False) -> Hub:
    """A hub over a database; made anew over the same one it is the same hub after a restart, or another replica.

    Its staff sign in by password alone, many times while the clock stands still, unless the test is about `factors`.
    """
    settings = replace(settings or HubSettings(), second_factor=factors)
    hub = open_hub(store.url, store.folder, settings, clock)
    store.opened.append(hub.database.close)
    load_base_library(hub.database, People.load(), clock)
    load_sharing(hub)
    return hub


@contextmanager
def serving(hub: Hub, *, decide: bool = True, tells_time: bool = False) -> Iterator[str]:
    """The hub behind a real port; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    # No `Date`: it would be the machine's, and a terminal would set its clock by it, away from the test's.
    app = create_app(hub, decide=decide)
    server = uvicorn.Server(configured(app, hub.settings, lifespan="on", date_header=tells_time))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        hub.database.close()


@dataclass
class FakeTerminal:
    """The other end of the wire: enrols, chains, seals and signs."""

    url: str
    clock: HandClock
    enrolment: EnrolmentReply
    signing: bytes
    head: Head = field(default=START)

    @classmethod
    def enrolled(cls, hub: Hub, url: str, clock: HandClock, region: str = VILLAGE) -> FakeTerminal:
        """A new terminal, admitted with a fresh key."""
        key = new_enrolment_key(hub.database, hub.settings, clock, region, "示例村委会")
        signing = new_signing_key()
        reply = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, signing, region))
        assert reply.status_code == 201, reply.text
        return cls(url, clock, EnrolmentReply.model_validate(reply.json()), signing)

    @property
    def id(self) -> str:
        """The name the hub gave it."""
        return self.enrolment.terminal_id

    def ask(self, method: str, path: str, value: object = None, *, signing: bytes | None = None) -> httpx.Response:
        """A signed request."""
        body = b"" if value is None else json.dumps(value).encode()
        headers = self.signed(method, path, body, signing=signing)
        return LINE.request(method, f"{self.url}{path}", content=body, headers=headers)

    def signed(self, method: str, path: str, body: bytes, *, signing: bytes | None = None) -> dict[str, str]:
        """The headers of a request of the newest protocol."""
        known = key_id(unb64(self.enrolment.hub_signing_public, 32))
        return sign_request(
            signing or self.signing, self.id, method, path, body, self.clock(), offered=offer(), hub_key=known
        )

    def application(self, person: Person, code: str | None = None, **changes: object) -> dict[str, object]:
        """What a witnessed application of a person says."""
        payload: dict[str, object] = {
            "item": "pension-qualification",
            "item_version": "1",
            "applicant": {
                "name": person.name,
                "id_number": person.id_number,
                "birth": person.birth.isoformat(),
                "layout": person.layout,
            },
            "acting": {"for": "self"},
            "identity": {
                "level": "card_witnessed",
                "way": "witness",
                "witness": {"name": "吴桂芳", "id_number": "440999197806209044"},
            },
            "consent": [{"id": "pension-data", "version": 1, "at": self.clock().isoformat()}],
            "claim": {"code": code or new_code(), "answer_salt": b64(new_salt()), "subject": "0" * 64},
            "journey": {"started": "", "finished": "", "touches": 5},
            "terminal_region": VILLAGE,
        }
        return payload | changes

    def event(self, payload: dict[str, object], event_type: str = APPLIED) -> Envelope:
        """The next event of the chain."""
        source, identifier = terminal_source(self.id), uuid7(self.clock())
        public = unb64(self.enrolment.hub_sealing_public, 32)
        envelope = Envelope(
            id=identifier,
            source=source,
            type=event_type,
            time=self.clock(),
            seq=self.head.seq + 1,
            prev=self.head.hash,
            clock="trusted",
            traceparent=new_traceparent(),
            suite=SUITE,
            key_id=self.enrolment.hub_sealing_key_id,
            data=seal(payload, public, event_aad(source, identifier, event_type)),
        )
        self.head = Head(envelope.seq, envelope.hash())
        return envelope

    def send(self, *events: Envelope | object) -> BatchReply:
        """A batch and the hub's answer."""
        value = {"events": [one.to_json() if isinstance(one, Envelope) else one for one in events]}
        reply = self.ask("POST", f"/v1/terminals/{self.id}/events", value)
        assert reply.status_code == 200, reply.text
        return BatchReply.model_validate(reply.json())

    def heartbeat(self, room: RoomReport | None = None, **devices: DeviceReport) -> bytes:
        """What a heartbeat with these devices and this room in the outbox says."""
        beat = Heartbeat(
            terminal=self.id,
            at=self.clock(),
            status=TerminalStatus(screen="alive", at=self.clock(), devices=devices),
            outbox=OutboxReport(waiting=0, room=room, head=HeadReport(seq=self.head.seq, hash=self.head.hash)),
            agent_head=HeadReport(seq=START.seq, hash=START.hash),
            software="0.1.0",
        )
        return beat.model_dump_json().encode()

    def beat(self, *, room: RoomReport | None = None, **devices: DeviceReport) -> httpx.Response:
        """A heartbeat with these devices and this room in the outbox."""
        path = f"/v1/terminals/{self.id}/heartbeats"
        body = self.heartbeat(room, **devices)
        headers = self.signed("POST", path, body)
        return httpx.post(f"{self.url}{path}", content=body, headers=headers, timeout=PATIENCE_S)

    def lookup(self, id_number: str) -> httpx.Response:
        """A look-up by card."""
        sealed = seal({"id_number": id_number}, unb64(self.enrolment.hub_sealing_public, 32), lookup_aad(self.id))
        return self.ask("POST", f"/v1/terminals/{self.id}/lookups", {"sealed": b64(sealed)})

    def changes(self, cursor: int = 0) -> dict[str, list[dict[str, object]]]:
        """The bodies of the feed from a cursor, by kind."""
        found: dict[str, list[dict[str, object]]] = {}
        for change in self.ask("GET", f"/v1/terminals/{self.id}/changes?cursor={cursor}").json()["changes"]:
            found.setdefault(change["kind"], []).append(change["body"])
        return found


def enrolment_body(key: str, signing: bytes, region: str = VILLAGE) -> dict[str, object]:
    """What a terminal sends to be admitted."""
    return {"key": key, "name": "示例村委会", "region": region, "signing_public": b64(signing_public(signing))}


def moved(envelope: Envelope, **changes: object) -> Envelope:
    """The envelope with some fields altered."""
    return replace(envelope, **changes)  # type: ignore[arg-type]
