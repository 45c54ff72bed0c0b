"""What the done screen knows of its case, in the shape that a slip is made from."""

from __future__ import annotations

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
    )
