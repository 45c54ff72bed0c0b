"""What the agent remembers: who this terminal is at the hub, what the hub has said; the only writer of agent.db."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from offline import ledger
from offline.clock_doubt import TOLERANCE, Basis, Heard, judge
from offline.database import Connection, Database, Migrations, WriterLock, troubles
from offline.file_view import FileView
from offline.keys import database_key
from offline.log_file import make_sure
from offline.trouble import DiskFull, NotEnrolled, StoreTrouble
from offline.wire.batch import EventResult, EventStatus
from offline.wire.canonical import parse_time, time_text, unb64
from offline.wire.changes import AnswerBody, Change, DueBody, EventBody
from offline.wire.claims import subject_of
from offline.wire.credential import Credential, check_credential
from offline.wire.enrolment import EnrolmentReply
from offline.wire.event import Clock, event_aad, terminal_source
from offline.wire.helper_list import Helper, HelperList, check_list
from offline.wire.identity import new_traceparent, uuid7
from offline.wire.sealing import SUITE, key_id, seal
from offline.wire.statement import KeyStatement, check_statement
from offline.wire.trouble import WireTrouble
from offline.wire.uptime import Uptime
from offline.wire.uptime import uptime as system_uptime

NAME: Final = "agent.db"
_ENROLMENT: Final = "SELECT terminal_id, region, sealing_public, signing_public, claim_key, subject_key FROM enrolment"
_ENROLMENT_WITH_KEYS: Final = (
    "SELECT terminal_id, region, coalesce(newer.sealing_public, enrolment.sealing_public),"
    " coalesce(newer.signing_public, enrolment.signing_public), claim_key, subject_key,"
    " coalesce(newer.version, keys_version) FROM enrolment"
    " LEFT JOIN hub_key AS newer ON newer.version = (SELECT max(version) FROM hub_key)"
)
NOTED_EVERY: Final = 32
"""How far the note of what is drained may lag behind."""
_ACKS_AFTER: Final = "SELECT seq FROM ack WHERE seq > ? ORDER BY seq LIMIT ?"
FELL_TO: Final = "hub_fell_to"
CLOCK_JUDGED: Final = "cn.zhizhu.agent.clock.v1"
_JUDGED_AGAIN_S: Final = 3600.0
_SHUT_OUT: Final = "shut_out"
_TAKEN_UP: Final = "taken_up "
_DONE: Final = ("stored", "duplicate", "parked")

migrations = Migrations("agent")


@migrations()
def first_shape(db: Database) -> None:
    """Enrolment, acknowledgements, the hub's last words, and the agent's own chain."""
    for statement in (
        ledger.TABLE,
        """CREATE TABLE enrolment (
            one INTEGER PRIMARY KEY CHECK (one = 1), terminal_id TEXT NOT NULL, region TEXT NOT NULL,
            sealing_public BLOB NOT NULL, signing_public BLOB NOT NULL, claim_key BLOB NOT NULL,
            subject_key BLOB NOT NULL, at TEXT NOT NULL) STRICT""",
        """CREATE TABLE ack (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
            reason TEXT, at TEXT NOT NULL) STRICT""",
        "CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        """CREATE TABLE answer (
            event_id TEXT PRIMARY KEY, state TEXT NOT NULL, case_no TEXT, subject TEXT,
            sealed TEXT, n INTEGER NOT NULL, at TEXT NOT NULL) STRICT""",
        """CREATE TABLE due (
            subject TEXT NOT NULL, item TEXT NOT NULL, month TEXT NOT NULL, PRIMARY KEY (subject, item)) STRICT""",
        "CREATE TABLE helper (subject TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT",
    ):
        db.execute(statement)


@migrations()
def pictures(db: Database) -> None:
    """What became of the pictures that acts name; `since` is when the hub was first asked to take one."""
    db.execute(
        "CREATE TABLE picture (sha256 TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT,"
        " since TEXT NOT NULL, tries INTEGER NOT NULL) STRICT"
    )


@migrations()
def hub_keys(db: Database) -> None:
    """The keys that followed those of the enrolment, by the hub's own signed word."""
    db.execute("ALTER TABLE enrolment ADD COLUMN keys_version INTEGER NOT NULL DEFAULT 1")
    db.execute(
        "CREATE TABLE hub_key (version INTEGER PRIMARY KEY, sealing_public BLOB NOT NULL, signing_public BLOB NOT NULL,"
        " since TEXT NOT NULL, at TEXT NOT NULL) STRICT"
    )


