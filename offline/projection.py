"""What screens may say: the acts kept here, laid over the hub's last word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from offline.agent_store import AgentView
from offline.terminal_store import Act, Brings, SlipOutcome, TerminalView
from offline.wire.batch import EventStatus
from offline.wire.canonical import unb64
from offline.wire.changes import SETTLED_STATES, AnswerBody, CaseState, CaseView
from offline.wire.claims import answer_key, lookup_hash, normal, open_answer
from offline.wire.helper_list import Helper
from offline.wire.trouble import WireTrouble

TAKEN_BACK: Final = "taken-back/"
"""Before the name of a case: under their keyed hash rests that it was taken back."""
DUE_AHEAD_MONTHS: Final = 3
"""How many months before its month a due thing is shown as the resident's own."""


class Stage(StrEnum):
    """The three truths of a slip, and the one nobody hopes for."""

    KEPT = "kept"  # 已保存: safe here
    SENT = "sent"  # 已送达: the hub has it
    SETTLED = "settled"  # 已办结: decided
    PARKED = "parked"  # the hub laid it aside; a person looks at it


@dataclass(frozen=True, slots=True)
class Standing:
    """How an act stands: its stage and the hub's last word on the case, where there is one."""

    stage: Stage
    state: CaseState | None = None
    case_no: str | None = None
    parked_because: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Something a person ought to do by a month (`2026-12`)."""

    item: str
    month: str


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """An act as found by code or card; `case` is readable only with the code, once the hub has answered."""

    event_id: str
    item: str
    kept_at: datetime
    standing: Standing
    slip: SlipOutcome | None
    case: CaseView | None = None
    clock_sure: bool = True


class Projection:
    """Reads both files; never writes."""

    def __init__(self, terminal: TerminalView, agent: AgentView) -> None:
        self._terminal = terminal
        self._agent = agent

    @classmethod
    def open(cls, state_dir: Path) -> Projection:
        """A projection with views of its own."""
        return cls(TerminalView.open(state_dir), AgentView.open(state_dir))

    def stage(self, event_id: str) -> Standing:
        """How an act of this terminal stands."""
        return standing(self._agent, event_id)

    def dues_for(self, id_number: str, today: date) -> tuple[Due, ...]:
        """What a person ought to do soon and has not already done at this terminal; soonest first."""
        subject = self._subject(id_number)
        if subject is None:
            return ()
        pending = {act.item for act in self._terminal.acts_by_subject(subject) if self._open(act)}
        horizon = _months_after(today, DUE_AHEAD_MONTHS)
        return tuple(
            Due(item, month) for item, month in self._agent.dues(subject) if item not in pending and month <= horizon
        )

    def helpers(self) -> tuple[Helper, ...]:
        """The village's helpers by the signed list: masked names and keyed hashes."""
        return self._agent.helpers()

    def is_helper(self, id_number: str) -> bool:
        """Whether a card belongs to a helper of the signed list."""
        subject = self._subject(id_number)
        return subject is not None and any(helper.subject == subject for helper in self._agent.helpers())

    def find_by_code(self, untrusted_code: str) -> ClaimSeen | None:
        """The act of a claim code made at this terminal, with its answer opened; raises WrongClaimCode."""
        code = normal(untrusted_code)
        enrolment = self._agent.enrolment()
        if enrolment is None:
            return None
        acts = self._terminal.acts_by_claim(lookup_hash(enrolment.claim_key, code))
        if not acts:
            return None
        answer = self._agent.answer(acts[0].event_id)
        return self._seen(acts[0], answer, _opened(answer, acts[0].salt, code))

    def find_by_subject(self, id_number: str) -> tuple[ClaimSeen, ...]:
        """A person's acts at this terminal, newest first; without a code only their state is readable."""
        subject = self._subject(id_number)
        if subject is None:
            return ()
        acts = self._terminal.acts_by_subject(subject)
        return tuple(self._seen(act, self._agent.answer(act.event_id), None) for act in acts if act.item)

    def brought_for(self, case_no: str) -> tuple[Brings, ...]:
        """The papers of a case that lie in the outbox: the hub's last word cannot know of them yet."""
        found = self._terminal.brought_for(case_no) if case_no else ()
        return tuple(brings for event_id, brings in found if self.stage(event_id).stage is Stage.KEPT)

    def taken_back(self, *cases: str) -> Stage | None:
        """How far a word by which a case was taken back has come, that is kept here; None where there is none.

        `cases` are the names under which the case may have been known: its event, its number.
        """
        for subject in (self._subject(f"{TAKEN_BACK}{case}") for case in cases if case):
            acts = () if subject is None else self._terminal.acts_by_subject(subject)
            if acts:
                return self.stage(acts[0].event_id).stage
        return None

    def close(self) -> None:
        """Closes both views."""
        self._terminal.close()
        self._agent.close()

    def _subject(self, id_number: str) -> str | None:
        enrolment = self._agent.enrolment()
        return None if enrolment is None else enrolment.subject_of(id_number)

    def _open(self, act: Act) -> bool:
        stood = self.stage(act.event_id)
        # "waiting" waits for the resident: the thing is still to be done, here or elsewhere
        return stood.stage in (Stage.KEPT, Stage.SENT) and stood.state != "waiting"

    def _seen(self, act: Act, answer: AnswerBody | None, case: CaseView | None) -> ClaimSeen:
        """How it stands and what is to be read by one and the same answer: a newer may come in between."""
        stood, sure = _stands(self._agent, act.event_id, answer), act.clock == "trusted"
        return ClaimSeen(act.event_id, act.item, act.kept_at, stood, act.slip, case, sure)


def standing(agent: AgentView, event_id: str) -> Standing:
    """How an event stands, by what the agent has heard: an answer outweighs an acknowledgement."""
    return _stands(agent, event_id, agent.answer(event_id))


def _stands(agent: AgentView, event_id: str, answer: AnswerBody | None) -> Standing:
    if answer is not None:
        settled = answer.state in SETTLED_STATES
        return Standing(Stage.SETTLED if settled else Stage.SENT, answer.state, answer.case_no)
    ack = agent.ack(event_id)
    if ack is None:
        return Standing(Stage.KEPT)
    if ack.status is EventStatus.PARKED:
        return Standing(Stage.PARKED, parked_because=ack.reason)
    return Standing(Stage.SENT)


def _opened(answer: AnswerBody | None, salt: bytes | None, code: str) -> CaseView | None:
    """The readable answer; None when there is none yet, or when what came is not what both ends agreed on."""
    if answer is None or answer.sealed is None or salt is None:
        return None
    try:
        content = open_answer(answer_key(code, salt), unb64(answer.sealed, 16 * 1024))
        return CaseView.model_validate(content)
    except (WireTrouble, ValidationError):
        return None  # the state, which is not sealed, is still shown


def _months_after(today: date, months: int) -> str:
    count = today.year * 12 + today.month - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
