"""Taking back what was booked or applied for: from a look-up, with one confirmation, as an event of its own; pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import moves
from kiosk.journey.acts import KeepFailed, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.claim import ClaimView
from kiosk.journey.effects import KeepWithdrawal, PrintSlip, Say
from kiosk.journey.screens import LookupResult, Paper, Reason, Withdrawing
from kiosk.journey.session import Facts, Session, Step

KEPT = "kept"


def offered(claim: ClaimView, today: str) -> bool:
    """Whether it can be taken back today, as far as is known here; the hub has the last word."""
    further = claim.further
    return bool(further.withdraw) and not further.taken_back and (further.withdraw_until or today) >= today


def ask(session: Session, result: LookupResult, value: str, facts: Facts) -> Step:
    """From what was found to the question whether it is meant; `value` is its place there."""
    claim = result.claims[int(value)] if value.isdigit() and int(value) < len(result.claims) else None
    if claim is None or not offered(claim, moves.today(facts).isoformat()):
        return Step(session)
    back = replace(result, brought="", paper=None, paper_text="", taken_back=None)
    return Step(replace(session, screen=Withdrawing(claim, back)))


def touched(session: Session, screen: Withdrawing, touch: Touched) -> Step:
    """Yes, or back to what was found."""
    match touch.button:
        case Button.CONFIRM if not screen.keeping:
            claim, resident = screen.claim, session.resident
            effect = KeepWithdrawal(
                session=session.number,
                case_no=claim.case_no,
                event_id=claim.event_id,
                claim_code=claim.claim_code,
                number="" if resident is None or claim.claim_code else resident.number,
            )
            return Step(replace(session, screen=replace(screen, keeping=True, reason=Reason.NONE)), (effect,))
        case Button.BACK if not screen.keeping:
            return Step(replace(session, screen=screen.result))
        case _:
            return Step(session)


def kept(session: Session) -> Step:
    """It is kept: what was found says so, and so does a slip."""
    screen = session.screen
    if not isinstance(screen, Withdrawing):
        return Step(session)
    taken = replace(screen.claim, further=replace(screen.claim.further, taken_back=KEPT), slip_unsettled=False)
    claims = tuple(taken if each == screen.claim else each for each in screen.result.claims)
    result = replace(screen.result, claims=claims, taken_back=taken, paper=Paper.WAITING, prints=1)
    slip = PrintSlip(session.number, taken, None)
    return Step(replace(session, screen=result), (slip, Say("journey.say.taken_back")))


def not_kept(session: Session, screen: Withdrawing, answer: KeepFailed) -> Step:
    """Nothing was taken back, or nobody can say; to try again is the same word."""
    return Step(replace(session, screen=replace(screen, keeping=False, reason=answer.reason)))
