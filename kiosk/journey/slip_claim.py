"""What the done screen knows of its case, in the shape that a slip is made from."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.claim import ClaimView
from kiosk.journey.screens import Done


def of_done(screen: Done) -> ClaimView:
    """The case just kept."""
    return ClaimView(
        item_name=screen.item.name,
        stage=screen.stage,
        item=screen.item.id,
        masked_name=screen.masked_name,
        kept_at=screen.kept_at,
        clock_sure=screen.clock_sure,
        claim_code=screen.claim_code,
        event_id=screen.event_id,
        state=screen.state,
        outcome_text=screen.outcome_text,
        reasons=screen.reasons,
        next_due=screen.next_due,
        case_no=screen.case_no,
        decided_at=screen.decided_at,
        result=screen.result,
        result_note=screen.result_note,
        order=screen.order,
        further=screen.further,
    )


def heard(screen: Done, claim: ClaimView) -> Done:
    """The done screen with the hub's word on its case; the parts of which it has said nothing stay as they were."""
    further = claim.further if claim.further.parts else replace(claim.further, parts=screen.further.parts)
    return replace(
        screen,
        stage=claim.stage,
        state=claim.state,
        outcome_text=claim.outcome_text,
        reasons=claim.reasons,
        next_due=claim.next_due,
        case_no=claim.case_no,
        decided_at=claim.decided_at,
        result=claim.result,
        result_note=claim.result_note,
        order=claim.order,
        further=further,
    )
