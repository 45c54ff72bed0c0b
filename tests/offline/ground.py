"""An invented hub's keys, and terminals enrolled with it, for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from offline.database import Connection
from offline.store import AgentStore, Enrolment, SlipOutcome, TerminalView
from offline.trouble import DiskFull
from offline.wire.canonical import b64
from offline.wire.enrolment import EnrolmentReply
from offline.wire.sealing import key_id, new_private, public_of
from offline.wire.signing import new_signing_key, signing_public

REGION: Final = "440981102999"
NOON: Final = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
APPLIED: Final = "cn.zhizhu.pension_qualification.applied.v1"
ITEM: Final = "pension-qualification"
NUMBER: Final = "44098119540312104X"


@dataclass(frozen=True)
class HubKeys:
    """What the hub holds."""

    sealing: bytes = field(default_factory=new_private)
    signing: bytes = field(default_factory=new_signing_key)
    claim: bytes = b"c" * 32
    subject: bytes = b"s" * 32

    def reply(self, terminal_id: str = "t-0001") -> EnrolmentReply:
        """What the hub tells a terminal at enrolment."""
        public = public_of(self.sealing)
        return EnrolmentReply(
            terminal_id=terminal_id,
            hub_sealing_public=b64(public),
            hub_sealing_key_id=key_id(public),
            hub_signing_public=b64(signing_public(self.signing)),
            claim_key=b64(self.claim),
            subject_key=b64(self.subject),
        )


def enrol(state_dir: Path, keys: HubKeys, terminal_id: str = "t-0001") -> Enrolment:
    """Makes a state directory an enrolled terminal's."""
    agent = AgentStore.open(state_dir)
    try:
        return agent.enrol(keys.reply(terminal_id), REGION, NOON)
    finally:
        agent.close()


def slips_unsettled(terminal: TerminalView) -> list[str]:
    """The acts whose slip nobody is known to hold, newest first. For tests: it reads every act there is."""
    return [act.event_id for act in terminal.acts_after(0) if act.slip is not SlipOutcome.PRINTED]


@contextmanager
def no_commit_works() -> Iterator[None]:
    """A disk that is full whenever something is to be kept for good; whoever tries is told so."""

    def refuses(self: Connection) -> None:
        self._roll_back()
        raise DiskFull

    with pytest.MonkeyPatch.context() as full, pytest.raises(DiskFull):
        full.setattr(Connection, "_commit", refuses)
        yield
