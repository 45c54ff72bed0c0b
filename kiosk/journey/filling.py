"""Between identity and confirm: what the item asks, stop by stop, and what a touch on a question does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, assert_never

from kiosk.journey import giving, moves, pad
from kiosk.journey.acts import HubTold, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.course import GIVING, Course, Kind, Stop, bring_by
from kiosk.journey.effects import AskHub
from kiosk.journey.filing import SKIPPED, Acting, Filing, For, Kin, Known, Organisation, PaperFrom
from kiosk.journey.item import FieldCard
from kiosk.journey.people import Proof
from kiosk.journey.screens import Asked, Doing, Filling, Offer, Reason, Sorry, Whose, Working
from kiosk.journey.session import Facts, Session, Step
from seeds import identifiers

FROM_HOUSEHOLD: Final = "kin-"
FROM_AGENCIES: Final = "organisation-"
TYPED: Final = {each.value: each for each in (For.FAMILY, For.OTHER, For.ORGANISATION)}
_SCAN: Final = {True: "screen.paper_from.scan_detail", False: "journey.give.scan_away"}
YES_NO: Final = {"yes": True, "no": False}


def begin(session: Session, proof: Proof, facts: Facts) -> Step:
    """Who it is stands: the hub is asked where the item wants to know something, then the resident."""
    assert session.item is not None
    assert session.resident is not None
    filing = session.filing
    if (filing.item, filing.owner) != (session.item.id, session.resident.number):
        filing = Filing(item=session.item.id, owner=session.resident.number)
    gone = moves.let_go(session.filing, filing)
    proven = replace(session, proof=proof, candidate=None, filing=filing)
    if not session.item.asks_hub or filing.asked or not facts.hub_near:
        step = further(proven, facts)
        return Step(step.session, (*gone, *step.effects))
    asking = AskHub(session.number, session.item, session.resident, proof.level.value)
    screen = Working(Doing.ASKING, asks_hub=True)
    return Step(replace(proven, screen=screen), (*gone, *moves.camera_closed(session), asking))


def told(session: Session, answer: HubTold, facts: Facts) -> Step:
    """The hub has answered, or not in time: then everything is asked here."""
    if not isinstance(session.screen, Working) or session.screen.doing is not Doing.ASKING:
        return Step(session)
    known = answer.known
    filing = replace(session.filing, asked=known is not None, known=known or Known())
    return further(replace(session, filing=filing), facts)


def further(session: Session, facts: Facts, after: Stop | None = None) -> Step:
    """The next question that is still open, or everything for confirming."""
    stop = moves.course_of(session).open_stop(after)
    if stop is None:
        assert session.proof is not None
        return moves.confirm(session, session.proof, facts)
    return show(session, stop, facts)


def back(session: Session, stop: Stop | None, facts: Facts) -> Step:
    """One question back (None: from confirm), or to the ways of showing who one is; nothing filled in is lost."""
    before = moves.course_of(session).before(stop)
    if before is not None:
        return show(session, before, facts)
    if moves.by_card(session.resident):
        return moves.consent(session, facts)
    return moves.consent(replace(session, resident=None), facts)


def show(session: Session, stop: Stop, facts: Facts, *, editing: bool = False) -> Step:
    """The question of a stop; one to which no answer can be given is the end of this way, and says so."""
    if stop.kind in GIVING:
        return giving.show(session, stop, facts, editing=editing)
    course = moves.course_of(session)
    field = course.item.field(stop.name) if stop.kind is Kind.FIELD else None
    if stop.kind in (Kind.KIN, Kind.ORGANISATION) or (field is not None and field.kind not in ("choice", "yes_no")):
        optional = field is not None and not field.required
        empty = Filling(course.item, stop, of=field, optional=optional, editing=editing)
        return _shown(session, pad.begun(empty, _typed_before(course, stop, field)))
    offers = tuple(_offers(course, stop, field, facts))
    optional = field is not None and not field.required
    if not any(offer.open for offer in offers) and not optional:
        sorry = Sorry(Whose.ENVIRONMENT, Reason.NOTHING_OFFERED, "journey.advice.ask_helper", (Button.HOME,))
        return Step(replace(session, screen=sorry), moves.camera_closed(session))
    paper = course.item.paper(stop.name) if stop.kind is Kind.PAPER else None
    asked = Asked(
        item=course.item,
        stop=stop,
        offers=offers,
        ask_text=field.ask_text if field is not None else course.item.whose_ask_text if stop.kind is Kind.WHOSE else "",
        hint_text=field.hint_text if field is not None else "",
        paper=paper,
        bring_by=bring_by(paper, moves.today(facts)) if paper is not None else "",
        optional=optional,
        editing=editing,
    )
    return _shown(session, asked)


def asked(session: Session, screen: Asked, touch: Touched, facts: Facts) -> Step:
    """A finger on a question with answers."""
    match touch.button:
        case Button.CHOOSE if any(offer.value == touch.value and offer.open for offer in screen.offers):
            filing = _chosen(moves.course_of(session), screen.stop, touch.value)
            chosen = replace(session, filing=filing)
            scan = Stop(Kind.SCAN, screen.stop.name)
            if screen.stop.kind is Kind.PAPER and touch.value == PaperFrom.SCAN.value:
                step = show(chosen, scan, facts, editing=screen.editing)  # also one that was scanned already
            else:
                step = further(chosen, facts, screen.stop)
            return Step(step.session, (*moves.let_go(session.filing, filing), *step.effects))
        case _:
            return _beside(session, screen, touch.button, facts)


def filling(session: Session, screen: Filling, touch: Touched, facts: Facts) -> Step:
    """A finger on the number pad of a question."""
    match touch.button:
        case Button.DIGIT:
            return Step(replace(session, screen=pad.typed(screen, touch.value)))
        case Button.ERASE:
            return Step(replace(session, screen=pad.erased(screen)))
        case Button.ENTER if screen.complete:
            return _entered(session, screen, facts)
        case _:
            return _beside(session, screen, touch.button, facts)


def edit(session: Session, key: str, facts: Facts) -> Step:
    """From confirm to one question, and from there back to confirm."""
    stop = moves.course_of(session).stop_of(key)
    return Step(session) if stop is None else show(session, stop, facts, editing=True)


def _shown(session: Session, screen: Asked | Filling) -> Step:
    return Step(replace(session, screen=screen), moves.camera_closed(session))


def _beside(session: Session, screen: Asked | Filling, button: Button, facts: Facts) -> Step:
    match button:
        case Button.SKIP if screen.optional:
            filing = session.filing.with_value(screen.stop.name, SKIPPED)
            return further(replace(session, filing=filing), facts, screen.stop)
        case Button.BACK if screen.editing:
            return further(session, facts)
        case Button.BACK:
            return back(session, screen.stop, facts)
        case _:
            return Step(session)


def _entered(session: Session, screen: Filling, facts: Facts) -> Step:
    value, reason = pad.entered(screen)
    resident = session.resident
    if reason is Reason.NONE and pad.is_number(screen.of) and resident is not None and value == resident.number:
        reason = Reason.KIN_IS_SELF
    if reason is Reason.USCC_DOUBT and screen.reason is reason:
        reason = Reason.NONE  # some early codes break their check: who has compared and says so again is believed
    if reason is not Reason.NONE:
        return Step(replace(session, screen=replace(screen, reason=reason)))
    if screen.of is not None:
        filing = session.filing.with_value(screen.of.name, value)
    else:
        acting = session.filing.acting
        assert acting is not None
        whom = _typed_whom(screen, str(value), session.filing.known)
        filing = replace(session.filing, acting=replace(acting, kin=whom.kin, organisation=whom.organisation))
    return further(replace(session, filing=filing), facts, screen.stop)


def _typed_whom(screen: Filling, text: str, known: Known) -> Acting:
    if not screen.of_organisation:
        kin = Kin(text, masked_number=identifiers.mask_number(text), birth=text[6:14])
        return Acting(For.OTHER, kin)
    told = next((each for each in known.organisations if each.uscc == text), None)
    return Acting(For.ORGANISATION, organisation=told or Organisation(text))


def _typed_before(course: Course, stop: Stop, field: FieldCard | None) -> str | int | bool | None:
    if field is not None:
        return course.value(field)
    acting = course.filing.acting
    if stop.kind is Kind.ORGANISATION:
        return None if acting is None or acting.organisation is None else acting.organisation.uscc
    return None if acting is None or acting.kin is None else acting.kin.number


def _offers(course: Course, stop: Stop, field: FieldCard | None, facts: Facts) -> Iterator[Offer]:
    match stop.kind:
        case Kind.WHOSE:
            yield from _people(course)
        case Kind.FIELD if field is not None and field.kind == "yes_no":
            value = course.value(field)
            for word, meant in YES_NO.items():
                yield Offer(word, text=f"screen.asked.{word}", chosen=value is meant)
        case Kind.FIELD if field is not None:
            value = course.value(field)
            for each in course.choices(field):
                chosen = each.value == value
                yield Offer(each.value, name=each.name, detail_text=each.detail_text, open=each.open, chosen=chosen)
        case Kind.PAPER:
            paper = course.item.paper(stop.name)
            chosen_way = course.filing.paper(stop.name)
            if paper is not None and paper.scan:
                there = "document_camera" in facts.gives
                yield replace(_paper_offer(PaperFrom.SCAN, chosen_way), detail=_SCAN[there], open=there)
            if paper is not None and paper.later_days:
                yield _paper_offer(PaperFrom.LATER, chosen_way)
        case Kind.DELIVERY:
            for way in course.item.delivery:
                text, detail = f"screen.delivery.{way}", f"screen.delivery.{way}_detail"
                yield Offer(way, text=text, detail=detail, chosen=way == course.filing.delivery)
        case Kind.KIN | Kind.ORGANISATION | Kind.FIELD | Kind.SCAN | Kind.PHOTO | Kind.VOICE | Kind.SIGNATURE:
            return
        case _:
            assert_never(stop.kind)


def _paper_offer(way: PaperFrom, chosen: PaperFrom | None) -> Offer:
    text = "scan_now" if way is PaperFrom.SCAN else way.value
    return Offer(way.value, text=f"screen.paper_from.{text}", chosen=way is chosen)


def _people(course: Course) -> Iterator[Offer]:
    """Whoever it may be for: the resident, the household as far as the hub knows it, and anybody by number."""
    allows, acting, resident = course.item.whose, course.filing.acting, course.resident
    household = course.filing.known.household
    if For.SELF.value in allows:
        chosen = acting is not None and acting.whose is For.SELF
        name = resident.masked_name or resident.masked_number
        yield Offer(For.SELF.value, text="screen.whose.self", detail_text=name, chosen=chosen)
    if For.FAMILY.value in allows:
        for n, kin in enumerate(household):
            chosen = acting is not None and acting.kin == kin
            yield Offer(f"{FROM_HOUSEHOLD}{n}", name=kin.masked_name, detail_text=kin.masked_number, chosen=chosen)
    if For.ORGANISATION.value in allows:
        for n, each in enumerate(course.filing.known.organisations):
            chosen, code = acting is not None and acting.organisation == each, pad.code_shown(each.uscc)
            yield Offer(f"{FROM_AGENCIES}{n}", name=each.name, detail_text=code, chosen=chosen)
    for word, whose in TYPED.items():
        if word in allows:
            typed = acting is not None and acting.whose is whose and not _told(course.filing.known, acting)
            yield Offer(word, text=f"screen.whose.{word}", detail=f"screen.whose.{word}_detail", chosen=typed)


def _chosen(course: Course, stop: Stop, value: str) -> Filing:
    filing = course.filing
    match stop.kind:
        case Kind.WHOSE:
            return replace(filing, acting=_acting(filing, value))
        case Kind.FIELD:
            field = course.item.field(stop.name)
            yes_no = field is not None and field.kind == "yes_no"
            return filing.with_value(stop.name, YES_NO[value] if yes_no else value)
        case Kind.PAPER:
            return filing.with_paper(stop.name, PaperFrom(value))
        case Kind.DELIVERY:
            return replace(filing, delivery=value)
        case Kind.KIN | Kind.ORGANISATION | Kind.SCAN | Kind.PHOTO | Kind.VOICE | Kind.SIGNATURE:
            return filing
    assert_never(stop.kind)


def _acting(filing: Filing, value: str) -> Acting:
    if value.startswith(FROM_HOUSEHOLD):
        return Acting(For.FAMILY, filing.known.household[int(value.removeprefix(FROM_HOUSEHOLD))])
    if value.startswith(FROM_AGENCIES):
        return Acting(For.ORGANISATION, organisation=filing.known.organisations[int(value.removeprefix(FROM_AGENCIES))])
    whose, before = For(value), filing.acting
    if before is not None and before.whose is whose and not _told(filing.known, before):
        return before  # chosen again: the number that was typed stays
    return Acting(whose)


def _told(known: Known, acting: Acting) -> bool:
    """Whether the hub told of whom it is for."""
    return acting.kin in known.household or acting.organisation in known.organisations
