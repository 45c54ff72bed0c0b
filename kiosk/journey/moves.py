"""Where a session can go: every move makes the next screen and the effects that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta, timezone
from typing import Final

from kiosk.journey.course import Course, Kind, Stop, bring_by
from kiosk.journey.effects import (
    DropPicture,
    Effect,
    FindAsked,
    FindDraft,
    FindDues,
    LookUpCard,
    LookUpCode,
    ReadCard,
    Say,
    StartFace,
    StopFace,
    StopGiving,
    Wipe,
)
from kiosk.journey.filing import Filing, Gift
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Consent as Agreed
from kiosk.journey.people import Level, Person, Proof, Source, Way
from kiosk.journey.room import no_room
from kiosk.journey.screens import (
    Attract,
    CardFor,
    CardWanted,
    Confirm,
    Consent,
    Doing,
    Face,
    FaceStage,
    GiftSeen,
    Giving,
    Guide,
    Home,
    LaterCheck,
    Lookup,
    PaperSeen,
    Reason,
    Sorry,
    TakeCard,
    Working,
)
from kiosk.journey.screens import Witness as WitnessScreen
from kiosk.journey.session import Facts, Session, Step
from kiosk.journey.theme import nothing_wanted

SENDING: Final[dict[Way, str]] = {
    Way.CARD: "journey.sending.card",
    Way.FACE: "journey.sending.face",
    Way.WITNESS: "journey.sending.witness",
    Way.LATER: "journey.sending.later",
}
HERE: Final = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991


def moment(facts: Facts) -> str:
    """The time of the facts as it is written into records: RFC 3339, UTC, whole seconds."""
    return facts.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today(facts: Facts) -> date:
    """The day as it is here."""
    return facts.now.astimezone(HERE).date()


def course_of(session: Session) -> Course:
    """The way through the item of this visit."""
    assert session.item is not None
    assert session.resident is not None
    return Course(session.item, session.resident, session.filing)


def camera_closed(session: Session) -> tuple[Effect, ...]:
    """What is to be done when the person stands and the camera is needed no more."""
    if isinstance(session.screen, Giving):
        return (StopGiving(),)
    return (StopFace(),) if isinstance(session.screen, Face | LaterCheck) else ()


def by_card(person: Person | None) -> bool:
    """Whether this is somebody whose card was read: only then may anything personal be shown."""
    return person is not None and person.source is Source.CARD


def accepts(item: ItemCard, level: Level) -> bool:
    """Whether the item takes this identity level."""
    return not item.identity or level.value in item.identity


def typing_offered(item: ItemCard | None, facts: Facts) -> bool:
    """A typed number needs a witness, so it is offered only where there is a list of helpers and a reader."""
    there = facts.helpers_known and facts.reader_ready
    return item is not None and accepts(item, Level.TYPED_WITNESSED) and there


def face_reason(person: Person | None, facts: Facts) -> Reason:
    """Why the face check cannot be used now; NONE when it can."""
    if not facts.face_ready:
        return facts.face_reason or Reason.FACE_NO_MODEL
    if not facts.camera_ready:
        return Reason.FACE_NO_CAMERA
    if person is not None and not person.photo:
        return Reason.FACE_NO_PHOTO
    return Reason.NONE


def face_offered(item: ItemCard, person: Person | None, facts: Facts) -> bool:
    """Whether the face check is one of the ways for this item, person and terminal."""
    return accepts(item, Level.CARD_FACE) and face_reason(person, facts) is Reason.NONE


def later_offered(item: ItemCard | None, person: Person | None, facts: Facts) -> bool:
    """Whether a clerk may check a picture later: a picture is only worth something beside a read card."""
    if item is None or not accepts(item, Level.CARD_LATER_CHECK) or not facts.camera_ready:
        return False
    return person is None or by_card(person)


def witness_offered(item: ItemCard | None, person: Person | None) -> bool:
    """Whether a helper may witness for this person."""
    if item is None:
        return False
    if person is not None and not by_card(person):
        return accepts(item, Level.TYPED_WITNESSED)
    return accepts(item, Level.CARD_WITNESSED) or accepts(item, Level.TYPED_WITNESSED)


def stopping(session: Session) -> tuple[Effect, ...]:
    """What must be undone when this screen is left: the camera is closed, an unsent picture deleted."""
    effects = camera_closed(session)
    doubt = isinstance(session.screen, Sorry) and session.screen.reason is Reason.KEEP_IN_DOUBT
    if session.proof is not None and session.proof.picture_sha256 and not doubt:  # else an act may lack it
        effects += (DropPicture(session.proof.picture_sha256, session.proof.picture_path),)
    return effects


def let_go(before: Filing, after: Filing) -> tuple[Effect, ...]:
    """Deletes what was sealed and is not to be sent any more."""
    stays = {each.sha256 for each in after.given}
    return tuple(DropPicture(each.sha256, "") for each in before.given if each.sha256 and each.sha256 not in stays)


def leaving(session: Session) -> tuple[Effect, ...]:
    """What must be undone when the item is left: the screen's own, and what was sealed for it."""
    doubt = isinstance(session.screen, Sorry) and session.screen.reason is Reason.KEEP_IN_DOUBT
    return (*stopping(session), *(() if doubt else let_go(session.filing, Filing())))


