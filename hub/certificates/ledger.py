"""The certificates' journal and the chain in the database: a row is written with what it tells, its block later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.certificates.chain import START, Block, Head, close_block, leaf_of, sign_head
from hub.certificates.content import Anchor
from hub.certificates.tables import Certificate, CertificateEvent, ChainBlock
from hub.hub import Hub
from offline.wire.canonical import to_milliseconds


def note(
    session: Session, certificate: Certificate, what: str, actor: str, reason: str, at: datetime
) -> CertificateEvent:
    """Writes a row of a certificate's journal in the caller's transaction."""
    at = to_milliseconds(at)
    row = CertificateEvent(
        certificate_id=certificate.id,
        case_id=certificate.case_id,
        what=what,
        actor=actor,
        reason=reason,
        at=at,
        leaf=leaf_of(certificate.identifier, what, certificate.document_sha256, at),
        block=None,
    )
    session.add(row)
    session.flush()
    return row


def close_waiting(hub: Hub) -> int:
    """Closes a block over what is not in one yet; returns how many rows it took, 0 when another worker was quicker."""
    waiting = select(CertificateEvent).where(CertificateEvent.block.is_(None)).order_by(CertificateEvent.id)
    waiting = waiting.limit(hub.settings.chain_entries)
    with hub.database.reading() as session:
        if session.scalars(waiting.limit(1)).first() is None:
            return 0  # looking takes no write lock
    try:
        with hub.database.writing() as session:
            rows = session.scalars(waiting.with_for_update(skip_locked=True)).all()
            if not rows:
                return 0
            head = session.scalars(select(ChainBlock).order_by(ChainBlock.n.desc()).limit(1)).one_or_none()
            n, prev = (1, START) if head is None else (head.n + 1, head.hash)
            leaves = [row.leaf for row in rows]
            block = close_block(n, to_milliseconds(hub.clock()), prev, leaves, hub.keys.signing_private)
            session.add(
                ChainBlock(
                    n=n,
                    at=block.at,
                    prev=prev,
                    root=block.root,
                    count=len(rows),
                    hash=block.hash,
                    key_id=block.key_id,
                    signature=block.signature,
                )
            )
            for row in rows:
                row.block = n
            return len(rows)
    except IntegrityError:
        return 0  # two workers closed the same number: the other one's block holds, these rows go into the next


def blocks_from(session: Session, first: int, most: int) -> tuple[Block, ...]:
    """Closed blocks with their leaves, in order."""
    rows = session.scalars(select(ChainBlock).where(ChainBlock.n >= first).order_by(ChainBlock.n).limit(most)).all()
    if not rows:
        return ()
    leaves: dict[int, list[str]] = {}
    inside = CertificateEvent.block.between(rows[0].n, rows[-1].n)
    wanted = select(CertificateEvent.block, CertificateEvent.leaf).where(inside).order_by(CertificateEvent.id)
    for n, leaf in session.execute(wanted):
        leaves.setdefault(n or 0, []).append(leaf)
    return tuple(
        Block(row.n, row.at, row.prev, tuple(leaves.get(row.n, ())), row.key_id, row.signature) for row in rows
    )


def head_of(session: Session, hub: Hub) -> Head:
    """Where the chain stands, signed now."""
    row = session.execute(select(ChainBlock.n, ChainBlock.hash).order_by(ChainBlock.n.desc()).limit(1)).one_or_none()
    n, digest = (0, START) if row is None else (row.n, row.hash)
    return sign_head(n, digest, to_milliseconds(hub.clock()), hub.keys.signing_private)


def anchor_of(session: Session) -> Anchor | None:
    """The newest block, for a paper that is made now; none while there is no block."""
    row = session.execute(select(ChainBlock.n, ChainBlock.hash).order_by(ChainBlock.n.desc()).limit(1)).one_or_none()
    return None if row is None else Anchor(row.n, row.hash)


def length(session: Session) -> int:
    """How many blocks there are."""
    return session.scalar(select(func.count()).select_from(ChainBlock)) or 0
