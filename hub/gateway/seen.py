"""Who looked at whose data, and why, told to that person, to the officers, and on a case's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.casework.joining import name_of
from hub.gateway.sharing import DUES, HELPERS
from hub.gateway.tables import DataRead
from hub.gateway.titles import field_labels, source_title
from hub.hub import Hub
from hub.moments import local_text
from offline.wire.claims import subject_of

SEEN = ("read", "cached", "shown")
"""The words of a read by which somebody has come to know something."""
_MOST = 24  # rows of a result: an answer has its bound
_LOOKED_THROUGH = 400


@dataclass(frozen=True, slots=True)
class Look:
    """One line: when, who, what for, and what of which source."""

    at: str
    who: str
    why: str
    what: str
    reference: str
    word: str
    as_of: str


def looks_of(session: Session, hub: Hub, id_number: str, region: object, but: str) -> list[dict[str, object]]:
    """What a resident is shown of the reads of her data, the newest first, the same on one day once.

    `region` is her village, where it is known; `but` the case that asks: what she looks up by it herself says nothing.
    """
    mine = DataRead.subject == subject_of(hub.keys.subject_index, id_number.upper())
    if isinstance(region, str):  # a village that was read as a whole was read with her in it
        mine = or_(mine, (DataRead.subject == "") & (DataRead.region == region))
    hers = (DataRead.reference == but) & (DataRead.reader == "resident")
    wanted = select(DataRead).where(mine, ~hers, DataRead.word.in_(SEEN)).order_by(DataRead.id.desc())
    rows = [look(hub, row) for row in session.scalars(wanted.limit(_LOOKED_THROUGH))]
    told = dict.fromkeys((one.at[:10], one.who, f"{one.why}：{one.what}"[:80]) for one in rows)
    return [{"day": day, "who": who, "what": what} for day, who, what in list(told)[:_MOST]]


def look(hub: Hub, row: DataRead) -> Look:
    """A row of the log as people read it."""
    return Look(
        at=local_text(row.at),
        who=hub.texts(f"hub.data.reader.{row.reader}", who=row.who),
        why=purpose_name(hub, row.purpose),
        what=f"{source_title(hub, row.source)}（{'、'.join(_labels(hub, row))}）",
        reference=row.reference,
        word=row.word,
        as_of=row.as_of or "",
    )


def purpose_name(hub: Hub, purpose: str) -> str:
    """What a purpose is called: an item's name, or what stands in for one."""
    if purpose in (DUES, HELPERS):
        return hub.texts(f"hub.data.purpose.{purpose}")
    kind, _, scope_id = purpose.partition(":")
    if kind == "voucher":
        scope = hub.vouchers.scope(scope_id)
        return hub.texts("hub.data.purpose.voucher", scope=scope_id if scope is None else scope.title.zh_hans)
    return name_of(hub, purpose)


def reads_of_case(session: Session, case_id: int, limit: int) -> Sequence[DataRead]:
    """What was read for a case, the newest first."""
    return session.scalars(
        select(DataRead).where(DataRead.case_id == case_id).order_by(DataRead.id.desc()).limit(limit)
    ).all()


def reads_in(session: Session, hub: Hub, prefix: str, reference: str, before: int | None) -> Sequence[DataRead]:
    """The log of a division, the newest first; of one case where its number is given."""
    wanted = select(DataRead).where(DataRead.region.startswith(prefix, autoescape=True))
    if reference:
        wanted = wanted.where(DataRead.reference == reference)
    if before is not None:
        wanted = wanted.where(DataRead.id < before)
    return session.scalars(wanted.order_by(DataRead.id.desc()).limit(hub.settings.source_rows)).all()


def _labels(hub: Hub, row: DataRead) -> list[str]:
    fields = field_labels(hub, row.source)
    return [fields.get(name, name) for name in row.fields]
