"""Writes what the hub has not answered onto a stick, in parts that count one by one; run again, it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from offline.agent_store import AgentView, Enrolment
from offline.pictures import PictureFolder
from offline.terminal_store import TerminalView
from offline.wire.batch import MAX_BATCH_EVENTS, HeadReport
from offline.wire.canonical import time_text
from offline.wire.carry import (
    FILL_BYTES,
    MAX_LISTED,
    VERSION,
    Kind,
    Listed,
    Manifest,
    Part,
    PartHead,
    Record,
    Written,
    event_record,
    model_record,
    read_part,
    write_part,
)
from offline.wire.event import Envelope
from offline.wire.identity import uuid7
from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from offline.wire.stick import ANSWERS, MANIFEST, SUFFIX, Stick
from offline.wire.trouble import BadPart, PartFault, StickTrouble

_PAGE: Final = 500
_SPOILT: Final = (PartFault.TRUNCATED, PartFault.ALTERED, PartFault.FORGED)
"""Parts of ours that no hub would take: written halfway, damaged, or signed with a key this terminal had before."""
_SLACK_BYTES: Final = 256 * 1024
_BESIDE_BYTES: Final = 900
"""More than an event's JSON takes beside its payload."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What lies on the stick now, flushed: events and pictures of this terminal, and how much of it is new."""

    terminal_id: str
    events: int
    written: int
    parts: int
    pictures: int
    removed: int  # files of which the hub has everything


@dataclass(slots=True)
class _Filling:
    """The part that is being filled."""

    records: list[Record] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)
    pictures: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Writer:
    """One run of an export: what all its parts say of themselves."""

    enrolment: Enrolment
    private: bytes
    carry: str
    at: datetime
    head: HeadReport
    done_to: int
    cursor: int

    def part(self, records: tuple[Record, ...], first: int, last: int) -> Written:
        """A part about a stretch of the chain."""
        head = PartHead(
            version=VERSION,
            to="hub",
            terminal=self.enrolment.terminal_id,
            signer=key_id(signing_public(self.private)),
            carry=self.carry,
            made_at=time_text(self.at),
            first_seq=first,
            last_seq=last,
            done_to=self.done_to,
            hub_key=key_id(self.enrolment.signing_public),
            head=self.head,
            cursor=self.cursor,
        )
        return write_part(head, records, self.private)


def export(
    agent: AgentView,
    terminal: TerminalView,
    pictures: PictureFolder,
    stick: Stick,
    private: bytes,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    fill_bytes: int = FILL_BYTES,
) -> Exported:
    """Reads the terminal's files as anyone may, running or not, and writes nothing there.

    `progress` hears how many of how many new events are on the stick; a part is closed at `fill_bytes`. Raises
    StickTrouble; what was written counts.
    """
    enrolment = agent.enrolled()
    writer = _Writer(
        enrolment=enrolment,
        private=private,
        carry=uuid7(now),
        at=now,
        head=_report(terminal),
        done_to=agent.drained_to(),
        cursor=agent.heard_to(),
    )
    stick.tidy(enrolment.terminal_id)
    kept, removed = _whole_parts(agent, terminal, stick, writer)
    carried = {seq for seqs, _ in kept for seq in seqs}
    _room_for(agent, terminal, pictures, stick, carried)
    wanted = sum(1 for _ in _waiting(agent, terminal, carried))
    listed, brought, written = [one for _, one in kept], 0, 0
    progress(0, wanted)
    for filling in _fillings(agent, terminal, pictures, carried, fill_bytes):
        part = writer.part(tuple(filling.records), filling.seqs[0], filling.seqs[-1])
        one = Listed(digest=part.digest, first_seq=filling.seqs[0], last_seq=filling.seqs[-1])
        stick.put(enrolment.terminal_id, _name(one), part.data)
        listed.append(one)
        written += len(filling.seqs)
        brought += filling.pictures
        progress(written, wanted)
    if len(listed) > MAX_LISTED:
        raise StickTrouble(f"U 盘上已有 {len(listed)} 个文件，太多了。", "请先把它们带到中枢，再回来导入答复。")
    manifest = model_record(Kind.MANIFEST, Manifest(parts=tuple(sorted(listed, key=lambda one: one.first_seq))))
    stick.put(enrolment.terminal_id, MANIFEST, writer.part((manifest,), 0, 0).data)
    stick.flush(enrolment.terminal_id)
    return Exported(enrolment.terminal_id, len(carried) + written, written, len(listed), brought, removed)


