"""What the done screen knows of its case, in the shape that a slip is made from."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.claim import ClaimView, Further
from kiosk.journey.course import Course
from kiosk.journey.delivery import HALL, OTHER, TO, VILLAGE
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
        further=replace(further, wish=screen.further.wish, wish_place=screen.further.wish_place),
    )


def wished(course: Course) -> Further:
    """How the result is to come, for the slip of an act that the hub has said nothing of yet."""
    filed = {each.field.name: each for each in course.filled()}
    match course.filing.delivery if "delivery" in course.item.steps else "":
        case "collect" if HALL in filed:
            return Further(wish="collect", wish_place=filed[HALL].choice_text)
        case "post" if TO in filed and filed[TO].value == OTHER and VILLAGE in filed:
            return Further(wish="picked", wish_place=filed[VILLAGE].choice_text)
        case "post":
            return Further(wish="post")
        case _:
            return Further()
