"""What the hub remembers; written so that SQLite and PostgreSQL both keep it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by itself only in a column called INTEGER.
BIG = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment that is UTC on both sides, although SQLite forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Normalises to UTC; a naive moment is a programmer's error."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment without a zone"
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Puts the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all tables."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it as a plain class attribute
        datetime: UtcTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


def table_of(entity: type[Base]) -> Table:
    """The table of an entity, for statements over many rows that need no objects."""
    assert isinstance(entity.__table__, Table)
    return entity.__table__


class EnrolmentKey(Base):
    """A one-off key a technician carries to a new terminal; only its hash is kept."""

    __tablename__ = "enrolment_key"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    region: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    terminal_id: Mapped[str | None] = mapped_column(String(64))
    signing_public: Mapped[str | None] = mapped_column(String(44))


class Terminal(Base):
    """An enrolled terminal, its last word, and how far its feed has grown."""

    __tablename__ = "terminal"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(12), index=True)
    signing_public: Mapped[str] = mapped_column(String(44))
    signing_key_id: Mapped[str] = mapped_column(String(16), index=True)  # by this a slip's seal names its signer
    settings_schema: Mapped[dict[str, Any]]
    enrolled_at: Mapped[datetime]
    feed: Mapped[int] = mapped_column(BIG, default=0)
    heartbeat_at: Mapped[datetime | None]
    heartbeat: Mapped[dict[str, Any] | None]
    helpers_version: Mapped[int] = mapped_column(default=0)
    keys_version: Mapped[int] = mapped_column(default=1)  # the hub's keys it has been told, in its feed
    credential_until: Mapped[datetime | None]  # none: it speaks protocol 1, or has not asked yet
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(40))


class Reenrolment(Base):
    """A terminal that was away for longer than its grace and waits for a person to let it in again."""

    __tablename__ = "reenrolment"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    user_code: Mapped[str] = mapped_column(String(9))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(40))


class SeenRequest(Base):
    """A request that changed something, by its signature, for as long as that is good."""

    __tablename__ = "seen_request"
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Refusal(Base):
    """How often something was refused in a terminal's name, and why; one row for each reason."""

    __tablename__ = "refusal"
    terminal_id: Mapped[str] = mapped_column(String(64), primary_key=True)  # empty: nobody that is enrolled
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int] = mapped_column(BIG, default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Alarm(Base):
    """Two words of a terminal on its past that cannot both be true; open until somebody has looked into it."""

    __tablename__ = "alarm"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    chain: Mapped[str] = mapped_column(String(10), primary_key=True)  # terminal | agent
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    seq: Mapped[int] = mapped_column(BIG)
    said: Mapped[str] = mapped_column(String(64))
    known: Mapped[str] = mapped_column(String(64))
    count: Mapped[int] = mapped_column(BIG, default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(40))


class BootSeen(Base):
    """A start of a terminal's machine, as its heartbeats told it, by the hub's own clock."""

    __tablename__ = "boot_seen"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    boot: Mapped[str] = mapped_column(String(36), primary_key=True)
    began_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BIG)  # of the terminal's chain when it was last heard


class Chain(Base):
    """The head of one chain of a terminal (its own, or its agent's)."""

    __tablename__ = "chain"
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    seq: Mapped[int] = mapped_column(BIG, default=0)
    hash: Mapped[str] = mapped_column(String(64))


class InboxEvent(Base):
    """One received event, sealed as it came; source and id are unique for ever."""

    __tablename__ = "inbox"
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    type: Mapped[str] = mapped_column(String(120))
    time: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BIG)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    envelope: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10))  # stored | parked
    reason: Mapped[str | None] = mapped_column(String(500))
    position: Mapped[str] = mapped_column(String(10))  # joined | ahead | broken
    received_at: Mapped[datetime]

    __table_args__ = (Index("inbox_chain", "source", "seq"), Index("inbox_status", "status"))


