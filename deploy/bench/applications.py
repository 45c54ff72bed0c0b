"""An application kept without a screen, for benches and tests: what the journey keeps when a village helper vouched."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from kiosk.journey.effects import KeepEvent
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Consent, Level, Person, Proof, Way
from kiosk.services.offer import items_of
from kiosk.services.payload import application
from offline.store import Kept, TerminalStore
from offline.wire.canonical import time_text
from offline.wire.claims import new_code
from seeds.catalogue import Catalogue
from seeds.people import People
from seeds.people import Person as Invented

VILLAGE: Final = "440981102999"
PENSION: Final = "pension-qualification"


@cache
def pension() -> ItemCard:
    """The item, read once."""
    return next(item for item in items_of(Catalogue.load(), VILLAGE) if item.id == PENSION)


@cache
def invented() -> People:
    """The invented people, read once."""
    return People.load()


def keep_witnessed(store: TerminalStore, applicant: Invented, helper: Invented) -> Kept:
    """Keeps a witnessed application as the journey's storage does."""
    subject = store.subject_of(applicant.id_number)
    payload = witnessed(applicant, helper, subject)
    return store.keep(pension().event_type, payload, claim_code=new_code(), subject=subject)


def witnessed(applicant: Invented, helper: Invented, subject: str) -> dict[str, object]:
    """What is sealed of a witnessed application."""
    item, now = pension(), time_text(datetime.now(UTC))
    wish = KeepEvent(
        session=1,
        item=item,
        applicant=person_of(applicant),
        proof=Proof(way=Way.WITNESS, level=Level.CARD_WITNESSED, witness=person_of(helper)),
        consents=(Consent(id="processing", version="1", at=now),),
        started=now,
        finished=now,
        touches=6,
    )
    return application(wish, region=VILLAGE, subject=subject)


def person_of(person: Invented) -> Person:
    """An invented person as the journey knows a card holder."""
    return Person(
        name=person.name,
        number=person.id_number,
        masked_name=person.masked_name,
        masked_number=person.masked_number,
        birth=f"{person.birth:%Y%m%d}",
        sex=person.sex,
        layout=person.layout,
        valid_to=person.valid_to,
    )
