"""Approved authorisations take effect: a voucher is issued, or the ones of a party are taken back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.cases import payload_of
from hub.hub import Hub
from hub.moments import local_day, local_text
from hub.tables import Case
from hub.vouchers.tables import Voucher, VoucherRead
from hub.vouchers.token import VoucherSaid, sign_token
from offline.wire.canonical import to_milliseconds
from offline.wire.changes import Found, FoundRow, Paper
from offline.wire.sealing import seal
from offline.wire.trouble import WireTrouble
from seeds.item import VoucherTemplate
from seeds.trouble import UnknownItem

EVERY: Final = "all"
"""In an application that takes vouchers back: those of every party."""
_ID_BYTES: Final = 10
_READS: Final = 20


def voucher_of(hub: Hub, item_id: str) -> VoucherTemplate | None:
    """What an approval of this item does with vouchers; None for most items."""
    try:
        return hub.catalogue.item(item_id).voucher
    except UnknownItem:
        return None


def apply_authorisation(session: Session, hub: Hub, case: Case, id_number: str) -> None:
    """Issues or takes back in the transaction that approves; a case approved twice changes nothing the second time."""
    template = voucher_of(hub, case.item)
    if template is None:
        return
    try:
        form = payload_of(session, hub, case).get("form")
    except WireTrouble:
        return  # nobody can say what was authorised, so nothing is
    if not isinstance(form, Mapping):
        return
    if template.act == "end":
        _take_back(session, hub, case, str(form.get("bank", "")))
    else:
        _grant(session, hub, case, id_number, template, form)


def shown_as_paper(session: Session, hub: Hub, case: Case) -> tuple[Paper, ...]:
    """The case's voucher as its holder may take it along: the line of its QR, while it counts."""
    row = session.scalars(select(Voucher).where(Voucher.case_id == case.id)).one_or_none()
    if row is None:
        return ()
    counts = row.revoked_at is None and hub.clock() < row.until
    return (
        Paper(
            kind="voucher",
            title=hub.texts("hub.voucher.title"),
            state="ready" if counts else "void",
            id=row.id,
            valid_until=local_day(row.until).isoformat(),
            qr=row.token if counts else None,
        ),
    )


def found_about(session: Session, hub: Hub, case: Case) -> Found | None:
    """What the holder reads of a voucher: to whom, for what, until when, and who looked; None for other cases."""
    row = session.scalars(select(Voucher).where(Voucher.case_id == case.id)).one_or_none()
    if row is None:
        return None
    texts, scope = hub.texts, hub.vouchers.scope(row.scope)
    labels = [] if scope is None else [fact.label for fact in scope.facts if fact.name in row.facts]
    state = "revoked" if row.revoked_at is not None else "expired" if hub.clock() >= row.until else "valid"
    rows = [
        (texts("hub.voucher.reader"), _reader_name(hub, row.reader)),
        (texts("hub.voucher.purpose"), texts(f"hub.voucher.purpose.{row.purpose}")),
        (texts("hub.voucher.facts"), "；".join(labels)),
        (texts("hub.voucher.until"), local_text(row.until)),
        (texts("hub.voucher.state"), texts(f"hub.voucher.state.{state}")),
    ]
    reads = session.scalars(
        select(VoucherRead).where(VoucherRead.voucher_id == row.id).order_by(VoucherRead.id.desc()).limit(_READS)
    )
    rows += [
        (local_text(read.at), texts(f"hub.voucher.read.{read.word}", who=_reader_name(hub, read.reader)))
        for read in reads
    ]
    note = texts("hub.voucher.note")
    return Found(rows=tuple(FoundRow(label=label, value=value[:80]) for label, value in rows), note=note)


def _grant(
    session: Session, hub: Hub, case: Case, id_number: str, template: VoucherTemplate, form: Mapping[str, object]
) -> None:
    scope = hub.vouchers.scope(template.scope or "")
    reader = str(form.get(template.reader, ""))
    purpose = template.purpose or str(form.get("purpose", ""))
    days = str(template.days or form.get("days", ""))
    known = f"hub.voucher.purpose.{purpose}" in hub.texts
    if scope is None or hub.vouchers.reader(reader) is None or not known or not days.isdigit():
        return  # the rule let something through that it should not have: nothing is opened by it
    if session.scalars(select(Voucher.id).where(Voucher.case_id == case.id)).first() is not None:
        return
    since = to_milliseconds(hub.clock())
    until = since + timedelta(days=min(int(days), scope.most_days))
    facts = tuple(name for name in template.facts if scope.fact(name) is not None)
    said = VoucherSaid(secrets.token_hex(_ID_BYTES), reader, purpose, scope.id, facts, since, until)
    session.add(
        Voucher(
            id=said.id,
            case_id=case.id,
            subject=case.subject,
            holder_sealed=seal({"id_number": id_number}, hub.keys.sealing_public, holder_aad(said.id)),
            reader=reader,
            purpose=purpose,
            scope=scope.id,
            facts=list(facts),
            issued_at=since,
            until=until,
            token=sign_token(said, hub.keys.signing_private),
            tell_at=until,
        )
    )
    session.flush()


def end_with_case(session: Session, hub: Hub, case: Case) -> None:
    """What was authorised for a case that came to nothing opens nothing any more."""
    wanted = select(Voucher).where(Voucher.case_id == case.id, Voucher.revoked_at.is_(None))
    for row in session.scalars(wanted.with_for_update()):
        row.revoked_at, row.revoked_by, row.tell_at = hub.clock(), case.id, hub.clock()


def _take_back(session: Session, hub: Hub, case: Case, bank: str) -> None:
    wanted = select(Voucher).where(Voucher.subject == case.subject, Voucher.revoked_at.is_(None))
    if bank != EVERY:
        wanted = wanted.where(Voucher.reader == bank)
    for row in session.scalars(wanted.order_by(Voucher.id).with_for_update()):
        row.revoked_at, row.revoked_by, row.tell_at = hub.clock(), case.id, hub.clock()
    session.flush()


def holder_aad(voucher_id: str) -> bytes:
    """What the sealed number of a voucher's holder is bound to."""
    return f"voucher/{voucher_id}".encode()


def _reader_name(hub: Hub, reader_id: str) -> str:
    reader = hub.vouchers.reader(reader_id)
    return reader_id if reader is None else reader.name