class Case(Base):
    """A case (办件); who it is about rests only masked and as keyed hashes, the rest stays sealed in the inbox."""

    __tablename__ = "case_file"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    source: Mapped[str] = mapped_column(String(100))
    event_id: Mapped[str] = mapped_column(String(36))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), index=True)
    region: Mapped[str] = mapped_column(String(12), index=True)
    item: Mapped[str] = mapped_column(String(80))
    item_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), index=True)
    masked_name: Mapped[str] = mapped_column(String(40))
    masked_number: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    claim_hash: Mapped[str] = mapped_column(String(64), index=True)
    identity_level: Mapped[str] = mapped_column(String(40))
    identity_way: Mapped[str] = mapped_column(String(40))
    applied_at: Mapped[datetime]
    clock: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    next_due: Mapped[str | None] = mapped_column(String(10))
    reasons: Mapped[list[Any]]
    # When it can have been made, as far as is known; set when it is first considered.
    applied_from: Mapped[datetime | None]
    applied_until: Mapped[datetime | None]
    applied_how: Mapped[str | None] = mapped_column(String(10))  # clock | uptime | between
    picture_sha256: Mapped[str | None] = mapped_column(String(64))  # what the applicant agreed that a clerk may see
    # Where it lies: the unit and its division, and the clerk who has taken it.
    unit: Mapped[str] = mapped_column(String(60), default="")
    handled_in: Mapped[str] = mapped_column(String(12), index=True)
    clerk: Mapped[str | None] = mapped_column(String(40))
    waits_for: Mapped[str | None] = mapped_column(String(20))  # what a waiting case waits for
    parent_id: Mapped[int | None] = mapped_column(BIG, index=True)  # the theme's case that this one is a part of
    # Its clock, in working days; the limits are those of the item when the case was opened.
    begins_on: Mapped[date | None]
    limit_days: Mapped[int | None]
    statutory_days: Mapped[int | None]
    due_on: Mapped[date | None]  # none while it stands still
    light: Mapped[str] = mapped_column(String(8), default="", index=True)
    turn_on: Mapped[date | None] = mapped_column(index=True)  # the day its light changes by itself

    __table_args__ = (Index("case_event", "source", "event_id", "item", unique=True),)


class CaseCounter(Base):
    """The running number of cases of one region and day."""

    __tablename__ = "case_counter"
    prefix: Mapped[str] = mapped_column(String(30), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class DecisionJob(Base):
    """A case that waits for its rule; a worker claims it for a lease, so a dead worker's claim passes on."""

    __tablename__ = "decision_job"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), index=True)  # waiting | claimed | done
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(String(200))


class DecisionRecord(Base):
    """What a rule decided about a case, once; its inputs are sealed to the hub's own key."""

    __tablename__ = "decision"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(10))
    rule_version: Mapped[str] = mapped_column(String(40))
    reasons: Mapped[list[Any]]
    inputs_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    data_source: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime] = mapped_column(index=True)


class Blob(Base):
    """A sealed attachment a terminal brought; the row outlives its bytes, so that a late repeat is not kept again."""

    __tablename__ = "blob"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    total: Mapped[int] = mapped_column(BIG)
    have: Mapped[int] = mapped_column(BIG, default=0)
    complete: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    deleted_why: Mapped[str | None] = mapped_column(String(10))  # decided | expired


class BlobPiece(Base):
    """A stretch of a blob, as it came."""

    __tablename__ = "blob_piece"
    terminal_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    start: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class CarriedPart(Base):
    """A part that came on a stick: who brought it, what became of its events, and how the terminal stood then."""

    __tablename__ = "carried_part"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    carry: Mapped[str] = mapped_column(String(36))  # one run of an export
    made_at: Mapped[str] = mapped_column(String(40))  # by the terminal's clock
    first_seq: Mapped[int] = mapped_column(BIG)
    last_seq: Mapped[int] = mapped_column(BIG)
    head_seq: Mapped[int] = mapped_column(BIG)  # how long the terminal's chain was
    done_to: Mapped[int] = mapped_column(BIG)
    cursor: Mapped[int] = mapped_column(BIG)
    hub_key: Mapped[str] = mapped_column(String(16))  # the signing key of this hub that the terminal knew
    fresh: Mapped[int]
    known: Mapped[int]
    parked: Mapped[int]
    results: Mapped[list[Any]]  # the answers to carry back; sent until the terminal says that it has them
    manifest: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # [digest, first, last] of each part
    staff: Mapped[str] = mapped_column(String(40))
    taken_at: Mapped[datetime] = mapped_column(index=True)


class ClerkDecision(Base):
    """What a person decided about a case, and the reason in words for the resident."""

    __tablename__ = "clerk_decision"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))  # approve | visit | refuse
    reason: Mapped[str] = mapped_column(String(300))
    staff: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime]


class PictureView(Base):
    """Who was shown which picture of which case, and when."""

    __tablename__ = "picture_view"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    staff: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(10))  # taken | card | scan | photo | voice | signature
    seen_at: Mapped[datetime]


class Change(Base):
    """One entry of a terminal's feed; `n` grows gap-free per terminal, so a cursor can never skip one."""

    __tablename__ = "change"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    n: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class Due(Base):
    """What a terminal was last told somebody ought to do; the feed carries only the differences."""

    __tablename__ = "due"
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    month: Mapped[str] = mapped_column(String(7))


class BasePerson(Base):
    """A row of the sandbox base library (演示): the invented people an authority would know."""

    __tablename__ = "base_person"
    id_number: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(12), index=True)
    helper: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]


class StaffAccount(Base):
    """A member of the staff who may look at the console."""

    __tablename__ = "staff"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # nobody signs in with it any more; what it did stays under its name


class StaffSession(Base):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "staff_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.name"))
    csrf: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    whole: Mapped[bool] = mapped_column(default=True)  # else only the password was right so far
    province: Mapped[bool] = mapped_column(default=False)  # signed in at the province's identity provider
