"""What a finger does on each screen; a button that is not on the screen does nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from kiosk.journey import answers, certificates, drafting, filling, giving, moves, reviewing, ways, withdrawing
from kiosk.journey.acts import Touched
from kiosk.journey.buttons import Button
from kiosk.journey.effects import KeepEvent, KeepRating, PrintSlip, Say, StopFace, TakePicture
from kiosk.journey.filing import Filing
from kiosk.journey.people import Way
from kiosk.journey.screens import (
    Asked,
    Attract,
    CardFor,
    CardWanted,
    Confirm,
    Consent,
    Doing,
    Done,
    Face,
    FaceStage,
    Filling,
    Giving,
    Guide,
    Home,
    LaterCheck,
    Lookup,
    LookupResult,
    Paper,
    PowerOut,
    Rating,
    Reason,
    Sorry,
    TakeCard,
    Typing,
    TypingFor,
    Withdrawing,
    Witness,
    Working,
    held,
)
from kiosk.journey.session import Facts, Session, Step
from kiosk.journey.slip_claim import of_done
from kiosk.journey.theme import toggled
from kiosk.journey.typing import erased, pad, typed, typed_person, wrong

RATES: Final = ("1", "2", "3", "4", "5")


def touched(session: Session, touch: Touched, facts: Facts) -> Step:
    """One touch on the screen that is shown."""
    everywhere = _everywhere(session, touch.button, facts)
    return everywhere if everywhere is not None else _here(session, touch, facts)


def _everywhere(session: Session, button: Button, facts: Facts) -> Step | None:
    """FINISH, HOME and CANCEL mean the same wherever they may be touched."""
    screen = session.screen
    if isinstance(screen, Attract | TakeCard | PowerOut) or held(screen):
        return None
    kept = isinstance(screen, Done | Rating)
    match button:
        case Button.FINISH if isinstance(screen, Done) and "rating" in screen.item.steps:
            return _to_rating(session, screen)
        case Button.FINISH:
            return moves.finish(session, kept=kept)
        case Button.HOME | Button.CANCEL:
            return moves.home(replace(session, dues=None) if kept else session, facts, kept=kept)
        case _:
            return None


def _here(session: Session, touch: Touched, facts: Facts) -> Step:
    button = touch.button
    match session.screen:
        case Attract():
            return moves.home(session, facts) if button is Button.WAKE else Step(session)
        case TakeCard():
            return moves.over(session)
        case PowerOut():
            return Step(session)
        case Home() as screen:
            return _home(session, screen, touch, facts)
        case Guide() as screen:
            return _guide(session, screen, touch, facts)
        case Consent() as screen:
            return _consent(session, screen, button, facts)
        case CardWanted() as screen:
            return _card_wanted(session, screen, button, facts)
        case Typing() as screen:
            return _typing(session, screen, touch, facts)
        case Face() as screen:
            return _face(session, screen, button, facts)
        case LaterCheck() as screen:
            return _later(session, screen, button, facts)
        case Witness() as screen:
            return _witness(session, screen, button, facts)
        case Asked() as screen:
            return filling.asked(session, screen, touch, facts)
        case Filling() as screen:
            return filling.filling(session, screen, touch, facts)
        case Giving() as screen:
            return giving.touched(session, screen, touch, facts)
        case Confirm():
            return _confirm(session, touch, facts)
        case Working() as screen:
            return _working(session, screen, button, facts)
        case Done() as screen:
            return _done(session, screen, button, facts)
        case Rating() as screen:
            return _rating(session, screen, touch)
        case Lookup():
            return _lookup(session, button, facts)
        case LookupResult() as screen:
            return _result(session, screen, touch, facts)
        case Withdrawing() as screen:
            return withdrawing.touched(session, screen, touch)
        case Sorry() as screen:
            return _sorry(session, screen, button, facts)
    assert_never(session.screen)


def _working(session: Session, screen: Working, button: Button, facts: Facts) -> Step:
    match button, screen.doing:
        case Button.BACK, Doing.LOOKING_UP:
            return moves.lookup(session, facts)
        case Button.BACK, Doing.ASKING:
            return filling.back(session, None, facts)
        case Button.ENOUGH, Doing.WAITING if screen.done is not None:
            return answers.told(session, replace(screen.done, take_card=session.card_on_reader))
        case _:
            return Step(session)


def _home(session: Session, screen: Home, touch: Touched, facts: Facts) -> Step:
    match touch.button:
        case Button.ITEM:
            item = next((item for item in screen.all if item.id == touch.value), None)
            return moves.guide(session, item, facts) if item is not None else Step(session)
        case Button.RESUME if screen.cut_short is not None:
            return drafting.resume(session, facts)
        case Button.ALL_ITEMS:
            return Step(replace(session, screen=replace(screen, show_all=True)))
        case Button.FEW_ITEMS:
            return Step(replace(session, screen=replace(screen, show_all=False)))
        case Button.LOOK_UP:
            return moves.lookup(session, facts)
        case Button.FETCH_SLIP if screen.slips_waiting and session.resident is not None:
            return moves.look_up_card(session, session.resident, facts)
        case Button.BACK if screen.show_all:
            return Step(replace(session, screen=replace(screen, show_all=False)))
        case Button.BACK:
            return moves.finish(session)
        case _:
            return Step(session)


def _guide(session: Session, screen: Guide, touch: Touched, facts: Facts) -> Step:
    match touch.button:
        case Button.CHOOSE if any(part.item.id == touch.value for part in screen.item.parts):
            return _toggled(session, screen, touch.value, facts)
        case Button.BEGIN if screen.blocked is Reason.NONE and not session.another_card:
            # the terminal may have filled, or the line gone, while the guide was read
            if moves.blocked(session, screen.item, facts) is not Reason.NONE:
                return Step(replace(session, screen=moves.guide_screen(session, screen.item, facts)))
            return moves.consent(session, facts)
        case Button.BACK:
            return moves.home(session, facts)
        case _:
            return Step(session)


def _toggled(session: Session, screen: Guide, part: str, facts: Facts) -> Step:
    """A part taken in or left out; of what was filled in before only words stay: the rest may suit no part any more."""
    item, before = toggled(screen.item, part), session.filing
    filing = Filing(item=before.item, owner=before.owner, values=before.values)
    changed = replace(session, item=item, filing=filing, screen=moves.guide_screen(session, item, facts))
    return Step(changed, moves.let_go(before, filing))


def _consent(session: Session, screen: Consent, button: Button, facts: Facts) -> Step:
    match button:
        case Button.AGREE_CARD if screen.card:
            return ways.onward(moves.agree(session, ("processing",), facts), Way.CARD, facts)
        case Button.AGREE_FACE if screen.face:
            return ways.onward(moves.agree(session, ("processing", "face"), facts), Way.FACE, facts)
        case Button.WITNESS if screen.witness:
            return ways.onward(moves.agree(session, ("processing",), facts), Way.WITNESS, facts)
        case Button.LATER_CHECK if screen.later:
            return ways.onward(moves.agree(session, ("processing",), facts), Way.LATER, facts)
        case Button.BACK:
            return moves.guide(session, screen.item, facts)
        case _:
            return Step(session)


def _card_wanted(session: Session, screen: CardWanted, button: Button, facts: Facts) -> Step:
    match button:
        case Button.TYPE_NUMBER if screen.typing:
            return Step(replace(session, screen=pad(TypingFor.NUMBER)))
        case Button.BY_CODE if screen.reason is Reason.READER_LOST:
            return Step(replace(session, screen=pad(TypingFor.CODE)))
        case Button.RETRY:
            return moves.card_wanted(session, screen.purpose, facts)
        case Button.BACK if screen.purpose is CardFor.LOOKUP:
            return moves.lookup(session, facts)
        case Button.BACK:
            return moves.consent(session, facts)
        case _:
            return Step(session)


def _typing(session: Session, screen: Typing, touch: Touched, facts: Facts) -> Step:
    match touch.button:
        case Button.DIGIT:
            return Step(replace(session, screen=typed(screen, touch.value)))
        case Button.ERASE:
            return Step(replace(session, screen=erased(screen)))
        case Button.ENTER if screen.complete:
            return _entered(session, screen, facts)
        case Button.BACK if screen.purpose is TypingFor.CODE:
            return moves.lookup(session, facts)
        case Button.BACK:
            return moves.card_wanted(session, CardFor.IDENTITY, facts)
        case _:
            return Step(session)


def _entered(session: Session, screen: Typing, facts: Facts) -> Step:
    reason = wrong(screen)
    match screen.purpose:
        case TypingFor.NUMBER:
            if reason is not Reason.NONE:
                return Step(replace(session, screen=replace(screen, reason=reason)))
            known = replace(session, resident=typed_person(screen.text))
            # a number alone proves nothing to a camera: whatever was chosen, a helper must know the person
            return ways.onward(known, Way.WITNESS, facts)
        case TypingFor.CODE:
            if reason is not Reason.NONE and session.code_tries < facts.limits.code_tries:
                wrong_code = replace(screen, reason=reason)
                return Step(replace(session, screen=wrong_code, code_tries=session.code_tries + 1))
            return moves.look_up_code(session, screen.text, facts)
    assert_never(screen.purpose)


def _face(session: Session, screen: Face, button: Button, facts: Facts) -> Step:
    match button:
        case Button.WITNESS if screen.witness:
            return moves.witness(session, facts)
        case Button.LATER_CHECK if screen.later:
            return moves.later(session, facts)
        case Button.RETRY if screen.stage is FaceStage.FAILED and screen.tries_left > 0:
            return moves.face(session, facts)
        case Button.BACK:
            return moves.consent(session, facts)
        case _:
            return Step(session)


def _later(session: Session, screen: LaterCheck, button: Button, facts: Facts) -> Step:
    match button:
        case Button.AGREE_PICTURE if session.another_card:
            return Step(session)
        case Button.AGREE_PICTURE if not screen.agreed and not facts.camera_ready:
            return Step(replace(session, screen=replace(screen, reason=Reason.FACE_NO_CAMERA)))
        case Button.AGREE_PICTURE if not screen.agreed:
            agreed = moves.agree(session, ("later_picture",), facts)
            waiting = replace(screen, agreed=True, reason=Reason.NONE)
            photo = b"" if session.resident is None else session.resident.photo
            return Step(replace(agreed, screen=waiting), (TakePicture(session.number, photo),))
        case Button.WITNESS if screen.witness:
            return moves.witness(session, facts)
        case Button.BACK:
            return moves.consent(session, facts)
        case _:
            return Step(session)


def _witness(session: Session, screen: Witness, button: Button, facts: Facts) -> Step:
    match button:
        case Button.LATER_CHECK if screen.later:
            return moves.later(session, facts)
        case Button.RETRY:
            return moves.witness(session, facts)
        case Button.BACK if session.resident is not None and not moves.by_card(session.resident):
            # a typed number is left behind together with the way it forced
            return moves.consent(replace(session, resident=None), facts)
        case Button.BACK:
            return moves.consent(session, facts)
        case _:
            return Step(session)


def _confirm(session: Session, touch: Touched, facts: Facts) -> Step:
    match touch.button:
        case Button.CONFIRM if not session.another_card:
            return keep(session, facts)
        case Button.EDIT:
            return filling.edit(session, touch.value, facts)
        case Button.BACK:
            return filling.back(session, None, facts)
        case _:
            return Step(session)


def keep(session: Session, facts: Facts) -> Step:
    """Hands the application over to be kept; from here until the answer nothing takes the session away."""
    assert session.item is not None
    assert session.resident is not None
    assert session.proof is not None
    effect = KeepEvent(
        session=session.number,
        item=session.item,
        applicant=session.resident,
        proof=session.proof,
        consents=session.consents,
        started=session.started,
        finished=moves.moment(facts),
        touches=session.touches,
        filed=moves.course_of(session).filed(moves.today(facts)),
    )
    return Step(replace(session, screen=Working(Doing.KEEPING)), (StopFace(), effect))


def _done(session: Session, screen: Done, button: Button, facts: Facts) -> Step:
    match button:
        case Button.PRINT_AGAIN if _may_print(screen.paper) and screen.prints < facts.limits.slip_copies:
            again = replace(screen, paper=Paper.WAITING, paper_text="", prints=screen.prints + 1)
            effect = PrintSlip(session.number, of_done(screen), screen.item, copy=again.prints)
            return Step(replace(session, screen=again), (effect, *answers.followed(session, screen)))
        case Button.PRINT_CERTIFICATE:
            return certificates.print_one(session, screen, facts)
        case Button.BACK:
            return moves.home(replace(session, dues=None), facts, kept=True)
        case _:
            return Step(session)


def _to_rating(session: Session, done: Done) -> Step:
    """After a case the faces are shown by themselves; the picture that was sent is nobody's to delete any more."""
    proof = session.proof
    sent = None if proof is None else replace(proof, picture_sha256="", picture_path="")
    return Step(replace(session, proof=sent, screen=Rating(done.item, done.event_id)))


