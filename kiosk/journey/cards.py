"""Cards laid and lifted, and devices that go and come back, on whatever screen it happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from kiosk.journey import moves, scanning, ways, winding_down
from kiosk.journey.acts import CardFaulty, CardLaid, CardLifted, CardReading, DeviceBack, DeviceLost
from kiosk.journey.effects import CheckHelper, ReadCard, Say, StopFace
from kiosk.journey.people import Person
from kiosk.journey.screens import (
    Attract,
    CardFor,
    CardWanted,
    Consent,
    Doing,
    Done,
    Face,
    FaceStage,
    Guide,
    Home,
    LaterCheck,
    Lookup,
    LookupResult,
    Paper,
    PowerOut,
    Rating,
    Reason,
    Screen,
    TakeCard,
    Typing,
    TypingFor,
    Withdrawing,
    Witness,
    Working,
)
from kiosk.journey.session import Facts, Session, Step

PRINTER_BACK: Final = "journey.paper.printer_back"


def happened(session: Session, act: CardReading | CardLaid | CardFaulty | CardLifted, facts: Facts) -> Step:
    """Something about a card."""
    match act:
        case CardReading():
            return _reading(replace(session, card_on_reader=True, card_sure=False))
        case CardLaid(person):
            # a helper's card is asked for on one screen, and any card may be laid there
            unasked = "" if session.resident is None or isinstance(session.screen, Witness) else person.number
            laid = replace(session, card_on_reader=True, card_sure=False, unasked_card=unasked)
            return _laid(laid, person, facts)
        case CardFaulty(reason):
            return _faulty(replace(session, card_on_reader=True, card_sure=False, unasked_card=""), reason, facts)
        case CardLifted():
            return _lifted(replace(session, card_on_reader=False, card_sure=False, unasked_card=""))
    assert_never(act)


def _reading(session: Session) -> Step:
    match session.screen:
        case CardWanted() as screen:
            return _showing(session, replace(screen, reading=True, reason=Reason.NONE))
        case Witness() as screen:
            # only a card newly laid is ever read, so the one before has been lifted
            return _showing(session, replace(screen, lift_first=False, checking=True, reason=Reason.NONE))
        case _:
            return Step(session)


def _showing(session: Session, screen: Screen) -> Step:
    return Step(replace(session, screen=screen))


def _laid(session: Session, person: Person, facts: Facts) -> Step:
    screen = session.screen
    match screen:
        case Attract() | TakeCard():
            return moves.welcome(session, person, facts)
        case Home() | Done() | Rating() | LookupResult() | Withdrawing(keeping=False) | Working(doing=Doing.LOOKING_UP):
            # also while something is being looked up: what is found belongs to whoever asked
            return _at_rest(session, person, facts)
        case Guide() | Consent() if session.resident is None:
            known = replace(session, resident=person)
            if isinstance(screen, Consent):
                return _showing(known, moves.consent_screen(known, screen.item, facts))
            # what was said before the card came may no longer be so
            return moves.guide(known, screen.item, facts)
        case CardWanted(purpose=CardFor.IDENTITY) | Typing(purpose=TypingFor.NUMBER):
            if session.way is None:
                return Step(session)
            return ways.onward(replace(session, resident=person), session.way, facts)
        case CardWanted(purpose=CardFor.LOOKUP) | Lookup() | Typing(purpose=TypingFor.CODE):
            if session.resident is not None and session.resident.number != person.number:
                return _stranger(session, person, facts)
            return moves.look_up_card(replace(session, resident=person), person, facts)
        case Witness():
            return _as_witness(session, screen, person, facts)
        case PowerOut():
            asked = winding_down.next_person(screen, card=True)
            return Step(replace(session, screen=asked), (Say(winding_down.OUT),))
        case _:
            return Step(session)


def _at_rest(session: Session, person: Person, facts: Facts) -> Step:
    """Between two matters another card is another person, who starts clean; the same card changes nothing."""
    resident = session.resident
    witness = session.proof.witness if session.proof is not None else None
    if resident is None and isinstance(session.screen, Home):
        return moves.welcome(session, person, facts)
    if resident is not None and person.number == resident.number:
        # now the card of the one whose number was typed: nothing is shown that the number alone would not show
        return Step(session)
    if witness is not None and person.number == witness.number:
        return Step(session)
    return _stranger(session, person, facts)


def _stranger(session: Session, person: Person, facts: Facts) -> Step:
    ended = moves.over(session, kept=isinstance(session.screen, Done | Rating))
    begun = moves.welcome(replace(ended.session, screen=Attract()), person, facts)
    return Step(begun.session, ended.effects + begun.effects)


def _as_witness(session: Session, screen: Witness, person: Person, facts: Facts) -> Step:
    resident = session.resident
    if resident is not None and person.number.upper() == resident.number.upper():
        return _showing(session, replace(screen, lift_first=True, checking=False, reason=Reason.WITNESS_IS_SELF))
    if not facts.helpers_known:
        return _showing(session, replace(screen, checking=False, reason=Reason.WITNESS_NO_LIST))
    checking = replace(screen, lift_first=False, checking=True, reason=Reason.NONE)
    return Step(
        replace(session, screen=checking, candidate=person),
        (CheckHelper(session.number, person.number),),
    )


def _faulty(session: Session, reason: Reason, facts: Facts) -> Step:
    match session.screen:
        case Attract() | TakeCard():
            woken = moves.home(session, facts)
            return _faulty(woken.session, reason, facts)
        case Home() as screen:
            return _showing(session, replace(screen, reason=reason))
        case CardWanted() as screen:
            return _showing(session, replace(screen, reading=False, reason=reason))
        case Witness() as screen:
            return _showing(session, replace(screen, checking=False, reason=reason))
        case Lookup() as screen:
            return _showing(session, replace(screen, reason=reason))
        case _:
            return Step(session)


def _lifted(session: Session) -> Step:
    match session.screen:
        case Attract() | TakeCard():
            return _showing(session, Attract())
        case CardWanted() as screen:
            return _showing(session, replace(screen, reading=False))
        case Witness() as screen:
            # a card already read is still being looked up in the list; lifting it takes nothing back
            checking = screen.checking and session.candidate is not None
            return _showing(session, replace(screen, lift_first=False, checking=checking))
        case Done() as screen:
            return _showing(session, replace(screen, take_card=False))
        case PowerOut() as screen:
            return _showing(session, winding_down.next_person(screen, card=False))
        case Home() as screen if screen.reason is not Reason.NONE:
            return _showing(session, replace(screen, reason=Reason.NONE))
        case _:
            return Step(session)


def device_changed(session: Session, act: DeviceLost | DeviceBack, facts: Facts) -> Step:
    """A device went or came back: the screen that needs it says so and offers the other ways, the session stays."""
    lost = isinstance(act, DeviceLost)
    match act.role:
        case "id_card":
            return _reader(session, lost, replace(facts, reader_ready=not lost))
        case "face_camera":
            return _camera(session, lost, replace(facts, camera_ready=not lost))
        case "receipt_printer":
            return Step(session) if lost else _printer_back(session)
        case "code_scanner":
            return scanning.device_changed(session, lost)
        case _:
            return Step(session)


def _reader(session: Session, lost: bool, facts: Facts) -> Step:
    match session.screen:
        case Guide() as screen:
            return _showing(session, moves.guide_screen(session, screen.item, facts))
        case CardWanted() as screen:
            typing = screen.purpose is CardFor.IDENTITY and moves.typing_offered(session.item, facts)
            if lost:
                return _showing(session, replace(screen, reading=False, typing=typing, reason=Reason.READER_LOST))
            effects = (ReadCard(),) if session.card_on_reader else ()
            reason = Reason.NONE if screen.reason is Reason.READER_LOST else screen.reason
            return Step(replace(session, screen=replace(screen, typing=typing, reason=reason)), effects)
        case Witness() as screen if lost:
            checking = screen.checking and session.candidate is not None
            return _showing(session, replace(screen, checking=checking, reason=Reason.READER_LOST))
        case Witness(reason=Reason.READER_LOST) as screen:
            return _showing(session, replace(screen, reason=Reason.NONE))
        case _:
            return Step(session)


def _camera(session: Session, lost: bool, facts: Facts) -> Step:
    match session.screen:
        case Face(stage=FaceStage.UNAVAILABLE) as screen if screen.reason is not Reason.FACE_NO_CAMERA:
            # it cannot be used for a reason that no camera changes
            later = moves.later_offered(session.item, session.resident, facts)
            return _showing(session, replace(screen, later=later))
        case Face() as screen if lost:
            gone = replace(screen, stage=FaceStage.UNAVAILABLE, reason=Reason.FACE_NO_CAMERA, later=False, prompt="")
            return Step(replace(session, screen=gone), (StopFace(),))
        case Face(reason=Reason.FACE_NO_CAMERA) as screen:
            back = replace(
                screen,
                stage=FaceStage.FAILED,
                reason=Reason.FACE_CAMERA_BACK if session.face_tries_left else Reason.FACE_NO_TRIES,
                tries_left=session.face_tries_left or 0,
                later=moves.later_offered(session.item, session.resident, facts),
            )
            return _showing(session, back)
        case LaterCheck(agreed=False) as screen if lost:
            # a picture that is being taken answers for itself, and one that was taken is not thrown away
            return _showing(session, replace(screen, reason=Reason.FACE_NO_CAMERA))
        case LaterCheck(reason=Reason.FACE_NO_CAMERA) as screen:
            return _showing(session, replace(screen, reason=Reason.NONE))
        case Witness() as screen:
            later = moves.later_offered(session.item, session.resident, facts)
            return _showing(session, replace(screen, later=later))
        case Consent() as screen:
            return _showing(session, moves.consent_screen(session, screen.item, facts))
        case _:
            return Step(session)


def _printer_back(session: Session) -> Step:
    match session.screen:
        case Done(paper=Paper.NOT_PRINTED) | LookupResult(paper=Paper.NOT_PRINTED) as screen:
            return _showing(session, replace(screen, paper_text=PRINTER_BACK))
        case _:
            return Step(session)
