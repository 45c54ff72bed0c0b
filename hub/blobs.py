"""Sealed attachments at the hub: taken in pieces, checked by their name, deleted when their purpose is over."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.attachments.tables import CaseAttachment
from hub.casework.state import SETTLED
from hub.hub import Hub
from hub.problems import Problem
from hub.tables import Blob, BlobPiece, Case
from offline.wire.blobs import BlobState

Why = Literal["decided", "expired"]
_QUOTA_RETRY_S = 3600.0


def blob_state(session: Session, terminal_id: str, sha256: str) -> BlobState:
    """How much of a blob is here; a deleted one counts as here, because nobody needs it again."""
    row = session.get(Blob, (terminal_id, sha256))
    return BlobState(have=0, complete=False) if row is None else BlobState(have=row.have, complete=row.complete)


def take_piece(hub: Hub, terminal_id: str, sha256: str, start: int, total: int, data: bytes) -> BlobState:
    """Appends a piece; one that is here already changes nothing. Raises Problem."""
    if not 0 < total <= hub.settings.blob_bytes:
        raise Problem("blob_too_large", 413, f"附件最多 {hub.settings.blob_bytes} 字节。", park=True)
    if len(data) < hub.settings.blob_piece_least and start + len(data) < total:
        least = hub.settings.blob_piece_least
        raise Problem("blob_piece_small", 422, f"附件的每一段至少 {least} 字节，最后一段除外。", park=True)
    with hub.database.writing() as session:
        row = _row(session, hub, terminal_id, sha256, total)
        whole = row.complete or _append(session, hub, row, start, total, data)
        state = BlobState(have=row.have, complete=row.complete)
    if not whole:
        raise Problem("blob_hash", 422, "附件的内容和它的名字（SHA-256）对不上。", park=True)
    return state


def read_blob(session: Session, terminal_id: str, sha256: str) -> bytes | None:
    """The whole of a blob; None when it is not here, or not whole."""
    row = session.get(Blob, (terminal_id, sha256))
    if row is None or not row.complete or row.deleted_at is not None:
        return None
    return b"".join(_pieces(session, terminal_id, sha256))


def delete_blob(session: Session, terminal_id: str, sha256: str, why: Why, now: datetime) -> None:
    """Deletes a blob's bytes inside the caller's transaction; its row stays and says why."""
    row = session.get(Blob, (terminal_id, sha256), with_for_update=True)
    if row is not None and row.deleted_at is None:
        _delete(session, row, why, now)


def sweep_pictures(hub: Hub) -> int:
    """Deletes what is older than the days of the settings, decided or not, whole or not; returns how many.

    What a case has for an attachment stays until it is settled, and some days more for whoever asks again.
    """
    now = hub.clock()
    wanted = or_(Case.state.not_in(SETTLED), Case.decided_at >= now - timedelta(days=hub.settings.attachment_days))
    attached = (
        select(CaseAttachment.id)
        .join(Case, Case.id == CaseAttachment.case_id)
        .where(CaseAttachment.terminal_id == Blob.terminal_id, CaseAttachment.sha256 == Blob.sha256, wanted)
    )
    old = select(Blob).where(
        Blob.deleted_at.is_(None),
        Blob.begun_at < now - timedelta(days=hub.settings.picture_days),
        ~attached.exists(),
    )
    old = old.order_by(Blob.begun_at).limit(hub.settings.sweep_batch)
    with hub.database.reading() as session:
        if session.scalars(old.limit(1)).first() is None:
            return 0  # looking takes no write lock
    with hub.database.writing() as session:
        rows = session.scalars(old.with_for_update(skip_locked=True)).all()
        for row in rows:
            _delete(session, row, "expired", now)
        return len(rows)


def _row(session: Session, hub: Hub, terminal_id: str, sha256: str, total: int) -> Blob:
    key = (terminal_id, sha256)
    row = session.get(Blob, key, with_for_update=True)
    if row is None:
        now = hub.clock()
        values = {"terminal_id": terminal_id, "sha256": sha256, "total": total, "have": 0, "begun_at": now}
        try:
            with session.begin_nested():
                session.execute(insert(Blob).values(complete=False, **values))
        except IntegrityError:
            pass  # the same terminal's other request began it just now
        row = session.get_one(Blob, key, with_for_update=True)
    return row


def _append(session: Session, hub: Hub, row: Blob, start: int, total: int, data: bytes) -> bool:
    """False when the whole is here and is not what its name says: then nothing of it is kept."""
    if total != row.total or start + len(data) > row.total:
        raise Problem("blob_size", 422, "附件的长度前后不一致。", park=True)
    if start > row.have:
        raise Problem("blob_gap", 409, f"附件应从第 {row.have} 字节续传。", retry_after=1)
    if start < row.have:
        return True  # sent twice: the answer says where to go on
    in_use = select(func.sum(Blob.have)).where(Blob.terminal_id == row.terminal_id, Blob.deleted_at.is_(None))
    if (session.scalar(in_use) or 0) + len(data) > hub.settings.blob_bytes_of_terminal:
        raise Problem("blob_quota", 507, "这台终端未处理的附件太多，请先处理再送。", retry_after=_QUOTA_RETRY_S)
    session.add(BlobPiece(terminal_id=row.terminal_id, sha256=row.sha256, start=start, data=data))
    row.have += len(data)
    session.flush()
    if row.have < row.total:
        return True
    digest = hashlib.sha256()
    for piece in _pieces(session, row.terminal_id, row.sha256):
        digest.update(piece)
    if digest.hexdigest() != row.sha256:
        _drop_pieces(session, row)
        session.delete(row)
        return False
    row.complete = True
    session.flush()
    return True


def _pieces(session: Session, terminal_id: str, sha256: str) -> list[bytes]:
    found = select(BlobPiece.data).where(BlobPiece.terminal_id == terminal_id, BlobPiece.sha256 == sha256)
    return list(session.scalars(found.order_by(BlobPiece.start)))


def _delete(session: Session, row: Blob, why: Why, now: datetime) -> None:
    _drop_pieces(session, row)
    # A half-sent one counts as whole from now on: nobody is to send the rest.
    row.complete, row.deleted_at, row.deleted_why = True, now, why
    session.flush()


def _drop_pieces(session: Session, row: Blob) -> None:
    session.execute(delete(BlobPiece).where(BlobPiece.terminal_id == row.terminal_id, BlobPiece.sha256 == row.sha256))
