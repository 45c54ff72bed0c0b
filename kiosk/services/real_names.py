"""Signs how this terminal made sure of somebody, for one visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.journey.effects import KeepEvent
from kiosk.journey.filing import Acting
from kiosk.journey.people import Person, Proof
from kiosk.services.payload import agency_of
from offline.wire.canonical import parse_time
from offline.wire.real_name import Proven, sign_real_name
from offline.wire.trouble import MalformedRecord

Attest = Callable[[KeepEvent, str, datetime], dict[str, str]]
"""The record for an act that is being kept: the act, its name, and the time of now."""


def attesting(signing_private: bytes) -> Attest:
    """Made with the terminal's signing key, which the hub knows since the enrolment."""

    def attest(effect: KeepEvent, name: str, now: datetime) -> dict[str, str]:
        made_sure = proven(effect.applicant, effect.proof, effect.filed.acting)
        return sign_real_name(signing_private, made_sure, name, _began(effect, now), now)

    return attest


def proven(applicant: Person, proof: Proof, acting: Acting) -> Proven:
    """Who was made sure of, and how, in the words of the payload."""
    witness = "" if proof.witness is None else proof.witness.number
    organisation = "" if acting.organisation is None else acting.organisation.uscc
    return Proven(applicant.number, proof.level.value, proof.way.value, witness, organisation, agency_of(acting))


def _began(effect: KeepEvent, now: datetime) -> datetime:
    """When the visit began; a clock set meanwhile leaves only the moment of keeping."""
    try:
        began = parse_time(effect.started)
    except MalformedRecord:
        return now
    return min(began, now)
