"""Asking, from what was found, that a person looks again at what a rule has refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.journey.acts import ReviewKept
from kiosk.journey.claim import ClaimView
from kiosk.journey.effects import KeepReview
from kiosk.journey.screens import LookupResult
from kiosk.journey.session import Session, Step

WHYS: Final = ("none", "data", "changed", "unclear", "other")
"""What may be said of why: nothing stands first, for nobody has to."""
OPEN: Final = "open"
SENDING: Final = "sending"
ASKED: Final = "asked"


def asked(session: Session, screen: LookupResult, value: str) -> Step:
    """The first touch names the case, the second says why; that is all there is to say."""
    place, _, why = value.partition(".")
    claim = screen.claims[int(place)] if place.isdigit() and int(place) < len(screen.claims) else None
    if claim is None or claim.further.review != OPEN:
        return Step(session)
    if not why:
        shown = replace(screen, asking=int(place), brought="", review_text="", paper=None, paper_text="")
        return Step(replace(session, screen=shown))
    if why not in WHYS or screen.asking != int(place):
        return Step(session)
    resident = session.resident
    effect = KeepReview(
        session=session.number,
        case_no=claim.case_no,
        event_id=claim.event_id,
        claim_code=claim.claim_code,
        number="" if resident is None or claim.claim_code else resident.number,
        why=why,
    )
    return Step(replace(session, screen=_with(screen, int(place), SENDING)), (effect,))


def kept(session: Session, answer: ReviewKept) -> Step:
    """It is kept here, or it could not be: then it may be tried again."""
    screen = session.screen
    if not isinstance(screen, LookupResult):
        return Step(session)
    place = next((n for n, each in enumerate(screen.claims) if each.further.review == SENDING), None)
    if place is None:
        return Step(session)
    said = "screen.review.kept" if answer.kept else "screen.review.failed"
    told = replace(_with(screen, place, ASKED if answer.kept else OPEN), review_text=said)
    return Step(replace(session, screen=told))


def _with(screen: LookupResult, place: int, review: str) -> LookupResult:
    claims = tuple(_marked(each, review) if n == place else each for n, each in enumerate(screen.claims))
    return replace(screen, claims=claims, asking=None)


def _marked(claim: ClaimView, review: str) -> ClaimView:
    return replace(claim, further=replace(claim.further, review=review))
