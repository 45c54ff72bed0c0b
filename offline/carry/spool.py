"""The folder into which answers from a stick are put, and how the agent, which alone writes agent.db, applies them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from offline.agent_store import AgentStore, Enrolment
from offline.sync.earlier_state import agree_with_hub
from offline.terminal_store import TerminalView
from offline.trouble import OfflineTrouble
from offline.wire.batch import EventResult
from offline.wire.carry import MAX_PART_BYTES, Part, PartHead, read_part
from offline.wire.sealing import key_id
from offline.wire.stick import SUFFIX
from offline.wire.trouble import BadPart, PartFault
from offline.wire.whole_file import draft_of, write_whole

log = logging.getLogger(__name__)

FOLDER: Final = "spool"
MAX_WAITING: Final = 5_000


class SpoolTrouble(OfflineTrouble):
    """The spool cannot be read or written; what is on the stick is still there."""

    def __init__(self, why: str) -> None:
        super().__init__(f"状态目录里的 {FOLDER} 文件夹用不了（{why}）。", "请检查它的权限和磁盘空间，再导入一次。")


@dataclass(frozen=True, slots=True)
class Applied:
    """What came off the spool: answers to events, entries of the feed, and files that did not count."""

    acks: int = 0
    changes: int = 0
    refused: int = 0


class Spool:
    """The parts of answers that wait for the agent, in the order of the feed."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / FOLDER

    def put(self, part: Part) -> Path:
        """Lays a part down for the agent, whole and flushed; the same part twice is one file."""
        path = self._folder / f"{part.head.cursor:012d}-{part.digest}{SUFFIX}"
        draft = draft_of(path)
        with _told():
            self._make()
            draft.touch()
            draft.chmod(0o660)  # the agent is another user of the same group
            self._hand_over(draft)
            write_whole(path, part.raw, draft=draft)
        return path

    def _make(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir()
            self._folder.chmod(0o770)
            self._hand_over(self._folder)

    def _hand_over(self, path: Path) -> None:
        """A technician who imports as root leaves nothing that the agent may not touch."""
        if os.geteuid() == 0:
            owner = self._folder.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)

    def waiting(self) -> tuple[Path, ...]:
        """The files to apply, in order; at most so many at once."""
        with _told():
            if not self._folder.is_dir():
                return ()
            return tuple(sorted(path for path in self._folder.iterdir() if path.suffix == SUFFIX)[:MAX_WAITING])


def key_of_hub(enrolment: Enrolment, head: PartHead) -> bytes:
    """The hub's key that must have signed a part for this terminal; raises BadPart."""
    if head.to != "terminal":
        raise BadPart(PartFault.FOREIGN, "这是终端写给中枢的")
    if head.terminal != enrolment.terminal_id:
        raise BadPart(PartFault.FOREIGN, f"它给终端 {head.terminal}，本机是 {enrolment.terminal_id}")
    if head.signer != key_id(enrolment.signing_public):
        raise BadPart(PartFault.FOREIGN, "签它的不是本机现在所认的中枢密钥")
    return enrolment.signing_public


def apply_spool(agent: AgentStore, terminal: TerminalView, spool: Spool, now: datetime) -> Applied:
    """Does with every part what the line would have done; a part leaves the spool only when the disk has its effect.

    Raises StoreTrouble or SpoolTrouble; a part that does not count is dropped and told, for the stick still holds it.
    """
    acks = changes = refused = 0
    enrolment = agent.enrolled()  # as it is before the first part: one may tell of the hub's next key
    for path in spool.waiting():
        try:
            part = read_part(_read(path), lambda head: key_of_hub(enrolment, head))
            for reply in part.replies:
                agree_with_hub(agent, terminal, reply.head, now)
            acks += _acknowledge(agent, terminal, part, now)
            changes += _accept(agent, part, now)
        except BadPart as bad:
            log.warning("a part from a stick does not count: %s", bad.sentence)
            refused += 1
        with _told():
            path.unlink(missing_ok=True)
    return Applied(acks, changes, refused)


def _acknowledge(agent: AgentStore, terminal: TerminalView, part: Part, now: datetime) -> int:
    results = {result.id: result for reply in part.replies for result in reply.results}
    found = list[tuple[int, EventResult]]()
    seq, last = max(0, part.head.first_seq - 1), part.head.last_seq
    while results and seq < last and (page := terminal.events_after(seq, min(500, last - seq))):
        done = agent.acked(page[0].seq, page[-1].seq)
        found += [(one.seq, results[one.id]) for one in page if one.id in results and one.seq not in done]
        seq = page[-1].seq
    agent.acknowledge(found, now)
    return len(found)


def _accept(agent: AgentStore, part: Part, now: datetime) -> int:
    """The entries of the feed that were not heard yet; one must never be skipped."""
    heard, page = agent.cursor(), part.changes
    if page is None or page.cursor <= heard:
        return 0
    if part.head.cursor > heard:
        raise BadPart(PartFault.GAP, f"本机听到第 {heard} 条，它从第 {part.head.cursor} 条之后说起")
    fresh = tuple(change for change in page.changes if change.n > heard)
    for why in agent.accept(page.cursor, fresh, now):
        log.warning("a change of the hub was not understood: %s", why)
    return len(fresh)


def _read(path: Path) -> bytes:
    with _told(), path.open("rb") as file:
        return file.read(MAX_PART_BYTES + 1)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise SpoolTrouble(failure.strerror or type(failure).__name__) from failure