def _rating(session: Session, screen: Rating, touch: Touched) -> Step:
    if touch.button is not Button.RATE or touch.value not in RATES:
        return Step(session)
    kept = KeepRating(session.number, screen.item, screen.event_id, int(touch.value))
    ended = moves.finish(session, kept=True)
    return Step(ended.session, (kept, Say("journey.say.thanks"), *ended.effects))


def _may_print(paper: Paper | None) -> bool:
    return paper in (Paper.NOT_PRINTED, Paper.UNKNOWN)


def _lookup(session: Session, button: Button, facts: Facts) -> Step:
    match button:
        case Button.BY_CARD if session.resident is not None and moves.by_card(session.resident):
            return moves.look_up_card(session, session.resident, facts)
        case Button.BY_CARD:
            return moves.card_wanted(session, CardFor.LOOKUP, facts)
        case Button.BY_CODE:
            return Step(replace(session, screen=pad(TypingFor.CODE)))
        case Button.BACK:
            return moves.home(session, facts)
        case _:
            return Step(session)


def _result(session: Session, screen: LookupResult, touch: Touched, facts: Facts) -> Step:
    match touch.button:
        case Button.ASK_PERSON:
            return reviewing.asked(session, screen, touch.value)
        case Button.BACK if screen.asking is not None:
            return Step(replace(session, screen=replace(screen, asking=None)))
        case Button.BRING if screen.asking is None:
            return giving.bring(session, screen, touch.value, facts)
        case Button.WITHDRAW if screen.asking is None:
            return withdrawing.ask(session, screen, touch.value, facts)
        case Button.PRINT | Button.PRINT_AGAIN if (
            screen.claims
            and screen.asking is None
            and screen.paper is not Paper.WAITING
            and screen.prints < facts.limits.slip_copies
        ):
            again = replace(screen, paper=Paper.WAITING, paper_text="", prints=screen.prints + 1)
            effect = PrintSlip(session.number, screen.to_print, None, copy=again.prints)
            return Step(replace(session, screen=again), (effect,))
        case Button.PRINT_CERTIFICATE:
            return certificates.print_one(session, screen, facts)
        case Button.BACK:
            return moves.lookup(session, facts)
        case _:
            return Step(session)


def _sorry(session: Session, screen: Sorry, button: Button, facts: Facts) -> Step:
    ready = session.proof is not None
    match button:
        case Button.RETRY if Button.RETRY in screen.ways and session.proof is not None and session.another_card:
            # what stands against it is said where it can be put right
            return moves.confirm(session, session.proof, facts)
        case Button.RETRY if Button.RETRY in screen.ways and ready:
            return keep(session, facts)
        case Button.BACK if Button.BACK in screen.ways and session.proof is not None:
            return moves.confirm(session, session.proof, facts)
        case Button.BACK if Button.BACK in screen.ways:
            return moves.home(session, facts)
        case _:
            return Step(session)