class PictureState(StrEnum):
    """How the bringing of a picture stands."""

    TRIED = "tried"  # refused for now
    BROUGHT = "brought"  # the hub holds all of it
    GIVEN_UP = "given_up"  # it will never be there; its act goes without


@dataclass(frozen=True, slots=True)
class PictureNote:
    """What the agent remembers of a picture."""

    state: PictureState
    reason: str | None
    since: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who this terminal is at its hub, and the hub's keys."""

    terminal_id: str
    region: str
    sealing_public: bytes
    signing_public: bytes
    claim_key: bytes
    subject_key: bytes
    keys_version: int = 1

    @property
    def source(self) -> str:
        """The source of the terminal's chain."""
        return terminal_source(self.terminal_id)

    def subject_of(self, id_number: str) -> str:
        """The keyed hash under which a person's number rests."""
        return subject_of(self.subject_key, id_number)


@dataclass(frozen=True, slots=True)
class Ack:
    """What the hub answered for one event."""

    status: EventStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Parked:
    """An event the hub refused for a reason a person must look at."""

    seq: int
    id: str
    reason: str
    at: datetime


class AgentView(FileView):
    """agent.db as anyone may read it; a file that is not there yet reads as empty."""

    def __init__(
        self, connect: Callable[[], Connection | None], read_uptime: Callable[[], Uptime] = system_uptime
    ) -> None:
        super().__init__(connect)
        self._uptime = read_uptime
        self._enrolment: Enrolment | None = None
        self._read_at = -1
        self._knows_keys = False
        self._shut_out = False

    @classmethod
    def open(cls, state_dir: Path, read_uptime: Callable[[], Uptime] = system_uptime) -> AgentView:
        """A view for reading, also from another process."""
        return cls(lambda: reader(state_dir, NAME, "enrolment"), read_uptime)

    def enrolment(self) -> Enrolment | None:
        """Who this terminal is, or None before it was enrolled."""
        connection = self._reader()
        if connection is None:
            return None
        version = connection.data_version()  # the agent may have taken new keys of the hub
        if self._enrolment is None or version != self._read_at:
            self._enrolment, self._read_at = self._read_enrolment(connection), version
            self._shut_out = self.shut_out()
        return self._enrolment

    @property
    def version_seen(self) -> int:
        """The file's `data_version` when `enrolment` was last asked; it asks anew each time."""
        return self._read_at

    def enrolled(self) -> Enrolment:
        """Who this terminal is; raises NotEnrolled."""
        enrolment = self.enrolment()
        if enrolment is None:
            raise NotEnrolled
        return enrolment

    def ack(self, event_id: str) -> Ack | None:
        """The hub's answer to an event, once there is one."""
        row = self._row("SELECT status, reason FROM ack WHERE id = ?", (event_id,))
        return Ack(EventStatus(row[0]), row[1]) if row else None

    def acked(self, first: int, last: int) -> frozenset[int]:
        """Which sequence numbers of a stretch are done with."""
        return frozenset(
            int(row[0]) for row in self._rows("SELECT seq FROM ack WHERE seq BETWEEN ? AND ?", (first, last))
        )

    def last_done(self, upto: int | None = None) -> tuple[int, str] | None:
        """(number, id) of the last event that is done with, of those up to a number."""
        most = 2**63 - 1 if upto is None else upto
        row = self._row("SELECT seq, id FROM ack WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (most,))
        return None if row is None else (int(row[0]), str(row[1]))

    def done_count(self) -> int:
        """How many events are done with, one way or another."""
        row = self._row("SELECT count(*) FROM ack")
        return int(row[0]) if row else 0

    def done_after(self, seq: int) -> int:
        """How many events behind a sequence number are done with."""
        row = self._row("SELECT count(*) FROM ack WHERE seq > ?", (seq,))
        return int(row[0]) if row else 0

    def drained_to(self) -> int:
        """The sequence number up to which every event is done with."""
        noted = int(self.note("drained_to") or 0)
        return _contiguous(noted, self._rows(_ACKS_AFTER, (noted, NOTED_EVERY)))

    def heard_to(self) -> int:
        """The number of the last entry of the hub's feed that was applied."""
        return int(self.note("cursor") or 0)

    def parked(self) -> tuple[Parked, ...]:
        """The events laid aside, oldest first."""
        rows = self._rows("SELECT seq, id, reason, at FROM ack WHERE status = 'parked' ORDER BY seq")
        return tuple(Parked(int(seq), str(i), str(why or ""), parse_time(at)) for seq, i, why, at in rows)

    def answer(self, event_id: str) -> AnswerBody | None:
        """The hub's last word on an event's case."""
        row = self._row("SELECT state, case_no, subject, sealed FROM answer WHERE event_id = ?", (event_id,))
        if row is None:
            return None
        return AnswerBody(event_id=event_id, state=row[0], case_no=row[1], subject=row[2], sealed=row[3])

    def picture(self, sha256: str) -> PictureNote | None:
        """How the bringing of a picture stands; None when it was not begun."""
        row = self._row("SELECT state, reason, since, tries FROM picture WHERE sha256 = ?", (sha256,))
        return None if row is None else PictureNote(PictureState(row[0]), row[1], parse_time(row[2]), int(row[3]))

    def dues(self, subject: str) -> tuple[tuple[str, str], ...]:
        """(item, month) of what the hub says a person ought to do."""
        rows = self._rows("SELECT item, month FROM due WHERE subject = ? ORDER BY month, item", (subject,))
        return tuple((str(item), str(month)) for item, month in rows)

    def helpers(self) -> tuple[Helper, ...]:
        """The helpers of the signed list last accepted."""
        rows = self._rows("SELECT subject, name FROM helper ORDER BY name, subject")
        return tuple(Helper(subject=subject, name=name) for subject, name in rows)

    def credential(self) -> Credential | None:
        """The credential last accepted; None before the first."""
        kept = self.note("credential")
        return None if kept is None else Credential.model_validate_json(kept)

    def reenrol_code(self) -> str | None:
        """The code a person must tell the hub's operator, while the hub waits for that."""
        return self.note("reenrol_code") or None

    def shut_out(self) -> bool:
        """Whether the hub has said that it takes nothing from this terminal any more, and nothing else since."""
        return self.note(_SHUT_OUT) is not None

    @property
    def shut_out_seen(self) -> bool:
        """`shut_out`, as it was when `enrolment` was last asked."""
        return self._shut_out

    def protocol(self) -> int:
        """The newest version of the agreement this hub has spoken; it is never spoken less of again."""
        return int(self.note("protocol") or 1)

    def clock(self, now: datetime) -> Clock:
        """The agent's judgement of the clock, as far as what it rests on still holds at this reading."""
        return self.clock_basis().at(now, self._uptime())

    def clock_basis(self) -> Basis:
        """What the judgement of the clock rests on."""
        said = dict(self._rows("SELECT name, value FROM note WHERE name IN ('clock', 'clock_heard', 'clock_seen')"))
        heard, seen = said.get("clock_heard"), said.get("clock_seen")
        return Basis(
            word="trusted" if said.get("clock") == "trusted" else "unsure",
            heard=None if heard is None else _heard(str(heard)),
            seen=None if seen is None else parse_time(seen),
        )

    def uptime(self) -> Uptime:
        """How long the machine has been running."""
        return self._uptime()

    def note(self, name: str) -> str | None:
        """A small remembered value."""
        row = self._row("SELECT value FROM note WHERE name = ?", (name,))
        return str(row[0]) if row else None

    def _read_enrolment(self, connection: Connection) -> Enrolment | None:
        if not self._knows_keys:
            # The terminal may be newer than the file: after an update it can be up before the agent has migrated it.
            found = connection.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'hub_key'")
            self._knows_keys = found is not None
        row = connection.row(_ENROLMENT_WITH_KEYS if self._knows_keys else _ENROLMENT)
        if row is None:
            return None
        sealing, signing, claim, subject = (bytes(part) for part in row[2:6])
        enrolled = Enrolment(row[0], row[1], sealing, signing, claim, subject)
        return replace(enrolled, keys_version=int(row[6])) if self._knows_keys else enrolled

    def _rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        connection = self._reader()
        return [] if connection is None else connection.rows(sql, parameters)

    def _row(self, sql: str, parameters: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        found = self._rows(sql, parameters)
        return found[0] if found else None


class AgentStore(AgentView):
    """The one writer of agent.db."""

    def __init__(
        self, connection: Connection, lock: WriterLock, read_uptime: Callable[[], Uptime] = system_uptime
    ) -> None:
        super().__init__(lambda: connection, read_uptime)
        self._drained: int | None = None
        self._writer = connection
        self._lock = lock

    @classmethod
    def open(cls, state_dir: Path, read_uptime: Callable[[], Uptime] = system_uptime) -> AgentStore:
        """Opens agent.db for writing; raises AlreadyWriting when another process does."""
        connection, lock = writer(state_dir, NAME, migrations)
        return cls(connection, lock, read_uptime)

    def enrol(self, reply: EnrolmentReply, region: str, at: datetime) -> Enrolment:
        """Remembers for good who this terminal is, with an event of the agent's own chain."""
        enrolment = Enrolment(
            reply.terminal_id,
            region,
            sealing_public=unb64(reply.hub_sealing_public, 32),
            signing_public=unb64(reply.hub_signing_public, 32),
            claim_key=unb64(reply.claim_key, 32),
            subject_key=unb64(reply.subject_key, 32),
            keys_version=reply.hub_keys_version,
        )

        def work(db: Database) -> None:
            db.execute(
                "INSERT INTO enrolment (one, terminal_id, region, sealing_public, signing_public, claim_key,"
                " subject_key, at, keys_version) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(enrolment.terminal_id, region, enrolment.sealing_public, enrolment.signing_public),
                    *(enrolment.claim_key, enrolment.subject_key, time_text(at), enrolment.keys_version),
                ),
            )
            self._journal(db, enrolment, "cn.zhizhu.agent.enrolled.v1", {"terminal": enrolment.terminal_id}, at)

        self._writer.transaction(work)
        return enrolment

    def acknowledge(self, results: Iterable[tuple[int, EventResult]], at: datetime) -> None:
        """Keeps the hub's answers to events (by sequence number); `retry` is no answer yet."""
        answered = [(seq, result) for seq, result in results if result.status is not EventStatus.RETRY]
        before = self.drained_to()  # counted outside: what is read in a transaction that fails was never so

        def work(db: Database) -> int:
            final = _unless_taken_up(db, answered)
            parked = [(seq, result) for seq, result in final if result.status is EventStatus.PARKED]
            known = self.acked(min(seq for seq, _ in parked), max(seq for seq, _ in parked)) if parked else frozenset()
            moment = time_text(at)
            db.conn.executemany(
                "INSERT INTO ack (seq, id, status, reason, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(seq, result.id, result.status.value, result.reason, moment) for seq, result in final],
            )
            for seq, result in parked:
                if seq not in known:
                    said = {"event_id": result.id, "reason": result.reason}
                    self._journal(db, self.enrolled(), "cn.zhizhu.agent.parked.v1", said, at)
            return _note_drained(db, before)

        if answered:
            self._drained = self._writer.transaction(work)

    def fall_back(self, seq: int, at: datetime, *, hub: bool) -> int:
        """Counts nothing behind a number as done any more; returns of how many events that was believed.

        `hub`: it is the hub that has forgotten, so its feed, which counts anew too, is heard again from its beginning.
        """
        enrolment = self.enrolled()

        def work(db: Database) -> int:
            count = db.execute("DELETE FROM ack WHERE seq > ?", (seq,)).rowcount
            _put_note(db, "drained_to", str(min(seq, int(self.note("drained_to") or 0))))
            if hub:
                _put_note(db, FELL_TO, str(seq))
                _put_note(db, "cursor", "0")
                db.execute("DELETE FROM note WHERE name = 'helpers_version'")
                db.execute("UPDATE answer SET n = 0")
            said: dict[str, object] = {"after": seq, "count": count, "who": "hub" if hub else "outbox"}
            self._journal(db, enrolment, "cn.zhizhu.agent.fell_back.v1", said, at)
            return int(count)

        self._drained = None
        try:
            return self._writer.transaction(work)
        finally:
            self._drained = None  # counted anew, whatever became of the transaction

    def note_hub_grew(self) -> None:
        """The hub holds more again than when it had fallen back; should it do so once more, that is news."""
        self._writer.transaction(lambda db: db.execute("DELETE FROM note WHERE name = ?", (FELL_TO,)))

    def hub_fell_to(self) -> int | None:
        """The number to which the hub had fallen back, until it has grown beyond it."""
        kept = self.note(FELL_TO)
        return None if kept is None else int(kept)

    def drained_to(self) -> int:
        """See AgentView; the one writer need not count again."""
        if self._drained is None:
            self._drained = super().drained_to()
        return self._drained

    def note_picture(
        self, event_id: str, sha256: str, state: PictureState, at: datetime, reason: str | None = None
    ) -> None:
        """Keeps what became of a picture; giving one up is an event of the agent's own chain."""
        enrolment = self.enrolled()

        def work(db: Database) -> None:
            db.execute(
                "INSERT INTO picture (sha256, state, reason, since, tries) VALUES (?, ?, ?, ?, 1)"
                " ON CONFLICT (sha256) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
                " tries = tries + 1",
                (sha256, state.value, reason, time_text(at)),
            )
            if state is PictureState.GIVEN_UP:
                said = {"event_id": event_id, "sha256": sha256, "reason": reason}
                self._journal(db, enrolment, "cn.zhizhu.agent.picture_given_up.v1", said, at)

        self._writer.transaction(work)

    def forget_picture(self, sha256: str) -> None:
        """Drops the note of a picture that is gone from the disk and answered by the hub."""
        self._writer.transaction(lambda db: db.execute("DELETE FROM picture WHERE sha256 = ?", (sha256,)))

    def accept(self, cursor: int, changes: Iterable[Change], at: datetime) -> tuple[str, ...]:
        """Applies a page of the hub's feed and moves the cursor with it; returns what was not understood, and why."""
        pages = tuple(changes)
        self.enrolled()

        def work(db: Database) -> tuple[str, ...]:
            refused = tuple(
                f"{change.n} {change.kind}: {why}"
                for change in pages
                if (why := self._apply(db, change, at)) is not None
            )
            _put_note(db, "cursor", str(cursor))
            return refused

        try:
            return self._writer.transaction(work)
        finally:
            self._enrolment = None  # what was read inside a transaction that failed was never so

    def cursor(self) -> int:
        """Where to ask the feed from next."""
        return self.heard_to()

    def keep_credential(self, untrusted: Mapping[str, object], signing_public: bytes, at: datetime) -> Credential:
        """Checks and keeps a credential; raises BadSignature or MalformedRecord."""
        enrolment = self.enrolled()
        said = check_credential(enrolment.signing_public, enrolment.terminal_id, signing_public, untrusted)

        def work(db: Database) -> None:
            _put_note(db, "credential", said.model_dump_json())
            _put_note(db, "reenrol_code", "")
            until = {"not_after": time_text(said.not_after)}
            self._journal(db, enrolment, "cn.zhizhu.agent.credential.v1", until, at)

        self._writer.transaction(work)
        return said

    def note_reenrol_code(self, code: str) -> None:
        """Keeps the code for whoever looks at the machine."""
        if self.reenrol_code() != code:
            self._writer.transaction(lambda db: _put_note(db, "reenrol_code", code))

    def note_shut_out(self, shut_out: bool, at: datetime) -> None:
        """Keeps that the hub has shut this terminal out, or has let it in again; writes only what is news."""
        if shut_out == self.shut_out():
            return
        enrolment = self.enrolled()

        def work(db: Database) -> None:
            if shut_out:
                _put_note(db, _SHUT_OUT, time_text(at))
            else:
                db.execute("DELETE FROM note WHERE name = ?", (_SHUT_OUT,))
            self._journal(db, enrolment, "cn.zhizhu.agent.shut_out.v1", {"shut_out": shut_out}, at)

        self._writer.transaction(work)

    def note_protocol(self, version: int) -> None:
        """Keeps the version the hub speaks; writes only when it has grown."""
        if version > self.protocol():
            self._writer.transaction(lambda db: _put_note(db, "protocol", str(version)))

    def judge_clock(self, heard: Heard | None, now: datetime) -> Clock:
        """Judges the clock and remembers the judgement, with what the hub last said of the time.

        A change is an event of the agent's own chain: by it, what was made in doubt can be placed. Otherwise it writes
        at most once an hour.
        """
        up, basis = self._uptime(), self.clock_basis()
        known, seen = basis.heard, basis.seen
        latest = known if heard is None else heard
        verdict = judge(now, up, latest, seen)
        changed = verdict != self.note("clock")
        fresh = heard is not None and (
            known is None
            or known.up.boot != heard.up.boot
            or abs(heard.at - known.now(heard.up)) > TOLERANCE
            or heard.up.seconds - known.up.seconds > _JUDGED_AGAIN_S
        )
        later = verdict == "trusted" and (seen is None or (now - seen).total_seconds() > _JUDGED_AGAIN_S)
        if not (changed or fresh or later):
            return verdict
        enrolment = self.enrolment()

        def work(db: Database) -> None:
            _put_note(db, "clock", verdict)
            if heard is not None and (changed or fresh):
                _put_note(db, "clock_heard", f"{time_text(heard.at)} {heard.up.boot} {heard.up.seconds}")
            if later:
                _put_note(db, "clock_seen", time_text(now))
            if changed and enrolment is not None:
                said: dict[str, object] = {"clock": verdict, "wall": time_text(now), "uptime": up.model_dump()}
                if latest is not None and latest.up.boot == up.boot:
                    said["trusted"] = time_text(latest.now(up))
                self._journal(db, enrolment, CLOCK_JUDGED, said, now)

        self._writer.transaction(work)
        return verdict

    def close(self) -> None:
        """Closes the file and gives the right to write back."""
        super().close()
        self._lock.release()

    def _apply(self, db: Database, change: Change, at: datetime) -> str | None:
        enrolment = self.enrolled()
        try:
            match change.kind:
                case "answer":
                    _put_answer(db, AnswerBody.model_validate(change.body), change.n, at)
                case "due":
                    _put_due(db, DueBody.model_validate(change.body))
                case "helpers":
                    _put_helpers(db, check_list(enrolment.signing_public, change.body), enrolment.region)
                case "event":
                    self._unpark(db, EventBody.model_validate(change.body), enrolment, at)
                case "keys":
                    self._take_keys(
                        db, check_statement(enrolment.signing_public, enrolment.keys_version, change.body), at
                    )
                case _:
                    return "不认识的种类"
        except ValidationError as wrong:
            return f"{wrong.error_count()} 处不合约定"
        except WireTrouble as wrong:
            return wrong.sentence
        return None

    def _unpark(self, db: Database, said: EventBody, enrolment: Enrolment, at: datetime) -> None:
        """What a person at the hub has taken up again is as good as stored at once."""
        changed = db.execute(
            "UPDATE ack SET status = ?, reason = NULL, at = ? WHERE id = ? AND status = ?",
            (EventStatus.STORED.value, time_text(at), said.event_id, EventStatus.PARKED.value),
        ).rowcount
        if changed:
            self._journal(db, enrolment, "cn.zhizhu.agent.unparked.v1", {"event_id": said.event_id}, at)
        elif db.execute("SELECT 1 FROM ack WHERE id = ?", (said.event_id,)).fetchone() is None:
            _put_note(db, f"{_TAKEN_UP}{said.event_id}", "")  # the feed was quicker than the reply that laid it aside

    def _take_keys(self, db: Database, stated: KeyStatement, at: datetime) -> None:
        """From now on everything is sealed to the new key, and only the new one's signature counts."""
        db.execute(
            "INSERT INTO hub_key VALUES (?, ?, ?, ?, ?)",
            (stated.version, stated.sealing(), stated.signing(), time_text(stated.since), time_text(at)),
        )
        self._enrolment = None
        said = {"version": stated.version, "sealing": stated.sealing_key_id, "signing": stated.signing_key_id}
        self._journal(db, self.enrolled(), "cn.zhizhu.agent.hub_keys.v1", said, at)

    def _journal(
        self, db: Database, enrolment: Enrolment, event_type: str, payload: Mapping[str, object], at: datetime
    ) -> None:
        identifier, source = uuid7(at), f"{enrolment.source}/agent"
        ledger.append(
            db,
            identifier=identifier,
            source=source,
            event_type=event_type,
            at=at,
            clock=self.clock(at),
            traceparent=new_traceparent(),
            suite=SUITE,
            key_id=key_id(enrolment.sealing_public),
            data=seal(payload, enrolment.sealing_public, event_aad(source, identifier, event_type)),
        )


def reader(state_dir: Path, name: str, table: str) -> Connection | None:
    """A connection that only reads, or None while the file or its tables are not there yet."""
    path = state_dir / name
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = Connection(path, database_key(state_dir), write=False)
    if connection.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)) is None:
        connection.close()
        return None
    return connection


