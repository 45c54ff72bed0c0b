"""Takes the hub's answers off a stick: checks each, and lays what is new into the spool for the agent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline.agent_store import AgentView
from offline.carry.spool import Spool, key_of_hub
from offline.wire.carry import Part, PartHead
from offline.wire.stick import Stick
from offline.wire.trouble import BadPart, NotForHere, PartFault

_REFUSED_MOST: Final = 50
"""Files told one by one; a stick with more is not worth reading on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or a part of one, that does not count."""

    name: str
    why: BadPart


@dataclass(frozen=True, slots=True)
class Fetched:
    """What of a stick was laid into the spool, what was known, what is for other terminals, what does not count."""

    spooled: tuple[Path, ...]
    known: int
    for_others: tuple[str, ...]
    refused: tuple[Refused, ...]


def fetch(agent: AgentView, stick: Stick, spool: Spool) -> Fetched:
    """Reads every file of the stick; raises StickTrouble, or StoreTrouble of the own disk."""
    enrolment = agent.enrolled()
    own = enrolment.terminal_id
    others = set[str]()

    def key_for(head: PartHead) -> bytes:
        if head.to == "terminal" and head.terminal != own:
            others.add(head.terminal)
        if head.to == "hub" or head.terminal != own:
            raise NotForHere
        return key_of_hub(enrolment, head)

    spooled, refused, known = list[Path](), list[Refused](), 0
    stretches = list[tuple[int, int, str]]()
    for path in stick.files():
        for part in stick.parts(path, key_for):
            if isinstance(part, BadPart):
                if not isinstance(part, NotForHere):
                    refused.append(Refused(path.name, part))
            elif _says_nothing_new(agent, part):
                known += 1
            else:
                spooled.append(spool.put(part))
                if part.changes is not None:
                    stretches.append((part.head.cursor, part.changes.cursor, path.name))
        if len(refused) >= _REFUSED_MOST:
            break
    heard = agent.heard_to()
    for begins, ends, name in sorted(stretches):
        if begins > heard:
            refused.append(Refused(name, BadPart(PartFault.GAP)))
        else:
            heard = max(heard, ends)
    return Fetched(tuple(spooled), known, tuple(sorted(others)), tuple(refused))


def _says_nothing_new(agent: AgentView, part: Part) -> bool:
    heard = part.changes is None or part.changes.cursor <= agent.heard_to()
    if any(reply.head is not None and reply.head.seq < agent.drained_to() for reply in part.replies):
        return False  # the hub came back from a backup
    return heard and all(agent.ack(result.id) is not None for reply in part.replies for result in reply.results)
