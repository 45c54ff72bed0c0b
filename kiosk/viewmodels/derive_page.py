"""From a session to the page that shows it: one pure function, one case a screen."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from kiosk.journey import certificates, screens
from kiosk.journey.power import Power
from kiosk.journey.session import Facts, Session
from kiosk.viewmodels import (
    derive_claim,
    derive_course,
    derive_giving,
    derive_identity,
    derive_start,
    derive_withdrawing,
)
from kiosk.viewmodels.derive_certificate import with_certificate
from kiosk.viewmodels.page_props import PageProps, Words
from kiosk.viewmodels.steps import steps_of


def derive_page(session: Session, facts: Facts, words: Words, *, enrolled: bool = True) -> PageProps:
    """Everything the page shows; QML adds nothing."""
    page = replace(_page(session, facts, words, enrolled), steps=steps_of(session.screen, session.item, words))
    if session.another_card and isinstance(session.screen, screens.Guide | screens.LaterCheck | screens.Confirm):
        shut = tuple(replace(row, usable=False) for row in page.actions)
        another = words(screens.Reason.ANOTHER_CARD.value)
        page = replace(page, notice=another, notice_tone="warn", actions=shut)
    if page.notice or isinstance(session.screen, screens.PowerOut):
        return page
    # Where nothing more pressing stands, the page tells what is so all around.
    if facts.power is not Power.MAINS:
        return replace(page, notice=words("screen.power.finish"), notice_tone="warn")
    if facts.cabinet_open:
        return replace(page, notice=words("screen.cabinet_open"))
    return page


def _page(session: Session, facts: Facts, words: Words, enrolled: bool) -> PageProps:
    screen = session.screen
    match screen:
        case screens.Attract():
            return derive_start.attract(screen, facts, words, enrolled)
        case screens.Home():
            return derive_start.home(screen, facts, words)
        case screens.Guide():
            return derive_start.guide(screen, words)
        case screens.Consent():
            return derive_identity.consent(screen, words)
        case screens.CardWanted():
            return derive_identity.card_wanted(screen, words)
        case screens.Typing():
            return derive_identity.typing(screen, words)
        case screens.Face():
            return derive_identity.face(screen, words)
        case screens.LaterCheck():
            return derive_identity.later_check(screen, words)
        case screens.Witness():
            return derive_identity.witness(screen, words)
        case screens.Asked():
            return derive_course.asked(screen, words)
        case screens.Filling():
            return derive_course.filling(screen, words)
        case screens.Giving():
            return derive_giving.giving(screen, words)
        case screens.Confirm():
            return derive_claim.confirm(screen, words)
        case screens.Working():
            return derive_claim.working(screen, words)
        case screens.Done():
            return _certified(derive_claim.done(screen, words), screen, session, facts, words)
        case screens.Rating():
            return derive_course.rating(screen, words)
        case screens.TakeCard():
            return derive_start.take_card(words)
        case screens.PowerOut():
            return derive_start.power_out(screen, words)
        case screens.Lookup():
            return derive_claim.lookup(screen, words)
        case screens.LookupResult():
            found = derive_withdrawing.with_offers(derive_claim.lookup_result(screen, words), screen, facts, words)
            return _certified(found, screen, session, facts, words)
        case screens.Withdrawing():
            return derive_withdrawing.withdrawing(screen, words)
        case screens.Sorry():
            return derive_start.sorry(screen, words)
    assert_never(screen)


def _certified(
    page: PageProps, screen: screens.Done | screens.LookupResult, session: Session, facts: Facts, words: Words
) -> PageProps:
    standing = certificates.standing(certificates.in_hand(screen), session, facts)
    return with_certificate(page, standing, screen.certificate, words, at=facts.documents_at)
