"""The terminal's core without its screen: keeps applications and slips as a journey does, one act a byte it hears."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from kiosk.journey.effects import KeepEvent
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Consent, Level, Person, Proof, Way
from kiosk.services.offer import items_of
from kiosk.services.payload import application
from offline.store import TerminalStore
from offline.wire.canonical import time_text
from offline.wire.claims import new_code
from seeds.catalogue import Catalogue
from seeds.people import People
from seeds.people import Person as Invented

REGION: Final = "440981102999"
PENSION: Final = "pension-qualification"
MARK: Final = b"KEPT "
MOST_COPIES: Final = 3


@cache
def offered() -> tuple[ItemCard, People]:
    """The item and the invented people, read once for all lives."""
    return next(item for item in items_of(Catalogue.load(), REGION) if item.id == PENSION), People.load()


def write(state_dir: Path, chance: Random) -> None:
    """Keeps acts until it is killed; says an event's id after the store has acknowledged it, never before."""
    store = TerminalStore.open(state_dir)
    item, people = offered()
    applicants = [person for person in people if "resident" in person.roles and person.layout == "resident"]
    helper = next(person for person in people if "helper" in person.roles)
    while True:
        _await_turn()
        wish = _wish(item, chance.choice(applicants), helper)
        subject = store.subject_of(wish.applicant.number)
        payload = application(wish, region=REGION, subject=subject)
        kept = store.keep(item.event_type, payload, claim_code=new_code(), subject=subject)
        _say(kept.id)
        for copy in reversed(range(chance.randint(2, MOST_COPIES))):
            _await_turn()
            _say(store.settle_slip(kept.id, "not_printed" if copy else "printed").id)


def _wish(item: ItemCard, applicant: Invented, helper: Invented) -> KeepEvent:
    now = time_text(datetime.now(UTC))
    return KeepEvent(
        session=1,
        item=item,
        applicant=_person(applicant),
        proof=Proof(way=Way.WITNESS, level=Level.CARD_WITNESSED, witness=_person(helper)),
        consents=(Consent(id="processing", version="1", at=now),),
        started=now,
        finished=now,
        touches=6,
    )


def _person(person: Invented) -> Person:
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


def _await_turn() -> None:
    if not os.read(0, 1):
        raise SystemExit(0)


def _say(identifier: str) -> None:
    os.write(1, MARK + identifier.encode("ascii") + b"\n")