def _waiting(agent: AgentView, terminal: TerminalView, carried: set[int]) -> Iterator[Envelope]:
    """What the hub has not answered and the stick does not hold, in order."""
    seq = agent.drained_to()
    while page := terminal.events_after(seq, _PAGE):
        done = agent.acked(page[0].seq, page[-1].seq)
        yield from (event for event in page if event.seq not in done and event.seq not in carried)
        seq = page[-1].seq


def _fillings(
    agent: AgentView, terminal: TerminalView, pictures: PictureFolder, carried: set[int], fill_bytes: int
) -> Iterator[_Filling]:
    """The parts to come: each event behind the pictures it names, so that a part never holds one without the other."""
    named = _named(agent, terminal)
    filling = _Filling()
    for event in _waiting(agent, terminal, carried):
        found = [data for name in named.get(event.seq, ()) if (data := pictures.read(name)) is not None]
        size = _size(event) + sum(map(len, found))
        if filling.seqs and (filling.size + size > fill_bytes or len(filling.seqs) == MAX_BATCH_EVENTS):
            yield filling
            filling = _Filling()
        filling.records += [Record(Kind.PICTURE, data) for data in found]
        filling.pictures += len(found)
        filling.records.append(event_record(event.to_json()))
        filling.seqs.append(event.seq)
        filling.size += size
    if filling.seqs:
        yield filling


def _whole_parts(
    agent: AgentView, terminal: TerminalView, stick: Stick, writer: _Writer
) -> tuple[list[tuple[tuple[int, ...], Listed]], int]:
    """What the stick holds of this terminal from before; what is damaged or no longer needed goes."""
    kept, removed = list[tuple[tuple[int, ...], Listed]](), 0
    for path in stick.files_of(writer.enrolment.terminal_id):
        if path.name == MANIFEST or path.name.startswith(ANSWERS):
            continue
        try:
            part = read_part(stick.read(path), lambda head: _own_key(head, writer))
        except BadPart as bad:
            if bad.fault not in _SPOILT:
                continue  # whatever somebody laid there is not ours to delete
            part = None
        seqs = () if part is None else _still_wanted(agent, terminal, part)
        if part is None or not seqs:
            stick.drop(path)
            removed += 1
            continue
        kept.append((seqs, Listed(digest=part.digest, first_seq=part.head.first_seq, last_seq=part.head.last_seq)))
    return kept, removed


def _own_key(head: PartHead, writer: _Writer) -> bytes:
    if head.to != "hub" or head.terminal != writer.enrolment.terminal_id:
        raise BadPart(PartFault.FOREIGN)
    return signing_public(writer.private)


def _still_wanted(agent: AgentView, terminal: TerminalView, part: Part) -> tuple[int, ...]:
    """The events of a part, unless the hub has answered them all or they are not this outbox's."""
    seqs = tuple(int(event["zzseq"]) for event in part.events if isinstance(event, dict))
    if not seqs or agent.acked(seqs[0], seqs[-1]) >= set(seqs) or seqs[-1] <= agent.drained_to():
        return ()
    # After a restored backup the chain may have gone another way: then the stick's word is old.
    ours = {event.seq: event.id for event in _stretch(terminal, seqs[0], seqs[-1])}
    same = all(ours.get(event["zzseq"]) == event["id"] for event in part.events if isinstance(event, dict))
    return seqs if same else ()


def _stretch(terminal: TerminalView, first: int, last: int) -> tuple[Envelope, ...]:
    return terminal.events_after(first - 1, last - first + 1)


def _room_for(
    agent: AgentView, terminal: TerminalView, pictures: PictureFolder, stick: Stick, carried: set[int]
) -> None:
    named = _named(agent, terminal)
    need, free = _SLACK_BYTES, stick.free_bytes()
    for event in _waiting(agent, terminal, carried):
        need += _size(event) + sum(map(pictures.size, named.get(event.seq, ())))
    if need > free:
        raise StickTrouble(
            f"U 盘空间不够：需要 {need / 1e6:.1f} MB，还剩 {free / 1e6:.1f} MB。", "请清出空间，或换一个 U 盘。"
        )


def _named(agent: AgentView, terminal: TerminalView) -> dict[int, tuple[str, ...]]:
    """By an event's number the sealed attachments it names."""
    named: dict[int, tuple[str, ...]] = {}
    for one in terminal.pictured_after(agent.drained_to()):
        named[one.seq] = (*named.get(one.seq, ()), one.sha256)
    return named


def _size(event: Envelope) -> int:
    return len(event.data) * 4 // 3 + _BESIDE_BYTES


def _name(one: Listed) -> str:
    return f"{one.first_seq:09d}-{one.last_seq:09d}-{one.digest[:12]}{SUFFIX}"


def _report(terminal: TerminalView) -> HeadReport:
    head = terminal.head()
    return HeadReport(seq=head.seq, hash=head.hash)
