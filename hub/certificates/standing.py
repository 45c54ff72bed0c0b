"""How an issued certificate stands, and whether the chain holds around it: what anyone may know by its identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.chain import START, ChainBroken, check_blocks, leaf_of
from hub.certificates.ledger import blocks_from
from hub.certificates.seals import REVOKED
from hub.certificates.tables import Certificate, CertificateEvent, ChainBlock, Seal
from hub.hub import Hub


@dataclass(frozen=True, slots=True)
class ChainSaid:
    """What the chain says: a code (`hub.ledger.…`), the block and its time where there is one."""

    code: str  # passed | waiting | broken | missing
    n: int = 0
    at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found amiss."""
        return self.code in ("passed", "waiting")


def word_of(row: Certificate, seal: Seal, now: datetime) -> str:
    """How a certificate stands, in the words of a judgement."""
    if seal.state == REVOKED:
        return "seal_revoked"
    if row.state != "valid":
        return row.state
    return "genuine" if now < row.valid_until else "expired"


def block_says(session: Session, hub: Hub, n: int) -> ChainSaid:
    """Whether a block and its neighbours hold together."""
    near = blocks_from(session, max(1, n - 1), 3)
    here = next((block for block in near if block.n == n), None)
    if here is None:
        return ChainSaid("missing", n)
    stored = session.scalars(select(ChainBlock.hash).where(ChainBlock.n == n)).one()
    try:
        first = near[0]
        check_blocks(near, signing_keys(hub), prev=START if first.n == 1 else first.prev, first=first.n)
    except ChainBroken:
        return ChainSaid("broken", n, here.at)
    return ChainSaid("passed" if stored == here.hash else "broken", n, here.at)


def chain_says(session: Session, hub: Hub, row: Certificate) -> ChainSaid:
    """Whether the chain bears out that this certificate was issued as it is."""
    wanted = select(CertificateEvent).where(
        CertificateEvent.certificate_id == row.id, CertificateEvent.what == "issued"
    )
    event = session.scalars(wanted.limit(1)).one_or_none()
    if event is None:
        return ChainSaid("broken")
    if event.leaf != leaf_of(row.identifier, event.what, row.document_sha256, event.at):
        return ChainSaid("broken", event.block or 0)
    return ChainSaid("waiting") if event.block is None else block_says(session, hub, event.block)


def signing_keys(hub: Hub) -> Mapping[str, bytes]:
    """The public keys that blocks may be signed with, in use and earlier."""
    return {key.id: key.public for key in hub.keys.ring.signing}
