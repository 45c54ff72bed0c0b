"""What services answered. An answer to another session is a stranger's and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, assert_never

from kiosk.journey import certificates, filling, giving, moves, reviewing, withdrawing
from kiosk.journey.acts import (
    AnswerHeard,
    AskedFound,
    CertificateSettled,
    DraftFound,
    DuesFound,
    FaceFailed,
    FacePassed,
    FaceProgress,
    GiveSealed,
    GiveStood,
    HelperChecked,
    HubTold,
    KeepFailed,
    Kept,
    Looked,
    PictureFailed,
    PictureTaken,
    PrintSettled,
    ReviewKept,
    SupplementKept,
    WithdrawalKept,
)
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, PartSeen
from kiosk.journey.effects import AwaitAnswer, Awaited, DropPicture, PrintSlip, Say
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Level, Proof, Way
from kiosk.journey.screens import (
    Doing,
    Done,
    Face,
    FaceStage,
    Giving,
    Guide,
    Home,
    LaterCheck,
    LookupResult,
    Paper,
    Reason,
    Sorry,
    Whose,
    Withdrawing,
    Witness,
    Working,
)
from kiosk.journey.session import Facts, Session, Step
from kiosk.journey.slip_claim import heard, of_done, wished
from kiosk.journey.theme import wanted_parts
from offline.wire import claims

Answer = (
    AskedFound
    | DuesFound
    | DraftFound
    | FaceProgress
    | FacePassed
    | FaceFailed
    | PictureTaken
    | PictureFailed
    | GiveStood
    | GiveSealed
    | SupplementKept
    | ReviewKept
    | WithdrawalKept
    | HelperChecked
    | Kept
    | KeepFailed
    | HubTold
    | AnswerHeard
    | PrintSettled
    | CertificateSettled
    | Looked
)

NOT_KEPT: Final[Mapping[Reason, tuple[Whose, str]]] = MappingProxyType(
    {
        Reason.DISK_FULL: (Whose.DEVICE, "journey.advice.disk_full"),
        Reason.KEEP_IN_DOUBT: (Whose.DEVICE, "journey.advice.keep_in_doubt"),
    }
)
"""Whose fault it is that an act is not kept, and what to do; whatever stands not here is ours."""


def came(session: Session, answer: Answer, facts: Facts) -> Step:
    """An answer to this session."""
    match answer:
        case AskedFound():
            return _asked(session, answer)
        case DuesFound():
            return _dues(session, answer)
        case DraftFound():
            return _draft(session, answer)
        case FaceProgress() | FacePassed() | FaceFailed():
            return _face(session, answer, facts)
        case PictureTaken() | PictureFailed():
            return _picture(session, answer, facts)
        case GiveStood():
            return giving.stood(session, answer)
        case GiveSealed():
            return giving.sealed(session, answer, facts)
        case SupplementKept():
            return giving.supplemented(session, answer)
        case ReviewKept():
            return reviewing.kept(session, answer)
        case WithdrawalKept():
            return withdrawing.kept(session)
        case HelperChecked():
            return _helper(session, answer, facts)
        case Kept():
            return _kept(session, answer, facts)
        case KeepFailed():
            return _keep_failed(session, answer)
        case HubTold():
            return filling.told(session, answer, facts)
        case AnswerHeard():
            return _heard(session, answer)
        case PrintSettled():
            return _settled(session, answer)
        case CertificateSettled():
            return certificates.settled(session, answer)
        case Looked():
            return _looked(session, answer)
    assert_never(answer)


def stray(session: Session, answer: Answer) -> Step:
    """An answer to a session that is over; only a picture that nobody will send must still be deleted."""
    if isinstance(answer, GiveSealed):
        return Step(session, (DropPicture(answer.given.sha256, ""),))
    if isinstance(answer, PictureTaken):
        return Step(session, (DropPicture(answer.sha256, answer.path),))
    return Step(session)


def _asked(session: Session, answer: AskedFound) -> Step:
    others = tuple(one for one in session.asked if one.item.id != answer.item)
    asked = tuple(sorted((*others, *answer.asked), key=lambda one: one.own))  # whom others wait for hears that first
    known = replace(session, asked=asked)
    if isinstance(session.screen, Home) and session.screen.known:
        return Step(replace(known, screen=replace(session.screen, asked=asked)))
    return Step(known)


def _dues(session: Session, answer: DuesFound) -> Step:
    known = replace(session, dues=answer.dues)
    if isinstance(session.screen, Home) and session.screen.known:
        mine = replace(session.screen, finding=False, mine=answer.dues, slips_waiting=answer.slips_waiting)
        return Step(replace(known, screen=mine))
    return Step(known)


def _draft(session: Session, answer: DraftFound) -> Step:
    """Offered on home, now or when she comes back to it; who has begun something else has let it go."""
    draft = answer.draft
    if draft is None or not isinstance(session.screen, Home | Guide):
        return Step(session)
    known = replace(session, draft=draft)
    if isinstance(session.screen, Home):
        return Step(
            replace(known, screen=replace(session.screen, cut_short=moves.cut_short(known, session.screen.all)))
        )
    return Step(known)


def _face(session: Session, answer: FaceProgress | FacePassed | FaceFailed, facts: Facts) -> Step:
    screen = session.screen
    if not isinstance(screen, Face) or screen.stage in (FaceStage.FAILED, FaceStage.UNAVAILABLE):
        return Step(session)
    match answer:
        case FaceProgress():
            shown = replace(screen, stage=answer.stage, prompt=answer.prompt, progress=answer.progress)
            says = (Say(answer.prompt),) if answer.prompt and answer.prompt != screen.prompt else ()
            return Step(replace(session, screen=shown), says)
        case FacePassed():
            proof = Proof(Way.FACE, Level.CARD_FACE, score=answer.score, model=answer.model)
            return filling.begin(session, proof, facts)
        case FaceFailed(final=True):
            gone = replace(screen, stage=FaceStage.UNAVAILABLE, reason=answer.reason, prompt="")
            return Step(replace(session, screen=gone))
        case FaceFailed(reason=Reason.FACE_NO_CAMERA | Reason.FACE_COVERED):
            # not the person's fault, so it costs no try
            left = session.face_tries_left or 0
            failed = replace(screen, stage=FaceStage.FAILED, reason=answer.reason, prompt="", tries_left=left)
            return Step(replace(session, screen=failed))
        case FaceFailed():
            left = max((session.face_tries_left or 0) - 1, 0)
            failed = replace(screen, stage=FaceStage.FAILED, reason=answer.reason, prompt="", tries_left=left)
            return Step(replace(session, screen=failed, face_tries_left=left))
    assert_never(answer)


def _picture(session: Session, answer: PictureTaken | PictureFailed, facts: Facts) -> Step:
    screen = session.screen
    if not isinstance(screen, LaterCheck) or not screen.agreed:
        return stray(session, answer)
    match answer:
        case PictureTaken():
            proof = Proof(
                Way.LATER,
                Level.CARD_LATER_CHECK,
                picture_sha256=answer.sha256,
                picture_path=answer.path,
            )
            return filling.begin(session, proof, facts)
        case PictureFailed():
            failed = replace(screen, agreed=False, reason=answer.reason)
            return Step(replace(session, screen=failed))
    assert_never(answer)


def _helper(session: Session, answer: HelperChecked, facts: Facts) -> Step:
    screen = session.screen
    candidate = session.candidate
    if not isinstance(screen, Witness) or candidate is None or candidate.number != answer.number:
        return Step(session)
    if answer.listed:
        level = Level.CARD_WITNESSED if moves.by_card(session.resident) else Level.TYPED_WITNESSED
        return filling.begin(session, Proof(Way.WITNESS, level, witness=candidate), facts)
    reason = Reason.WITNESS_NO_LIST if answer.listed is None else Reason.WITNESS_NOT_LISTED
    refused = replace(screen, checking=False, lift_first=session.card_on_reader, reason=reason)
    return Step(replace(session, screen=refused, candidate=None))


def _kept(session: Session, answer: Kept, facts: Facts) -> Step:
    screen = session.screen
    if not _keeping(session) or session.item is None or session.resident is None:
        return Step(session)
    assert isinstance(screen, Working)
    done = Done(
        item=session.item,
        event_id=answer.event_id,
        claim_code=answer.claim_code,
        claim_shown=claims.shown(answer.claim_code),
        kept_at=answer.kept_at,
        clock_sure=answer.clock_sure,
        masked_name=session.resident.masked_name,
        take_card=session.card_on_reader,
        further=replace(wished(moves.course_of(session)), parts=_parts(session.item)),
    )
    if session.item.at_once and facts.hub_near:
        waiting = Working(Doing.WAITING, asks_hub=True, done=done)
        return Step(
            replace(session, screen=waiting), (AwaitAnswer(session.number, answer.event_id, answer.claim_code),)
        )
    return told(session, done)


def _parts(item: ItemCard) -> tuple[PartSeen, ...]:
    """The parts of a theme, of which the hub has said nothing yet."""
    return tuple(PartSeen(each.name) for each in wanted_parts(item))


def told(session: Session, done: Done) -> Step:
    """What is known now of the act just kept, on the screen and on the one slip."""
    slip = PrintSlip(session.number, of_done(done), done.item)
    to_pay = done.order is not None and done.order.pay_url
    says = Say("journey.say.pay" if to_pay else f"journey.say.{done.stage.value}")
    return Step(replace(session, screen=done), (slip, says, *followed(session, done)))


def followed(session: Session, done: Done) -> tuple[AwaitAnswer, ...]:
    """What is still to come while she stands there; asked for after a slip, which ends whatever was followed."""
    if done.order is not None and done.order.pay_url:
        awaited = Awaited.PAYMENT
    elif done.further.making:
        awaited = Awaited.CERTIFICATE
    else:
        return ()
    return (AwaitAnswer(session.number, done.event_id, done.claim_code, awaited),)


def _paid(session: Session, done: Done, answer: AnswerHeard) -> Step:
    """The screen with the QR hears that it was paid, or is over: told anew, with a slip that says so."""
    claim = answer.claim
    if done.event_id != answer.event_id or claim is None or done.order is None or not done.order.pay_url:
        return Step(session)
    if claim.order is None or claim.order.pay_url or claim.state in ("", "received"):
        return Step(session)
    return told(session, replace(heard(done, claim), paper=Paper.WAITING, take_card=session.card_on_reader))


def _sealed(session: Session, done: Done, answer: AnswerHeard) -> Step:
    """The certificate of what was just settled is there to be printed; the slip has said all else."""
    if done.event_id != answer.event_id or answer.claim is None:
        return Step(session)
    return Step(replace(session, screen=replace(done, further=answer.claim.further)))


def _heard(session: Session, answer: AnswerHeard) -> Step:
    screen = session.screen
    if isinstance(screen, Done):
        return _sealed(session, screen, answer) if screen.further.making else _paid(session, screen, answer)
    done = screen.done if isinstance(screen, Working) else None
    if not isinstance(screen, Working) or done is None or done.event_id != answer.event_id:
        return Step(session)
    known = done if answer.claim is None else heard(done, answer.claim)
    # the card may have been lifted while the answer was waited for
    known = replace(known, take_card=session.card_on_reader)
    if answer.final:
        return told(session, known)
    return Step(replace(session, screen=replace(screen, done=known)))


def _keep_failed(session: Session, answer: KeepFailed) -> Step:
    if isinstance(session.screen, Giving):
        return giving.not_kept(session, answer)
    if isinstance(session.screen, Withdrawing):
        return withdrawing.not_kept(session, session.screen, answer)
    if not _keeping(session):
        return Step(session)
    whose, advice = NOT_KEPT.get(answer.reason, (Whose.US, "journey.advice.try_again"))
    # what may have been kept is not to be changed and made again, only made sure of
    doubt = answer.reason is Reason.KEEP_IN_DOUBT
    ways: tuple[Button, ...] = (Button.RETRY, Button.HOME) if doubt else (Button.RETRY, Button.BACK, Button.HOME)
    sorry = Sorry(whose=whose, reason=answer.reason, advice=advice, ways=ways)
    return Step(replace(session, screen=sorry))


def _keeping(session: Session) -> bool:
    return isinstance(session.screen, Working) and session.screen.doing is Doing.KEEPING


def _settled(session: Session, answer: PrintSettled) -> Step:
    match session.screen:
        case Done(event_id=event_id) as done if event_id == answer.event_id:
            shown = replace(done, paper=answer.paper, paper_text=answer.text)
            return Step(replace(session, screen=shown))
        case LookupResult() as result if result.claims and result.to_print.event_id == answer.event_id:
            return Step(replace(session, screen=_result_settled(result, answer)))
        case _:
            return Step(session)


def _result_settled(result: LookupResult, answer: PrintSettled) -> LookupResult:
    """A slip that came out waits no longer; where another still waits, the next print is that one's first."""
    seen = replace(result, paper=answer.paper, paper_text=answer.text)
    if answer.paper is not Paper.PRINTED or not result.to_print.slip_unsettled:
        return seen
    printed = result.to_print
    claims = tuple(replace(each, slip_unsettled=False) if each is printed else each for each in result.claims)
    more = any(each.slip_unsettled for each in claims)
    return replace(seen, claims=claims, prints=0 if more else seen.prints)


def _looked(session: Session, answer: Looked) -> Step:
    screen = session.screen
    if not isinstance(screen, Working) or screen.doing is not Doing.LOOKING_UP:
        return Step(session)
    result = LookupResult(claims=answer.claims, answered=answer.answered, reason=answer.reason)
    if answer.reason is Reason.LOOKUP_FAILED and answer.answered is Answered.HERE:
        # Nobody has looked, so nobody has guessed: whoever is asked to try again has not used up a try.
        session = replace(session, code_tries=max(0, session.code_tries - 1))
    return Step(replace(session, screen=result))
