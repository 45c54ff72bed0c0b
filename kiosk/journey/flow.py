"""The journey's one door: `advance` takes what is, what happened and how things stand, and gives what is next."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import assert_never

from kiosk.journey import answers, belling, cards, giving, moves, scanning, touches, winding_down
from kiosk.journey.acts import (
    Act,
    AnswerHeard,
    AskedFound,
    CardFaulty,
    CardLaid,
    CardLifted,
    CardReading,
    CardSeen,
    CertificateSettled,
    CodeScanned,
    CodeUnreadable,
    DeviceBack,
    DeviceLost,
    DraftFound,
    Drawn,
    DuesFound,
    FaceFailed,
    FacePassed,
    FaceProgress,
    GiveSealed,
    GiveStood,
    HelperChecked,
    HubTold,
    Idle,
    KeepFailed,
    Kept,
    Looked,
    PictureFailed,
    PictureTaken,
    PowerChanged,
    PrintSettled,
    ReviewKept,
    SupplementKept,
    Touched,
    WithdrawalKept,
)
from kiosk.journey.bell import Panel
from kiosk.journey.screens import Attract, Done, LookupResult, PowerOut, Rating, TakeCard, held
from kiosk.journey.session import Facts, IdleWarning, Session, Step


def advance(session: Session, act: Act, facts: Facts) -> Step:
    """The next session and its effects. Never raises: an act that means nothing here changes nothing."""
    return winding_down.settled(_advanced(session, act, facts), facts)


def _advanced(session: Session, act: Act, facts: Facts) -> Step:
    match act:
        case Touched():
            return _touched(session, act, facts)
        case Drawn():
            return giving.drawn(replace(session, idle_warning=None), act)
        case CardLaid():  # whoever lays a card goes on, and has read what lies over the screen
            return cards.happened(replace(session, idle_warning=None, bell=Panel.SHUT), act, facts)
        case CardReading() | CardFaulty() | CardLifted():
            return cards.happened(replace(session, idle_warning=None), act, facts)
        case CardSeen():
            return Step(replace(session, card_on_reader=True, card_sure=True))
        case CodeScanned() | CodeUnreadable():
            return scanning.happened(session, act, facts)
        case DeviceLost() | DeviceBack():
            return cards.device_changed(session, act, facts)
        case PowerChanged():
            return winding_down.changed(session, act)
        case Idle():
            return _idle(session, act.seconds, facts)
        case (
            AskedFound()
            | DuesFound()
            | DraftFound()
            | FaceProgress()
            | FacePassed()
            | FaceFailed()
            | PictureTaken()
            | PictureFailed()
            | GiveStood()
            | GiveSealed()
            | SupplementKept()
            | ReviewKept()
            | WithdrawalKept()
            | HelperChecked()
            | Kept()
            | KeepFailed()
            | HubTold()
            | AnswerHeard()
            | PrintSettled()
            | CertificateSettled()
            | Looked()
        ):
            return answers.came(session, act, facts) if act.session == session.number else answers.stray(session, act)
    assert_never(act)


def _touched(session: Session, act: Touched, facts: Facts) -> Step:
    counted = replace(session, touches=session.touches + 1)
    if session.idle_warning is not None:
        # the warning covers the screen: the touch answers it and reaches nothing below
        return Step(replace(counted, idle_warning=None))
    belled = belling.touched(counted, act.button, facts)
    return belled if belled is not None else touches.touched(counted, act, facts)


def _idle(session: Session, seconds: float, facts: Facts) -> Step:
    limits = facts.limits
    if held(session.screen):
        return Step(session)
    if session.bell and isinstance(session.screen, Attract | TakeCard | PowerOut):
        # nobody's visit: what lies over it goes by itself
        return Step(session if seconds < limits.done_idle_s else replace(session, bell=Panel.SHUT))
    match session.screen:
        case Attract():
            return Step(session)
        case TakeCard():
            return moves.over(session) if seconds >= limits.take_card_s else Step(session)
        case PowerOut() as screen:
            return winding_down.idle(session, screen, seconds, facts)
        case Done(order=order) if order is not None and order.pay_url:  # a phone is looked for, and pays
            quiet = winding_down.quiet_s(max(limits.done_idle_s, limits.idle_warning_s), facts)
        case Done() | LookupResult() | Rating():
            quiet = winding_down.quiet_s(limits.done_idle_s, facts)
        case _:
            quiet = winding_down.quiet_s(limits.idle_warning_s, facts)
    if session.called and facts.bell.open:
        quiet = max(quiet, winding_down.quiet_s(limits.bell_idle_s, facts))
    left = math.ceil(quiet + limits.idle_countdown_s - seconds)
    if seconds < quiet:
        return Step(replace(session, idle_warning=None))
    if left <= 0:
        return moves.over(session, kept=isinstance(session.screen, Done | Rating))
    return Step(replace(session, idle_warning=IdleWarning(left)))
