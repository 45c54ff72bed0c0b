"""An application as a journey keeps it, of invented people: what benches and tests fill outboxes with."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from kiosk.journey.effects import KeepEvent
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Consent, Level, Person, Proof, Way
from kiosk.services.offer import items_of
from offline.wire.canonical import time_text
from seeds.catalogue import Catalogue
from seeds.people import Person as Invented

VILLAGE: Final = "440981102999"
PENSION: Final = "pension-qualification"


@cache
def pension() -> ItemCard:
    """The item, read once."""
    return next(item for item in items_of(Catalogue.load(), VILLAGE) if item.id == PENSION)


def witnessed(applicant: Invented, helper: Invented) -> KeepEvent:
    """What the journey wants kept when a village helper vouched for the applicant."""
    now = time_text(datetime.now(UTC))
    return KeepEvent(
        session=1,
        item=pension(),
        applicant=person_of(applicant),
        proof=Proof(way=Way.WITNESS, level=Level.CARD_WITNESSED, witness=person_of(helper)),
        consents=(Consent(id="processing", version="1", at=now),),
        started=now,
        finished=now,
        touches=6,
    )


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
