"""What the terminal remembers: one event for each act of a resident; the only writer of terminal.db."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from offline import ledger
from offline.agent_store import AgentView, Enrolment, reader, writer
from offline.bounds import Bounds, Cause, Priority, Room, closed
from offline.database import Connection, Database, Migrations, WriterLock
from offline.file_view import FileView
from offline.gauge import Gauge, free_bytes
from offline.judged_clock import JudgedClock
from offline.trouble import DiskFault, OutboxFull, StoreTrouble
from offline.wire.canonical import b64, parse_time, time_text, unb64
from offline.wire.chain import Head
from offline.wire.claims import lookup_hash, new_salt, normal
from offline.wire.event import MAX_DATA_BYTES, Clock, Envelope, event_aad
from offline.wire.identity import new_traceparent, uuid7
from offline.wire.sealing import SUITE, key_id, seal
from offline.wire.trouble import TooLarge
from offline.wire.uptime import Uptime, uptime

NAME: Final = "terminal.db"
SLIP_SETTLED: Final = "cn.zhizhu.slip.settled.v1"
DEFAULT_BOUNDS: Final = Bounds()

LOG_BYTES: Final = 1024 * 1024
"""The log is made so long at the opening, where the disk has room: more than the acts of a day's visits fill."""
_PAGE: Final = 500

migrations = Migrations("terminal")
"""`act` is what to read of the acts: a table in the files of the first versions, a view since one_row_an_act."""


@migrations()
def first_shape(db: Database) -> None:
    """The chain of events, and beside each act what may rest readable: no name, no number, no code."""
    db.execute(ledger.TABLE)
    db.execute(
        "CREATE TABLE act (event_id TEXT PRIMARY KEY REFERENCES event (id), seq INTEGER NOT NULL, item TEXT NOT NULL,"
        " subject TEXT, claim TEXT, salt BLOB, kept_at TEXT NOT NULL, slip TEXT) STRICT"
    )
    db.execute("CREATE INDEX act_by_claim ON act (claim) WHERE claim IS NOT NULL")
    db.execute("CREATE INDEX act_by_subject ON act (subject) WHERE subject IS NOT NULL")


@migrations()
def pictures(db: Database) -> None:
    """The name of the sealed picture an act speaks of: the agent, which cannot open the act, brings it first."""
    db.execute("ALTER TABLE act ADD COLUMN picture TEXT")
    db.execute("CREATE INDEX act_by_picture ON act (picture) WHERE picture IS NOT NULL")
    db.execute("CREATE INDEX act_pictured ON act (seq) WHERE picture IS NOT NULL")


@migrations()
def stubs(db: Database) -> None:
    """What pruning leaves of an event."""
    db.execute(ledger.STUBS)


@migrations()
def one_row_an_act(db: Database) -> None:
    """What rests readable of an act goes into its event's row, so that keeping an act writes one row, not two.

    Rows of the chain are never written again: what became of a slip stands in a table of its own. `act` remains as a
    view, which an agent of the version before, still running, reads as before.
    """
    for column in ("item TEXT", "subject TEXT", "claim TEXT", "salt BLOB", "picture TEXT"):
        db.execute(f"ALTER TABLE event ADD COLUMN {column}")
    db.execute(
        "UPDATE event SET (item, subject, claim, salt, picture) ="
        " (SELECT item, subject, claim, salt, picture FROM act WHERE event_id = event.id)"
    )
    db.execute("CREATE TABLE slip (of_seq INTEGER PRIMARY KEY REFERENCES event (seq), outcome TEXT NOT NULL) STRICT")
    db.execute("INSERT INTO slip SELECT seq, slip FROM act WHERE slip IS NOT NULL")
    db.execute("DROP TABLE act")
    db.execute("CREATE INDEX act_by_claim ON event (claim) WHERE claim IS NOT NULL")
    db.execute("CREATE INDEX act_by_subject ON event (subject) WHERE subject IS NOT NULL")
    db.execute("CREATE INDEX act_by_picture ON event (picture) WHERE picture IS NOT NULL")
    db.execute("CREATE INDEX act_pictured ON event (seq) WHERE picture IS NOT NULL")
    db.execute(
        "CREATE VIEW act AS SELECT id AS event_id, seq, item, subject, claim, salt, time AS kept_at,"
        " outcome AS slip, picture FROM event LEFT JOIN slip ON of_seq = seq WHERE item IS NOT NULL"
    )


@migrations()
def papers_brought(db: Database) -> None:
    """Which paper an event brings for which case: its payload is sealed, and nobody is to be asked for it again."""
    db.execute(
        "CREATE TABLE brought (of_seq INTEGER PRIMARY KEY REFERENCES event (seq), case_no TEXT NOT NULL,"
        " document TEXT NOT NULL, title TEXT NOT NULL) STRICT"
    )
    db.execute("CREATE INDEX brought_by_case ON brought (case_no)")