def writer(state_dir: Path, name: str, steps: Migrations) -> tuple[Connection, WriterLock]:
    """The one connection that writes a file, and the lock that says so."""
    try:
        state_dir.mkdir(mode=0o770, parents=True, exist_ok=True)
        lock = WriterLock(state_dir / name)
    except OSError as failure:
        if failure.errno == errno.ENOSPC:
            raise DiskFull from failure
        raise StoreTrouble(
            f"状态目录 {state_dir} 用不了（{failure.strerror}）。", "请检查它的权限和磁盘空间。"
        ) from failure
    try:
        key = database_key(state_dir)
        with troubles(name):
            make_sure(state_dir / name)
        connection = Connection(state_dir / name, key, write=True)
        connection.migrate(steps)
    except BaseException:
        lock.release()
        raise
    return connection, lock


def _put_note(db: Database, name: str, value: str) -> None:
    db.execute("INSERT INTO note VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def _note_drained(db: Database, before: int) -> int:
    """Written only now and then, for from there it can be counted: each writing is a page to encrypt and flush."""
    drained = _contiguous(before, db.conn.execute(_ACKS_AFTER, (before, -1)))
    if drained // NOTED_EVERY > before // NOTED_EVERY:
        _put_note(db, "drained_to", str(drained))
    return drained


def _unless_taken_up(db: Database, results: list[tuple[int, EventResult]]) -> list[tuple[int, EventResult]]:
    """The answers, but an older one that lays aside what a person has taken up again since says nothing any more."""
    notes = db.execute("SELECT name FROM note WHERE name BETWEEN ? AND ?", (_TAKEN_UP, f"{_TAKEN_UP}~")).fetchall()
    taken_up = {str(name).removeprefix(_TAKEN_UP) for (name,) in notes} & {result.id for _, result in results}
    if not taken_up:
        return results
    db.conn.executemany("DELETE FROM note WHERE name = ?", [(f"{_TAKEN_UP}{name}",) for name in taken_up])
    stored = {"status": EventStatus.STORED, "reason": None}
    return [(seq, one.model_copy(update=stored) if one.id in taken_up else one) for seq, one in results]


def _contiguous(low: int, acks: Iterable[tuple[Any, ...]]) -> int:
    for (seq,) in acks:
        if seq != low + 1:
            break
        low = int(seq)
    return low


def _put_answer(db: Database, answer: AnswerBody, n: int, at: datetime) -> None:
    db.execute(
        "INSERT INTO answer (event_id, state, case_no, subject, sealed, n, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (event_id) DO UPDATE SET state = excluded.state, case_no = excluded.case_no,"
        " subject = excluded.subject, sealed = excluded.sealed, n = excluded.n, at = excluded.at"
        " WHERE excluded.n > answer.n",
        (answer.event_id, answer.state, answer.case_no, answer.subject, answer.sealed, n, time_text(at)),
    )


def _put_due(db: Database, due: DueBody) -> None:
    if due.month is None:
        db.execute("DELETE FROM due WHERE subject = ? AND item = ?", (due.subject, due.item))
        return
    db.execute(
        "INSERT INTO due VALUES (?, ?, ?) ON CONFLICT (subject, item) DO UPDATE SET month = excluded.month",
        (due.subject, due.item, due.month),
    )


def _put_helpers(db: Database, listed: HelperList, region: str) -> None:
    row = db.execute("SELECT value FROM note WHERE name = 'helpers_version'").fetchone()
    if listed.region != region or (row is not None and int(row[0]) > listed.version):
        return  # another village's, or an older list replayed
    db.execute("DELETE FROM helper")
    for helper in listed.helpers:
        db.execute("INSERT INTO helper VALUES (?, ?) ON CONFLICT DO NOTHING", (helper.subject, helper.name))
    _put_note(db, "helpers_version", str(listed.version))


def _heard(kept: str) -> Heard:
    at, boot, seconds = kept.split()
    return Heard(parse_time(at), Uptime(boot=boot, seconds=float(seconds)))
