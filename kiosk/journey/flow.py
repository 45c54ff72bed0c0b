"""The journey's one door: `advance` takes what is, what happened and how things stand, and gives what is next."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import assert_never

from kiosk.journey import answers, cards, moves, touches
from kiosk.journey.acts import (
    Act,
    CardFaulty,
    CardLaid,
    CardLifted,
    CardReading,
    CardSeen,
    DeviceBack,
    DeviceLost,
    DuesFound,
    FaceFailed,
    FacePassed,
    FaceProgress,
    HelperChecked,
    Idle,
    KeepFailed,
    Kept,
    Looked,
    PictureFailed,
    PictureTaken,
    PrintSettled,
    Touched,
)
from kiosk.journey.screens import Attract, Doing, Done, LookupResult, TakeCard, Working
from kiosk.journey.session import Facts, IdleWarning, Session, Step


def advance(session: Session, act: Act, facts: Facts) -> Step:
    """The next session and its effects. Never raises: an act that means nothing here changes nothing."""
    match act:
        case Touched():
            return _touched(session, act, facts)
        case CardReading() | CardLaid() | CardFaulty() | CardLifted():
            return cards.happened(replace(session, idle_warning=None), act, facts)
        case CardSeen():
            return Step(replace(session, card_on_reader=True, card_sure=True))
        case DeviceLost() | DeviceBack():
            return cards.device_changed(session, act, facts)
        case Idle():
            return _idle(session, act.seconds, facts)
        case (
            DuesFound()
            | FaceProgress()
            | FacePassed()
            | FaceFailed()
            | PictureTaken()
            | PictureFailed()
            | HelperChecked()
            | Kept()
            | KeepFailed()
            | PrintSettled()
            | Looked()
        ):
            return answers.came(session, act) if act.session == session.number else answers.stray(session, act)
    assert_never(act)


def _touched(session: Session, act: Touched, facts: Facts) -> Step:
    counted = replace(session, touches=session.touches + 1)
    if session.idle_warning is not None:
        # the warning covers the screen: the touch answers it and reaches nothing below
        return Step(replace(counted, idle_warning=None))
    return touches.touched(counted, act, facts)


def _idle(session: Session, seconds: float, facts: Facts) -> Step:
    limits = facts.limits
    match session.screen:
        case Attract() | Working(doing=Doing.KEEPING):
            return Step(session)
        case TakeCard():
            return moves.over(session) if seconds >= limits.take_card_s else Step(session)
        case Done() | LookupResult():
            quiet = limits.done_idle_s
        case _:
            quiet = limits.idle_warning_s
    left = math.ceil(quiet + limits.idle_countdown_s - seconds)
    if seconds < quiet:
        return Step(replace(session, idle_warning=None))
    if left <= 0:
        return moves.over(session, kept=isinstance(session.screen, Done))
    return Step(replace(session, idle_warning=IdleWarning(left)))
