"""A visit that the power cut short: what is written down of it, and how the same person goes on with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.journey import moves, ways
from kiosk.journey.draft import Draft
from kiosk.journey.filing import Filing
from kiosk.journey.screens import (
    Asked,
    CardWanted,
    Confirm,
    Consent,
    Face,
    Filling,
    Giving,
    LaterCheck,
    Reason,
    Sorry,
    Witness,
    Working,
)
from kiosk.journey.session import Facts, Session, Step
from kiosk.journey.theme import left_out, without

LASTING: Final = ("processing", "face")
"""Consents that hold when the visit goes on; the one to a picture is asked for with each picture."""
_BEGUN: Final = (Consent, CardWanted, Face, LaterCheck, Witness, Asked, Filling, Giving, Confirm, Working, Sorry)


def draft_of(session: Session) -> Draft | None:
    """The draft of a visit as it stands; None where nothing was begun, or no card could open it again."""
    item = session.item
    if item is None or not moves.by_card(session.resident) or not isinstance(session.screen, _BEGUN):
        return None
    if isinstance(session.screen, Working) and session.screen.done is not None:
        return None  # it is kept
    filing = session.filing
    return Draft(
        item=item.id,
        started=session.started,
        consents=tuple(each for each in session.consents if each.id in LASTING),
        way=session.way,
        face_tries_left=session.face_tries_left,
        acting=filing.acting,
        values=filing.values,
        papers=filing.papers,
        delivery=filing.delivery,
        left_out=tuple(each.id for each in left_out(item)),
    )


def resume(session: Session, facts: Facts) -> Step:
    """Where she was when the power went; whatever proves who she is is done anew."""
    draft = session.draft
    item = next((each for each in facts.items if draft is not None and each.id == draft.item), None)
    if draft is None or item is None:
        return moves.home(replace(session, draft=None), facts)
    item = without(item, draft.left_out)
    began = replace(
        session,
        draft=None,
        item=item,
        started=draft.started or session.started,
        filing=Filing(
            item=item.id,
            owner=session.resident.number if session.resident is not None else "",
            acting=draft.acting,
            values=draft.values,
            papers=draft.papers,
            delivery=draft.delivery,
        ),
        face_tries_left=draft.face_tries_left,
    )
    if moves.guide_screen(began, item, facts).blocked is not Reason.NONE:
        return moves.guide(began, item, facts)
    current = all(each.version == facts.consent_version for each in draft.consents)
    if draft.way is None or not draft.consents or not current:
        return moves.consent(began, facts)
    return ways.onward(replace(began, consents=draft.consents), draft.way, facts)