def over(session: Session, *, kept: bool = False) -> Step:
    """The visit is over: a new empty session, nothing taken along but whether a card still lies there."""
    effects = () if kept else leaving(session)
    left = session.card_on_reader and session.card_sure
    fresh = Session(number=session.number + 1, card_on_reader=left, card_sure=left, screen=Attract(card_left=left))
    says = (Say("journey.take_card"),) if session.card_on_reader and not isinstance(session.screen, TakeCard) else ()
    return Step(fresh, (*effects, Wipe(session.number), *says))


def finish(session: Session, *, kept: bool = False) -> Step:
    """The resident says it is over; a card that still lies there is asked to be taken back."""
    step = over(session, kept=kept)
    if not session.card_on_reader:
        return step
    asking = replace(step.session, screen=TakeCard(), card_on_reader=True, card_sure=session.card_sure)
    return Step(asking, step.effects)


def home(session: Session, facts: Facts, *, kept: bool = False) -> Step:
    """Home as this person: the item and everything that belonged to it is dropped, the dues are asked anew."""
    if session.another_card:
        return anew(session, facts, kept=kept)
    effects = () if kept else leaving(session)
    resident = session.resident if by_card(session.resident) else None
    fresh = replace(
        session,
        item=None,
        consents=(),
        way=None,
        candidate=None,
        proof=None,
        filing=Filing(),
        resident=resident,
        started=session.started or moment(facts),
        screen=_home_screen(resident, session, facts),
    )
    if resident is None:
        return Step(fresh, effects)
    return Step(fresh, (*effects, FindDues(session.number, resident.number), *_ask_for(session, resident, facts)))


def _ask_for(session: Session, resident: Person, facts: Facts) -> tuple[Effect, ...]:
    """Only the hub knows what waits elsewhere; far from it, one has the code on the other's slip."""
    asking = tuple(one for one in facts.items if one.announced and facts.hub_near)
    return tuple(FindAsked(session.number, item, resident.number) for item in asking)


def anew(session: Session, facts: Facts, *, kept: bool = False) -> Step:
    """Another person's card lies there: nothing of the one before is shown again, and that card is read as a first."""
    ended = over(session, kept=kept)
    begun = home(replace(ended.session, card_on_reader=session.card_on_reader), facts)
    # nobody is told to take a card back that is about to be asked for
    effects = tuple(effect for effect in ended.effects if not isinstance(effect, Say))
    return Step(begun.session, (*effects, *begun.effects, ReadCard()))


def _home_screen(resident: Person | None, session: Session, facts: Facts) -> Home:
    known = resident is not None
    return Home(
        known=known,
        finding=known and session.dues is None,
        asked=session.asked if known else (),
        mine=(session.dues or ()) if known else (),
        cut_short=cut_short(session, facts.items) if known else None,
        big=tuple(item for item in facts.items if item.big),
        all=facts.items,
        masked_name=resident.masked_name if resident is not None else "",
    )


def welcome(session: Session, person: Person, facts: Facts) -> Step:
    """A card laid where nobody was: home with 您的事 first."""
    known = replace(session, resident=person, dues=None, asked=(), started=session.started or moment(facts))
    step = home(known, facts)
    return Step(step.session, (*step.effects, FindDraft(session.number, person)))


