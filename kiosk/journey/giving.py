"""What a resident gives besides words: pages under the document camera, a photo, a voice note; one thing a screen.

Nothing is opened before she has touched that it may be, and what was taken is shown to her before it is used. The same
screen takes a paper for a case that is there already (`Bringing`); then what was sealed is kept as an event of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from kiosk.journey import filling, moves
from kiosk.journey.acts import Drawn, GiveSealed, GiveStood, KeepFailed, SupplementKept, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.claim import ClaimView
from kiosk.journey.course import Kind, Stop
from kiosk.journey.effects import Do, DropPicture, Effect, Give, KeepSupplement, StopGiving
from kiosk.journey.filing import Gift, Given
from kiosk.journey.people import Way
from kiosk.journey.screens import Bringing, GiveStage, Giving, LookupResult
from kiosk.journey.session import Facts, Session, Step

WAYS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.SCAN: ("document_camera",),
        Kind.PHOTO: ("document_camera", "face_camera"),
        Kind.VOICE: ("audio",),
    }
)
"""The devices by which something can be given, by role."""
WIDTH: Final = 1000
HEIGHT: Final = 400
STROKES_MOST: Final = 60
POINTS_MOST: Final = 400
"""The field to sign in, and what one may draw there."""
AWAY: Final = "journey.give.away"
"""Text ids, with the kind behind: the device is not there, or cannot be used now."""


def show(session: Session, stop: Stop, facts: Facts, *, editing: bool = False) -> Step:
    """The question of a stop at which something is given."""
    course = moves.course_of(session)
    if stop.kind is Kind.SCAN:
        paper = course.item.paper(stop.name)
        asked = Giving(stop, "" if paper is None else paper.name, optional=False, editing=editing)
    else:
        gift = course.item.gift(stop.name)
        assert gift is not None
        asked = Giving(stop, gift.name, gift.ask_text, gift.hint_text, optional=not gift.required, editing=editing)
    if stop.kind is Kind.SIGNATURE and session.proof is not None and session.proof.way is Way.WITNESS:
        asked = replace(asked, optional=True, cannot=True)
    before = session.filing.gift(Gift(stop.kind.value), stop.name)
    asked = replace(asked, had=before is not None and bool(before.sha256))
    return Step(replace(session, screen=_ready(asked, facts)), moves.camera_closed(session))


def bring(session: Session, result: LookupResult, value: str, facts: Facts) -> Step:
    """From a look-up to the camera, with a paper that the case waits for; `value` is its place in what was found."""
    place, _, document = value.partition(".")
    claim = result.claims[int(place)] if place.isdigit() and int(place) < len(result.claims) else None
    need = (
        next((each for each in claim.further.needs if each.document == document), None) if claim is not None else None
    )
    if claim is None or need is None:
        return Step(session)
    back = replace(result, brought="", paper=None, paper_text="")
    asked = Giving(Stop(Kind.SCAN, document), need.title, optional=False, bringing=Bringing(claim, document, back))
    return Step(replace(session, screen=_ready(asked, facts)))


def touched(session: Session, screen: Giving, touch: Touched, facts: Facts) -> Step:
    """A finger on such a question."""
    match touch.button, screen.stage:
        case Button.GIVE, GiveStage.ASKED if touch.value in screen.ways and touch.value in facts.gives:
            agreed = session if screen.bringing else moves.agree(session, (screen.stop.kind.value,), facts)
            opening = replace(screen, stage=GiveStage.OPENING, by=touch.value, advice="")
            return _doing(agreed, opening, Do.BEGIN)
        case Button.GIVE, GiveStage.ASKED:
            return Step(replace(session, screen=_ready(screen, facts)))
        case Button.GOOD, GiveStage.ASKED if screen.had:
            return filling.further(session, facts, screen.stop)
        case Button.AGAIN, GiveStage.SIGNING:
            return Step(replace(session, screen=replace(screen, strokes=(), advice="")))
        case Button.GOOD, GiveStage.SIGNING if screen.strokes:
            return _doing(session, replace(screen, stage=GiveStage.SEALING, advice=""), Do.SEAL)
        case Button.GOOD, GiveStage.SIGNING if screen.had:
            return filling.further(session, facts, screen.stop)
        case Button.TAKE, GiveStage.AIMING:
            return _doing(session, replace(screen, stage=GiveStage.TAKING, advice=""), Do.TAKE)
        case Button.STOP, GiveStage.RECORDING:
            return _doing(session, screen, Do.STOP)
        case Button.LISTEN, GiveStage.SHOWN if screen.stop.kind is Kind.VOICE:
            return _doing(session, replace(screen, stage=GiveStage.LISTENING), Do.LISTEN)
        case Button.AGAIN, GiveStage.SHOWN | GiveStage.LISTENING:
            return _doing(session, replace(screen, stage=GiveStage.OPENING, advice="", level=0.0), Do.AGAIN)
        case Button.MORE, GiveStage.SHOWN if screen.stop.kind is Kind.SCAN and screen.pages < screen.pages_most:
            return _doing(session, replace(screen, stage=GiveStage.OPENING, advice=""), Do.MORE)
        case Button.GOOD, GiveStage.SHOWN | GiveStage.LISTENING:
            return _doing(session, replace(screen, stage=GiveStage.SEALING, advice=""), Do.SEAL)
        case Button.SKIP, _ if screen.optional and screen.stage is not GiveStage.SEALING:
            return _given(session, screen, Given(Gift(screen.stop.kind.value), screen.stop.name), facts)
        case Button.BACK, _ if screen.stage is not GiveStage.SEALING:
            return _back(session, screen, facts)
        case _:
            return Step(session)


def drawn(session: Session, act: Drawn) -> Step:
    """One line of a signature, within the field and the bounds; a dot is one too."""
    screen = session.screen
    if not isinstance(screen, Giving) or screen.stage is not GiveStage.SIGNING or len(screen.strokes) >= STROKES_MOST:
        return Step(session)
    line = tuple((min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT)) for x, y in act.points[:POINTS_MOST])
    return Step(replace(session, screen=replace(screen, strokes=(*screen.strokes, line)))) if line else Step(session)


def stood(session: Session, answer: GiveStood) -> Step:
    """How far it has come; word of another question, or of what is being sealed already, changes nothing."""
    screen = session.screen
    if not isinstance(screen, Giving) or screen.stop.key != answer.key:
        return Step(session)
    if screen.stage is GiveStage.ASKED or (screen.stage is GiveStage.SEALING and not answer.text):
        return Step(session)
    if screen.stop.kind is Kind.SIGNATURE:
        return Step(replace(session, screen=replace(screen, stage=GiveStage.SIGNING, advice=answer.text)))
    # advice stands until there is something else to say, for a live picture comes several times a second
    stands = answer.stage is GiveStage.AIMING and (screen.found or not answer.found)
    advice = answer.text or (screen.advice if stands else "")
    ways = tuple(each for each in screen.ways if each != screen.by) if answer.stage is GiveStage.ASKED else screen.ways
    shown = replace(
        screen,
        stage=answer.stage,
        advice=advice,
        ways=ways,
        found=answer.found,
        pages=answer.pages,
        seconds=answer.seconds,
        level=answer.level,
    )
    return Step(replace(session, screen=shown))


def sealed(session: Session, answer: GiveSealed, facts: Facts) -> Step:
    """It rests sealed; of a case that is there already it is kept at once."""
    screen = session.screen
    if not isinstance(screen, Giving) or screen.stop.key != answer.key:
        return Step(session, (DropPicture(answer.given.sha256, ""),))
    bringing = screen.bringing
    if bringing is None:
        return _given(session, screen, answer.given, facts)
    claim, resident = bringing.claim, session.resident
    effect = KeepSupplement(
        session=session.number,
        case_no=claim.case_no,
        event_id=claim.event_id,
        claim_code=claim.claim_code,
        number="" if resident is None or claim.claim_code else resident.number,
        document=bringing.document,
        title=screen.name_text,
        given=answer.given,
    )
    return Step(session, (effect,))


def supplemented(session: Session, answer: SupplementKept) -> Step:
    """The paper is kept: back to what was found, which waits for it no more."""
    screen = session.screen
    bringing = screen.bringing if isinstance(screen, Giving) else None
    if bringing is None or bringing.document != answer.document:
        return Step(session)
    claims = tuple(
        without(each, answer.document) if each == bringing.claim else each for each in bringing.result.claims
    )
    assert isinstance(screen, Giving)
    result = replace(bringing.result, claims=claims, brought=screen.name_text)
    return Step(replace(session, screen=result), (StopGiving(),))


def without(claim: ClaimView, document: str) -> ClaimView:
    """The case without a paper that it waited for: that lies here now, and goes out when there is a line."""
    needs = tuple(need for need in claim.further.needs if need.document != document)
    titles = tuple(need.title for need in claim.further.needs if need.document == document)
    return replace(claim, further=replace(claim.further, needs=needs, brought=(*claim.further.brought, *titles)))


def not_kept(session: Session, answer: KeepFailed) -> Step:
    """A paper that could not be kept: it is still there and may be tried again; what is in doubt is never deleted."""
    screen = session.screen
    if not isinstance(screen, Giving) or screen.stage is not GiveStage.SEALING:
        return Step(session)
    return Step(replace(session, screen=replace(screen, stage=GiveStage.SHOWN, advice=answer.reason.value)))


def _ready(asked: Giving, facts: Facts) -> Giving:
    """The question with the devices that can be used now, or with the word that there is none; a finger is always."""
    if asked.stop.kind is Kind.SIGNATURE:
        return replace(asked, stage=GiveStage.SIGNING, strokes=())
    ways = tuple(role for role in WAYS.get(asked.stop.kind, ()) if role in facts.gives)
    return replace(
        asked,
        stage=GiveStage.ASKED,
        ways=ways,
        advice="" if ways else f"{AWAY}.{asked.stop.kind.value}",
        pages_most=facts.limits.scan_pages,
        seconds_most=facts.limits.voice_s,
    )


def _doing(session: Session, screen: Giving, do: Do) -> Step:
    by = screen.by if do is Do.BEGIN else ""
    effect = Give(session.number, screen.stop.key, Gift(screen.stop.kind.value), do, by, screen.strokes)
    return Step(replace(session, screen=screen), (effect,))


def _given(session: Session, screen: Giving, given: Given, facts: Facts) -> Step:
    filing = session.filing.with_gift(given)
    gone: tuple[Effect, ...] = moves.let_go(session.filing, filing)
    step = filling.further(replace(session, filing=filing), facts, screen.stop)
    return Step(step.session, (*gone, *step.effects))


def _back(session: Session, screen: Giving, facts: Facts) -> Step:
    """Out of the camera first, then to the question before."""
    if screen.stage not in (GiveStage.ASKED, GiveStage.SIGNING) and screen.ways:
        return Step(replace(session, screen=_ready(screen, facts)), (StopGiving(),))
    if screen.bringing is not None:
        return Step(replace(session, screen=screen.bringing.result), (StopGiving(),))
    if screen.editing:
        return filling.further(session, facts)
    return filling.back(session, screen.stop, facts)
