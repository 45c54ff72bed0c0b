"""The power is out: who is in the middle may finish, nobody begins, and near the end everything in hand is ended."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import drafting, moves
from kiosk.journey.acts import PowerChanged
from kiosk.journey.effects import Effect, FindDraft, FindDues, Flush, Say, Wipe
from kiosk.journey.power import Power
from kiosk.journey.screens import Attract, Done, Guide, Home, PowerOut, Rating, TakeCard, held
from kiosk.journey.session import Facts, Session, Step

OUT = "journey.say.power_out"
LOW = "journey.say.power_low"
FINISH_SOON = "journey.say.power_finish"


def changed(session: Session, act: PowerChanged) -> Step:
    """The power went or came back: what is kept is flushed at once; who is in the middle is told to go on."""
    if act.power is Power.MAINS:
        return Step(session)
    told: tuple[Effect, ...] = (Flush(),)
    if act.power is Power.BATTERY and not isinstance(session.screen, Attract | Home | TakeCard | PowerOut):
        told += (Say(FINISH_SOON),)
    return Step(session, told)


def settled(step: Step, facts: Facts) -> Step:
    """The last word on every step: with the power out nobody is greeted, with the power back everybody is."""
    screen = step.session.screen
    match facts.power, screen:
        case Power.MAINS, PowerOut():
            over = moves.over(step.session)
            return Step(over.session, step.effects + over.effects)
        case Power.MAINS, _:
            return step
        case power, PowerOut():
            low = power is Power.LOW
            told = (Say(LOW),) if low and not screen.low else ()
            return Step(replace(step.session, screen=replace(screen, low=low)), step.effects + told)
        case Power.BATTERY, Attract() | Home():
            return _ended(step, facts)
        case Power.LOW, _ if not _lasts(step.session):
            return _ended(step, facts)
        case _:
            return step


def next_person(screen: PowerOut, *, card: bool) -> PowerOut:
    """A card laid or lifted: whoever was in the middle has gone or has read it."""
    return replace(screen, unfinished=False, resumable=False, take_card=card)


def idle(session: Session, screen: PowerOut, seconds: float, facts: Facts) -> Step:
    """Nobody can see whether a card that was read still lies there: it is asked for only so long."""
    if screen.take_card and not session.card_sure and seconds >= facts.limits.take_card_s:
        return Step(replace(session, card_on_reader=False, screen=replace(screen, take_card=False)))
    return Step(session)


def quiet_s(quiet: float, facts: Facts) -> float:
    """How long a silence may be: shorter on battery."""
    return quiet if facts.power is Power.MAINS else min(quiet, facts.limits.battery_idle_s)


def _lasts(session: Session) -> bool:
    """What must not be taken away even now: an act being kept, and the code of one that has been."""
    return isinstance(session.screen, Done) or held(session.screen)


def _ended(step: Step, facts: Facts) -> Step:
    session = step.session
    low = facts.power is Power.LOW
    unfinished = session.item is not None and not isinstance(session.screen, Guide | Rating)
    resumable = drafting.draft_of(session) is not None
    over = moves.over(session)
    effects = tuple(replace(each, draft_stays=resumable) if isinstance(each, Wipe) else each for each in over.effects)
    out = PowerOut(low=low, unfinished=unfinished, resumable=resumable, take_card=session.card_on_reader)
    ended = replace(over.session, screen=out, card_on_reader=session.card_on_reader, card_sure=session.card_sure)
    # Nobody is there any more to be shown what is due, or what was begun.
    asked = tuple(effect for effect in step.effects if not isinstance(effect, FindDues | FindDraft))
    return Step(ended, (*asked, *effects, Flush(), Say(LOW if low else OUT)))