def cut_short(session: Session, items: tuple[ItemCard, ...]) -> ItemCard | None:
    """The item of the draft that waits for this card holder."""
    draft = session.draft
    return next((item for item in items if draft is not None and item.id == draft.item), None)


def guide(session: Session, item: ItemCard, facts: Facts) -> Step:
    """The item's guide; what cannot be done now is said here, before anything is asked."""
    tries = facts.limits.face_tries if session.face_tries_left is None else session.face_tries_left
    screen = guide_screen(session, item, facts)
    filing = session.filing if session.filing.item == item.id else Filing()
    fresh = replace(session, item=item, screen=screen, face_tries_left=tries, filing=filing)
    return Step(
        replace(fresh, consents=(), way=None, proof=None), (*stopping(session), *let_go(session.filing, filing))
    )


def guide_screen(session: Session, item: ItemCard, facts: Facts) -> Guide:
    """The guide for what is so now."""
    return Guide(
        item=item,
        blocked=blocked(session, item, facts),
        will_be_kept=not item.needs_hub and not facts.hub_near,
    )


def blocked(session: Session, item: ItemCard, facts: Facts) -> Reason:
    """Why the item cannot be done now; NONE when it can."""
    if (full := no_room(item, facts)) is not Reason.NONE:
        return full
    if nothing_wanted(item):
        return Reason.NOTHING_WANTED
    if item.needs_hub and not facts.hub_near:
        return Reason.NEEDS_HUB
    if not facts.reader_ready and not by_card(session.resident):
        # a typed number needs a witness, and the witness needs the reader too
        return Reason.NO_WAY
    return Reason.NONE


def consent(session: Session, facts: Facts) -> Step:
    """The ways to make sure who it is; whatever was shown before is dropped."""
    assert session.item is not None
    effects = stopping(session)
    fresh = replace(session, consents=(), way=None, candidate=None, proof=None, draft=None)
    return Step(replace(fresh, screen=consent_screen(session, session.item, facts)), effects)


def consent_screen(session: Session, item: ItemCard, facts: Facts) -> Consent:
    """The consent screen for what is so now."""
    person = session.resident
    offered = face_offered(item, person, facts)
    return Consent(
        item=item,
        card=accepts(item, Level.CARD) and bool(item.identity),
        face=offered,
        face_reason=Reason.NONE if offered else face_reason(person, facts),
        witness=witness_offered(item, person),
        later=later_offered(item, person, facts),
        masked_name=person.masked_name if person is not None else "",
    )


def agree(session: Session, ids: tuple[str, ...], facts: Facts) -> Session:
    """Adds what was just agreed to, once each."""
    had = {consent.id for consent in session.consents}
    new = tuple(Agreed(name, facts.consent_version, moment(facts)) for name in ids if name not in had)
    return replace(session, consents=session.consents + new)


def card_wanted(session: Session, purpose: CardFor, facts: Facts) -> Step:
    """Asks for the card; one that already lies there is read."""
    reading = session.card_on_reader and facts.reader_ready
    screen = CardWanted(
        purpose=purpose,
        reading=reading,
        typing=purpose is CardFor.IDENTITY and typing_offered(session.item, facts),
        reason=Reason.NONE if facts.reader_ready else Reason.READER_LOST,
    )
    effects: tuple[Effect, ...] = (ReadCard(),) if reading else (Say("journey.say.card"),)
    return Step(replace(session, screen=screen), stopping(session) + effects)


def face(session: Session, facts: Facts) -> Step:
    """The face check, or the same screen saying why there is none, with the other ways."""
    person = session.resident
    assert person is not None
    effects = stopping(session)
    session = replace(session, proof=None)
    reason = face_reason(person, facts)
    screen = Face(
        stage=FaceStage.OPENING,
        tries_left=session.face_tries_left or 0,
        witness=witness_offered(session.item, person),
        later=later_offered(session.item, person, facts),
    )
    if reason is not Reason.NONE:
        screen = replace(screen, stage=FaceStage.UNAVAILABLE, reason=reason)
        return Step(replace(session, screen=screen), effects)
    if not session.face_tries_left:
        screen = replace(screen, stage=FaceStage.FAILED, reason=Reason.FACE_NO_TRIES)
        return Step(replace(session, screen=screen), effects)
    start = StartFace(session.number, person.photo, person.number)
    return Step(replace(session, screen=screen), (*effects, start))


