"""A real terminal's files and its real line to a real hub, worked by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.enrolment import new_enrolment_key
from hub.hub import Hub
from offline.agent_store import AgentView
from offline.keys import signing_key
from offline.store import AgentStore, TerminalStore
from offline.sync import HubClient, Pace, drain_once, fetch_changes
from offline.wire.canonical import b64
from offline.wire.claims import new_code
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.signing import signing_public
from seeds.people import People
from tests.hub.running import APPLIED, VILLAGE, FakeTerminal, HandClock


@dataclass
class Machine:
    """A real terminal's files and its line to a real hub."""

    folder: Path
    url: str
    clock: HandClock
    agent: AgentStore
    terminal: TerminalStore
    client: HubClient

    @classmethod
    @contextmanager
    def enrolled(cls, hub: Hub, url: str, clock: HandClock, folder: Path) -> Iterator[Machine]:
        """A new machine, admitted."""
        agent = AgentStore.open(folder)
        terminal = TerminalStore.open(folder, clock)
        private = signing_key(folder)
        client = HubClient.open(url, private, clock=clock, hub_key=lambda: _hub_key(folder))
        key = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "示例村委会")
        asked = EnrolmentRequest(
            key=key, name="示例村委会", region=VILLAGE, signing_public=b64(signing_public(private))
        )
        client.terminal_id = agent.enrol(client.enrol(asked), VILLAGE, clock()).terminal_id
        try:
            yield cls(folder, url, clock, agent, terminal, client)
        finally:
            for one in (client, terminal, agent):
                one.close()

    def renew(self) -> str | None:
        """Asks for a credential and keeps it; the code a person must agree to, if the hub wants one."""
        self.clock.turn(0.01)
        reply = self.client.renew_credential()
        if reply.credential is not None:
            self.agent.keep_credential(reply.credential, signing_public(signing_key(self.folder)), self.clock())
        return reply.user_code

    def apply(self, people: People) -> str:
        """Keeps an application and returns its id."""
        self.clock.turn(1)
        template = FakeTerminal.application(self, people["lin-yuelan"])  # type: ignore[arg-type]
        return self.terminal.keep(APPLIED, template, claim_code=new_code()).id

    def drain(self) -> None:
        """Sends everything that is kept."""
        for _ in range(50):
            self.clock.turn(0.01)
            done = drain_once(self.agent, self.terminal, self.client, Pace(), now=self.clock(), chance=random.Random(1))
            assert done.trouble is None, done.trouble
            if not done.more:
                return
        raise AssertionError("the outbox does not become empty")

    def listen(self) -> None:
        """Hears everything the hub has to say."""
        self.clock.turn(0.01)
        while fetch_changes(self.agent, self.client, self.clock()).more:
            self.clock.turn(0.01)


def _hub_key(folder: Path) -> bytes | None:
    view = AgentView.open(folder)  # anew each time, for the agent of a test may die and come back
    try:
        known = view.enrolment()
        return None if known is None else known.signing_public
    finally:
        view.close()
