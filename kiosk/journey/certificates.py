"""Certificates on paper: whether this terminal can print one now, what it says otherwise, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from kiosk.journey.acts import CertificateSettled
from kiosk.journey.claim import Further
from kiosk.journey.effects import PrintCertificate, Say
from kiosk.journey.screens import CertificateOut, Doing, Done, LookupResult, Paper, Working
from kiosk.journey.session import Facts, Session, Step


class Standing(StrEnum):
    """How a case's certificate stands to this terminal; but for NONE and OFFERED each has its sentence."""

    NONE = ""
    OFFERED = "offered"
    MAKING = "making"  # it is being sealed
    BY_CODE = "by_code"  # a card names it, only the claim code opens it
    ELSEWHERE = "elsewhere"  # no printer for documents stands here
    DOWN = "down"
    ENOUGH = "enough"  # printed as often as one visit may
    VOID = "void"


def standing(further: Further, session: Session, facts: Facts) -> Standing:
    """How the newest certificate of a case stands; a voucher is shown, not printed."""
    papers = tuple(each for each in further.certificates if not each.qr)
    if not papers:
        return Standing.NONE
    if further.printable is None:
        states = {each.state for each in papers}
        return Standing.MAKING if "making" in states else Standing.BY_CODE if "ready" in states else Standing.VOID
    if not facts.documents_here:
        return Standing.ELSEWHERE
    if session.papers >= facts.limits.certificate_copies:
        return Standing.ENOUGH
    return Standing.OFFERED if facts.documents_ready else Standing.DOWN


def in_hand(screen: Done | LookupResult) -> Further:
    """What there is of the case whose certificate would be printed."""
    if isinstance(screen, Done):
        return screen.further
    having = (claim.further for claim in screen.claims if claim.further.certificates)
    return next(having, Further())


def print_one(session: Session, screen: Done | LookupResult, facts: Facts) -> Step:
    """Begins to print where it is offered; until it is settled nobody is led away from what comes out."""
    further = in_hand(screen)
    certificate = further.printable
    if certificate is None or standing(further, session, facts) is not Standing.OFFERED:
        return Step(session)
    waiting = Working(Doing.PRINTING, asks_hub=True, after=replace(screen, certificate=None))
    return Step(replace(session, screen=waiting), (PrintCertificate(session.number, certificate),))


def settled(session: Session, answer: CertificateSettled) -> Step:
    """Back to where it was asked for, with what the printer said."""
    working = session.screen
    if not isinstance(working, Working) or working.after is None:
        return Step(session)
    after = replace(working.after, certificate=CertificateOut(answer.paper, answer.text))
    if isinstance(after, Done):
        after = replace(after, take_card=session.card_on_reader)  # it may have been lifted meanwhile
    says = (Say("journey.say.certificate"),) if answer.paper is Paper.PRINTED else ()
    came = answer.paper in (Paper.PRINTED, Paper.UNKNOWN)  # what surely did not come out costs nothing
    return Step(replace(session, screen=after, papers=session.papers + came), says)