def witness(session: Session, facts: Facts) -> Step:
    """Asks the helper for a card; the resident's own must be off the reader first."""
    reason = Reason.NONE
    if not facts.helpers_known:
        reason = Reason.WITNESS_NO_LIST
    elif not facts.reader_ready:
        reason = Reason.READER_LOST
    screen = WitnessScreen(
        lift_first=session.card_on_reader,
        reason=reason,
        later=later_offered(session.item, session.resident, facts),
    )
    return Step(
        replace(session, screen=screen, way=Way.WITNESS, proof=None, candidate=None),
        (*stopping(session), Say("journey.say.witness")),
    )


def later(session: Session, facts: Facts) -> Step:
    """Asks for the separate consent to a sealed picture."""
    reason = Reason.NONE if facts.camera_ready else Reason.FACE_NO_CAMERA
    screen = LaterCheck(reason=reason, witness=witness_offered(session.item, session.resident))
    return Step(replace(session, screen=screen, way=Way.LATER, proof=None), stopping(session))


def confirm(session: Session, proof: Proof, facts: Facts) -> Step:
    """Shows what will be sent, masked; the camera is closed by now."""
    assert session.item is not None
    assert session.resident is not None
    course = course_of(session)
    filled, papers = course.filled(), tuple(_papers_seen(course, facts))
    # nobody types a name, so none is sent with a typed number
    whose = "journey.sending.person" if by_card(session.resident) else "journey.sending.number"
    screen = Confirm(
        item=session.item,
        way=proof.way,
        masked_name=session.resident.masked_name,
        masked_number=session.resident.masked_number,
        witness_masked_name=proof.witness.masked_name if proof.witness is not None else "",
        sending=("journey.sending.item", whose, SENDING[proof.way]),
        acting=session.filing.acting if "whose" in session.item.steps else None,
        filled=filled,
        papers=papers,
        gifts=tuple(_gifts_seen(course)),
        delivery=session.filing.delivery,
    )
    return Step(replace(session, proof=proof, candidate=None, screen=screen), camera_closed(session))


def _papers_seen(course: Course, facts: Facts) -> Iterator[PaperSeen]:
    for paper in course.papers():
        where = course.paper(paper.id)
        if where is not None:
            certificate = course.certificate(paper)
            stop = None if certificate else course.stop_of(f"paper.{paper.id}")
            scan = course.filing.gift(Gift.SCAN, paper.id)
            pages = 0 if scan is None else scan.pages
            yield PaperSeen(paper, where, certificate, bring_by(paper, today(facts)), stop, pages)


def _gifts_seen(course: Course) -> Iterator[GiftSeen]:
    for gift in course.item.gifts if "attachments" in course.item.steps else ():
        given = course.filing.gift(Gift(gift.kind), gift.id)
        if given is not None:
            stop = Stop(Kind(gift.kind), gift.id)
            yield GiftSeen(gift.name, stop, bool(given.sha256), given.pages, given.seconds)


def lookup(session: Session, facts: Facts, reason: Reason = Reason.NONE) -> Step:
    """The two ways to look something up."""
    return Step(replace(session, screen=Lookup(hub=facts.hub_near, scan=facts.scanner_ready, reason=reason)))


def look_up_code(session: Session, code: str, facts: Facts, seal: str = "") -> Step:
    """Asks for the case of a claim code, typed or scanned (with its seal), as often as one may try in a visit."""
    tried = replace(session, code_tries=session.code_tries + 1)
    if tried.code_tries > facts.limits.code_tries:
        return lookup(tried, facts, Reason.TOO_MANY_TRIES)
    screen = Working(Doing.LOOKING_UP, asks_hub=facts.hub_near)
    return Step(replace(tried, screen=screen), (LookUpCode(session.number, code, seal),))


def look_up_card(session: Session, person: Person, facts: Facts) -> Step:
    """Asks for the cases of the person whose card was laid."""
    screen = Working(Doing.LOOKING_UP, asks_hub=facts.hub_near)
    return Step(replace(session, screen=screen), (LookUpCard(session.number, person.number),))