class SlipOutcome(StrEnum):
    """What the printer said about a slip."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    CANNOT_KNOW = "cannot_know"


@dataclass(frozen=True, slots=True)
class Kept:
    """The acknowledgement: this act survives whatever happens now."""

    id: str
    seq: int
    time: datetime
    claim_code: str | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Act:
    """What may be known of an act without opening anything."""

    event_id: str
    seq: int
    item: str
    subject: str | None
    salt: bytes | None
    kept_at: datetime
    slip: SlipOutcome | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class Brings:
    """A paper that an event brings for a case that the hub has already: the case's number, the paper's id and name."""

    case_no: str
    document: str
    title: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands in the chain."""

    seq: int
    id: str


@dataclass(frozen=True, slots=True)
class Pictured:
    """An act and one of the sealed things it names (pictures, scans, voice notes): each is brought as a picture is."""

    seq: int
    event_id: str
    sha256: str


class TerminalView(FileView):
    """terminal.db as anyone may read it; a file that is not there yet reads as empty."""

    def __init__(self, connect: Callable[[], Connection | None]) -> None:
        super().__init__(connect)
        self._knows_pictures = False

    @classmethod
    def open(cls, state_dir: Path) -> TerminalView:
        """A view for reading, also from another process."""
        return cls(lambda: reader(state_dir, NAME, "event"))

    def events_after(self, seq: int, limit: int) -> tuple[Envelope, ...]:
        """At most `limit` events that follow `seq`, in order."""
        connection = self._reader()
        return () if connection is None else ledger.after(connection, seq, limit)

    def places_before(self, moment: datetime) -> Iterator[Place]:
        """The events made before a moment, oldest first, page by page."""
        seq = 0
        sql = "SELECT seq, id FROM event WHERE seq > ? AND time < ? ORDER BY seq LIMIT ?"
        while (connection := self._reader()) and (rows := connection.rows(sql, (seq, time_text(moment), _PAGE))):
            for row in rows:
                seq = int(row[0])
                yield Place(seq, str(row[1]))

    def id_at(self, seq: int) -> str | None:
        """The id of the event with a number, also of one that was pruned."""
        connection = self._reader()
        return None if connection is None else ledger.id_at(connection, seq)

    def pruned_after(self, seq: int) -> tuple[tuple[int, str], ...]:
        """(number, id) of the pruned events behind a number, in order; only what the hub has stored is ever pruned."""
        connection = self._reader()
        return () if connection is None else ledger.pruned_after(connection, seq)

    def act(self, event_id: str) -> Act | None:
        """One act."""
        found = self._acts("event_id = ?", event_id)
        return found[0] if found else None

    def acts_by_claim(self, claim: str) -> tuple[Act, ...]:
        """The acts under the keyed hash of a claim code."""
        return self._acts("claim = ?", claim)

    def acts_by_subject(self, subject: str) -> tuple[Act, ...]:
        """A person's acts at this terminal, newest first."""
        return self._acts("subject = ?", subject)

    def brought_for(self, case_no: str) -> tuple[tuple[str, Brings], ...]:
        """The papers brought here for a case, each with the id of its event; oldest first."""
        connection = self._reader()
        if connection is None:
            return ()
        sql = "SELECT id, document, title FROM brought JOIN event ON seq = of_seq WHERE case_no = ? ORDER BY seq"
        return tuple(
            (str(row[0]), Brings(case_no, str(row[1]), str(row[2]))) for row in connection.rows(sql, (case_no,))
        )

    def acts_after(self, seq: int) -> tuple[Act, ...]:
        """The acts that follow a sequence number, newest first."""
        return self._acts("seq > ?", seq)

    def pictured_after(self, seq: int) -> tuple[Pictured, ...]:
        """The acts that follow a sequence number and name a picture, in order."""
        return self._pictured("seq > ? ORDER BY seq", seq)

    def pictured_by(self, sha256: str) -> Pictured | None:
        """The act that names a picture."""
        found = self._pictured("instr(picture, ?) > 0", sha256)
        return next((each for each in found if each.sha256 == sha256), None)

    def _pictured(self, where: str, value: object) -> tuple[Pictured, ...]:
        connection = self._reader()
        if connection is None:
            return ()
        if not self._knows_pictures:
            # The agent may be newer than the file: after an update it can be up before the terminal has migrated it.
            found = connection.row("SELECT 1 FROM pragma_table_info('act') WHERE name = 'picture'")
            self._knows_pictures = found is not None
            if not self._knows_pictures:
                return ()
        sql = f"SELECT seq, event_id, picture FROM act WHERE picture IS NOT NULL AND {where}"  # noqa: S608  (own conditions)
        rows = connection.rows(sql, (value,))
        return tuple(Pictured(int(row[0]), str(row[1]), name) for row in rows for name in str(row[2]).split())

    def _acts(self, where: str, value: object) -> tuple[Act, ...]:
        connection = self._reader()
        if connection is None:
            return ()
        columns = "event_id, seq, item, subject, salt, kept_at, slip"
        columns += ", (SELECT clock FROM event WHERE event.seq = act.seq)"
        rows = connection.rows(
            f"SELECT {columns} FROM act WHERE {where} ORDER BY seq DESC",  # noqa: S608  (own conditions)
            (value,),
        )
        return tuple(
            Act(
                event_id=row[0],
                seq=row[1],
                item=row[2],
                subject=row[3],
                salt=None if row[4] is None else bytes(row[4]),
                kept_at=parse_time(row[5]),
                slip=None if row[6] is None else SlipOutcome(row[6]),
                clock="trusted" if row[7] == "trusted" else "unsure",
            )
            for row in rows
        )


