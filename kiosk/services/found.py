"""What the hub says of a case beside how it stands, in the shape the journey takes."""

from __future__ import annotations

from typing import TypedDict

from kiosk.journey.claim import Certificate, FoundRow, Further, NeedSeen, PartSeen, Payable
from offline.wire.changes import CaseView


class FoundParts(TypedDict):
    """The parts of a claim that tell what was found."""

    result: tuple[FoundRow, ...]
    result_note: str
    order: Payable | None
    further: Further


def found_in(case: CaseView) -> FoundParts:
    """What a query found, what is to be paid, and what else there is, as a slip and a screen take it."""
    result = case.result
    return {
        "result": () if result is None else tuple(FoundRow(row.label, row.value) for row in result.rows),
        "result_note": "" if result is None else result.note,
        "order": payable(case),
        "further": further(case),
    }


def payable(case: CaseView) -> Payable | None:
    """What the case costs, as the journey takes it."""
    told = case.order
    if told is None:
        return None
    return Payable(told.amount_fen, told.state, told.text, told.pay_url or "", told.until or "", told.receipt)


def further(case: CaseView) -> Further:
    """Its certificates, parts and missing papers, and what was spared."""
    return Further(
        certificates=tuple(
            Certificate(
                each.title, each.state, each.sha256 or "", each.key or "", each.document_sha256 or "", each.qr or ""
            )
            for each in case.papers
        ),
        parts=tuple(PartSeen(each.name, each.state_text, each.state, each.due or "") for each in case.parts),
        needs=tuple(NeedSeen(each.document, each.title, each.due) for each in case.needs),
        review=case.review or "",
        saved_text="" if case.saved is None else case.saved.text,
        delivery_text="" if case.delivery is None else case.delivery.text,
        waybill="" if case.delivery is None else case.delivery.waybill or "",
        withdraw="" if case.withdraw is None else case.withdraw.what,
        withdraw_until="" if case.withdraw is None else case.withdraw.until or "",
        taken_back="done" if case.given_back else "",
    )
