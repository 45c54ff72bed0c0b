"""Into the way in which somebody shows who they are."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk.journey import filling, moves
from kiosk.journey.people import Level, Proof, Way
from kiosk.journey.screens import CardFor
from kiosk.journey.session import Facts, Session, Step


def onward(session: Session, way: Way, facts: Facts) -> Step:
    """Into the chosen way; the card is asked for only if none was laid yet."""
    session = replace(session, way=way, candidate=None)
    if session.resident is None:
        return moves.card_wanted(session, CardFor.IDENTITY, facts)
    match way:
        case Way.CARD if moves.by_card(session.resident):
            return filling.begin(session, Proof(Way.CARD, Level.CARD), facts)
        case Way.CARD | Way.WITNESS:  # a number that was typed is nothing without somebody's word
            return moves.witness(session, facts)
        case Way.FACE:
            return moves.face(session, facts)
        case Way.LATER:
            return moves.later(session, facts)
    assert_never(way)