class TerminalStore(TerminalView):
    """The one writer of terminal.db. Every method that writes returns only after the disk has it."""

    def __init__(
        self,
        state_dir: Path,
        connection: Connection,
        lock: WriterLock,
        clock: Callable[[], datetime],
        bounds: Bounds,
        free: Callable[[Path], int] | None = None,
        read_uptime: Callable[[], Uptime] = uptime,
    ) -> None:
        super().__init__(lambda: self._writer)
        self._writer = connection
        self._lock = lock
        self._clock = clock
        self.agent = AgentView.open(state_dir, read_uptime)
        self._judged = JudgedClock(self.agent)
        self._end: Head | None = None  # of the chain, while it is sure
        self.gauge = Gauge(bounds, self, self.agent, state_dir, clock=clock, free=free)
        self._guard()
        self._lengthen_log((free or free_bytes), state_dir)

    @classmethod
    def open(
        cls,
        state_dir: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
        free: Callable[[Path], int] | None = None,
        read_uptime: Callable[[], Uptime] = uptime,
    ) -> TerminalStore:
        """Opens terminal.db for writing; raises AlreadyWriting when another process does.

        `free` gives the free bytes of the disk that holds a folder, where it is not the disk's own word.
        """
        connection, lock = writer(state_dir, NAME, migrations)
        return cls(state_dir, connection, lock, clock, bounds, free, read_uptime)

    def keep(
        self,
        event_type: str,
        payload: Mapping[str, object],
        *,
        claim_code: str | None = None,
        subject: str | None = None,
        pictures: Sequence[str] = (),
        priority: Priority = Priority.ORDINARY,
        event_id: str | None = None,
        brings: Brings | None = None,
    ) -> Kept:
        """Keeps a resident's act: sealed event, keyed hash of the code and what a screen may show, in one row.

        `pictures` name sealed attachments that lie on the disk already; the names stay readable for the agent.
        With a claim code, `payload["claim"]` is completed with the code, the salt of its answer key and the subject.
        `event_id` is that of an earlier try of the same act; where that one was kept after all, it is the answer.
        `brings`: the paper that it brings for a case which the hub has.
        Raises OutboxFull where the bounds take no act of this priority any more, StoreTrouble or NotEnrolled: then
        nothing of it was kept; StoreInDoubt: nobody can say.
        """
        enrolment = self.agent.enrolled()
        now = self._clock()
        salt, claim = None, None
        if claim_code is not None:
            code = normal(claim_code)
            given = payload.get("claim")
            stated = dict(given) if isinstance(given, Mapping) else {}
            salt = unb64(stated["answer_salt"], 64) if "answer_salt" in stated else new_salt()
            claim = lookup_hash(enrolment.claim_key, code)
            subject = subject or _text(stated.get("subject"))
            payload = {**payload, "claim": {**stated, "code": code, "answer_salt": b64(salt), "subject": subject}}
        item = _text(payload.get("item")) or ""
        beside = {"item": item, "subject": subject, "claim": claim, "salt": salt}
        beside["picture"] = " ".join(pictures) or None
        clock = self._judged.at(now)
        if clock == "unsure":
            payload = {**payload, "uptime": self.agent.uptime().model_dump()}

        def project(db: Database, event: Envelope) -> None:
            if brings is not None and brings.case_no:
                row = (event.seq, brings.case_no, brings.document, brings.title)
                db.execute("INSERT INTO brought VALUES (?, ?, ?, ?)", row)

        event = self._append(
            enrolment,
            event_type,
            payload,
            now,
            clock,
            beside=beside,
            again=event_id,
            priority=priority,
            project=project,
        )
        return Kept(event.id, event.seq, event.time, claim_code, event.clock)

    def settle_slip(self, event_id: str, outcome: SlipOutcome | str) -> Kept:
        """Keeps what the printer said about the slip of an act, as an event of its own."""
        said = SlipOutcome(outcome)
        if (act := self.act(event_id)) is None:
            raise StoreTrouble(f"没有编号 {event_id} 的办理记录。", "这是我们的问题，请告诉维护者。")

        def project(db: Database, _: Envelope) -> None:
            db.execute(
                "INSERT INTO slip VALUES (?, ?) ON CONFLICT (of_seq) DO UPDATE SET outcome = excluded.outcome",
                (act.seq, said.value),
            )

        payload, now = {"event_id": event_id, "outcome": said.value}, self._clock()
        event = self._append(self.agent.enrolled(), SLIP_SETTLED, payload, now, self._judged.at(now), project=project)
        return Kept(event.id, event.seq, event.time, None, event.clock)

    def clock_sure(self) -> bool:
        """Whether the time of day can be shown as certain now."""
        return self.agent.clock(self._clock()) == "trusted"

    def room(self) -> Room:
        """What more is taken, by the level read anew."""
        room = self.gauge.measure()
        return closed(room) if self.agent.shut_out() else room

    def _find_room(self, priority: Priority) -> None:
        """Raises OutboxFull; what was measured before is measured anew before anybody is refused."""
        if self.agent.shut_out_seen:  # as `enrolled` has just found it
            raise OutboxFull(Cause.SHUT_OUT)
        if self.gauge.takes(priority):
            return
        if (cause := self.gauge.measure().why(priority)) is not None:
            raise OutboxFull(cause)

    def _guard(self) -> None:
        """A file that is larger already, by another setting, still takes the settlements of what it holds."""
        bounds = self.gauge.bounds
        beside = bounds.guard_bytes - bounds.file_max_bytes
        self._writer.grow_at_most(max(bounds.guard_bytes, self._writer.file_bytes() + beside))

    def _lengthen_log(self, free: Callable[[Path], int], state_dir: Path) -> None:
        """Before the first act, so that none waits for it; a disk at its reserve is for what is acknowledged."""
        with suppress(DiskFault):
            if free(state_dir) >= self.gauge.bounds.reserve_bytes + LOG_BYTES:
                self._writer.lengthen_log(LOG_BYTES)

    def subject_of(self, id_number: str) -> str:
        """The keyed hash under which a person's number rests."""
        return self.agent.enrolled().subject_of(id_number)

    def make_stubs(self, seqs: Iterable[int]) -> None:
        """Leaves of these events their number, id and hash; what the screen knew of them goes with them."""

        def work(db: Database) -> None:
            for seq in seqs:
                db.execute("DELETE FROM slip WHERE of_seq = ?", (seq,))
                db.execute("DELETE FROM brought WHERE of_seq = ?", (seq,))
                ledger.stub(db, seq)

        self._writer.transaction(work)

    def flush(self) -> None:
        """Brings every kept event from the write-ahead log into the main file; each was durable when it was kept."""
        self._writer.checkpoint()

    def close(self) -> None:
        """Closes the files and gives the right to write back."""
        self._connection = None
        self._writer.close()
        self.agent.close()
        self._lock.release()

    def _append(
        self,
        enrolment: Enrolment,
        event_type: str,
        payload: Mapping[str, object],
        now: datetime,
        clock: Clock,
        *,
        beside: Mapping[str, object] = ledger.NOTHING,
        project: Callable[[Database, Envelope], None] | None = None,
        again: str | None = None,
        priority: Priority | None = None,
    ) -> Envelope:
        identifier = again or uuid7(now)
        data = _sealed(payload, enrolment.sealing_public, event_aad(enrolment.source, identifier, event_type))
        # until the disk has it, nobody knows where the chain ends: a commit may fail, or be in doubt
        known, self._end = self._end, None

        def work(db: Database) -> tuple[Envelope, Head | None]:
            if again is not None and (kept := ledger.by_id(db, again)) is not None:
                return kept, known
            if priority is not None:
                self._find_room(priority)
            event, end = ledger.append(
                db,
                identifier=identifier,
                source=enrolment.source,
                event_type=event_type,
                at=now,
                clock=clock,
                traceparent=new_traceparent(),
                suite=SUITE,
                key_id=key_id(enrolment.sealing_public),
                data=data,
                beside=beside,
                head=known,
            )
            if project is not None:
                project(db, event)
            return event, end

        event, self._end = self._writer.transaction(work)
        self.gauge.kept(len(data))
        return event


def _sealed(payload: Mapping[str, object], hub_public: bytes, aad: bytes) -> bytes:
    """A payload as the hub takes it; raises StoreTrouble for a larger one, which it would lay aside for ever."""
    try:
        data = seal(payload, hub_public, aad)
    except TooLarge:
        data = b""
    if not 0 < len(data) <= MAX_DATA_BYTES:
        raise StoreTrouble("这一件的内容太长，没有保存。", "请删减文字再试；一直如此请告诉维护者。")
    return data


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
