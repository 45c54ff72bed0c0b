"""What the data gateway remembers: who may read what and what for, who read it, and what a case still waits for.

No answer of a source rests readable here: a person is a keyed hash, a kept answer is sealed and goes with its case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class DataSharing(Base):
    """Whether one field of a source may be read for one purpose, by the word of the data officer."""

    __tablename__ = "data_sharing"
    purpose: Mapped[str] = mapped_column(String(90), primary_key=True)
    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    field: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), index=True)  # asked | approved | refused | withdrawn
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    staff: Mapped[str | None] = mapped_column(String(40))


class DataStep(Base):
    """An entry of the officers' trail: what was approved, refused, taken back, mounted or taken off; never changed."""

    __tablename__ = "data_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    act: Mapped[str] = mapped_column(String(10))  # approve | refuse | withdraw | mount | unmount
    source: Mapped[str] = mapped_column(String(16), index=True)
    purpose: Mapped[str] = mapped_column(String(90), default="")
    fields: Mapped[list[Any]]
    staff: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class DataMount(Base):
    """Whether a source is connected, where that differs from what its file says."""

    __tablename__ = "data_mount"
    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    mounted: Mapped[bool]
    staff: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class DataRead(Base):
    """One read of one source, or one try: who, which fields, what for, for which case, and what came of it."""

    __tablename__ = "data_read"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(16))
    fields: Mapped[list[Any]]
    missing: Mapped[list[Any]]  # asked for, and not in the answer
    purpose: Mapped[str] = mapped_column(String(90))
    case_id: Mapped[int | None] = mapped_column(BIG, index=True)
    reference: Mapped[str] = mapped_column(String(60))  # the case's number, or what stands in for it
    reader: Mapped[str] = mapped_column(String(10))  # rule | clerk | terminal | party | resident | office
    who: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(64))  # empty: a whole village at once
    region: Mapped[str] = mapped_column(String(12), index=True)  # where it was asked from, or the village
    word: Mapped[str] = mapped_column(String(12))
    as_of: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime]

    __table_args__ = (Index("data_read_subject", "subject", "id"), Index("data_read_source", "source", "at"))


class DataAnswer(Base):
    """An answer kept for its case, sealed to the hub's key; it never outlives the case."""

    __tablename__ = "data_answer"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)


class DataWait(Base):
    """A case that waits for sources which did not answer."""

    __tablename__ = "data_wait"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    sources: Mapped[list[Any]]
    since: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(index=True)  # none: it has gone on
    over: Mapped[bool] = mapped_column(default=False)  # waited long enough: a person looks


class DataContradiction(Base):
    """Two things that sources said of somebody and that cannot both be true."""

    __tablename__ = "data_contradiction"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(60))
    sources: Mapped[list[Any]]
    subject: Mapped[str] = mapped_column(String(64), index=True)
    case_id: Mapped[int | None] = mapped_column(BIG)
    reference: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(12), index=True)
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)  # when its keeper was told of it
    told_by: Mapped[str | None] = mapped_column(String(40))


class DataChangeJob(Base):
    """What a source has to change, by the approval of a case; what it is stands sealed in the application only."""

    __tablename__ = "data_change"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10))  # todo | done | keeper: its keeper has been given it to do
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    about: Mapped[str | None] = mapped_column(String(64), index=True)  # what is given to one person once, keyed
    once: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # the same, while under way


class DataNode(Base):
    """A city's node that may ask this centre, and the key it signs with."""

    __tablename__ = "data_node"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    region: Mapped[str] = mapped_column(String(12))
    signing_public: Mapped[str] = mapped_column(String(44))
    made_at: Mapped[datetime]


class SandboxQuestion(Base):
    """When a sandbox source (演示) was first asked something, so that it can be late with it."""

    __tablename__ = "sandbox_question"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_at: Mapped[datetime]
