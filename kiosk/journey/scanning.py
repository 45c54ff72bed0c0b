"""A code held before the scanner: on the screens that take one, it is as good as its digits typed."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk.journey import moves
from kiosk.journey.acts import CodeScanned, CodeUnreadable
from kiosk.journey.screens import Attract, CardFor, CardWanted, Home, Lookup, Reason, Screen, Typing, TypingFor
from kiosk.journey.session import Facts, Session, Step


def takes_code(screen: Screen) -> bool:
    """Whether a code held before the scanner means something here: before a matter, and where one is looked up."""
    match screen:
        case Attract() | Home() | Lookup():
            return True
        case Typing(purpose=TypingFor.CODE) | CardWanted(purpose=CardFor.LOOKUP):
            return True
        case _:
            return False


def happened(session: Session, act: CodeScanned | CodeUnreadable, facts: Facts) -> Step:
    """Something came from the scanner."""
    if not takes_code(session.screen):
        return Step(session)
    match act:
        case CodeUnreadable():
            # only where she was asked to scan: a line that is noisy must not wake the screen, nor keep it awake
            return _on_lookup(session, Reason.CODE_UNREADABLE)
        case CodeScanned(code=""):
            return moves.lookup(_begun(session, facts), facts, Reason.CODE_FOREIGN)
        case CodeScanned(code, seal):
            return moves.look_up_code(_begun(session, facts), code, facts, seal)
    assert_never(act)


def device_changed(session: Session, lost: bool) -> Step:
    """The scanner went or came back: the look-up offers it, or just does not."""
    match session.screen:
        case Lookup(reason=Reason.CODE_UNREADABLE) as screen if lost:
            return Step(replace(session, screen=replace(screen, scan=False, reason=Reason.NONE)))
        case Lookup() as screen:
            return Step(replace(session, screen=replace(screen, scan=not lost)))
        case _:
            return Step(session)


def _on_lookup(session: Session, reason: Reason) -> Step:
    if not isinstance(session.screen, Lookup):
        return Step(session)
    return Step(replace(session, screen=replace(session.screen, reason=reason)))


def _begun(session: Session, facts: Facts) -> Session:
    """The visit that a slip begins as a touch would, or goes on with."""
    awake = replace(session, idle_warning=None)
    return replace(awake, started=session.started or moves.moment(facts))
