"""Where the answers come from: a port, and the sandbox base library (演示) behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.bookings.offered import places
from hub.hub import Hub
from hub.sandbox import person_facts
from hub.tables import BasePerson
from offline.wire.prefill import MOST_HOUSEHOLD, Prefill, PrefillKin
from seeds.item import Item

PROVEN: Final = frozenset(("card_face", "card_witnessed", "typed_witnessed"))
"""Who stands there is known now; a picture that a clerk looks at in days proves nothing yet."""
PLAIN: Final = ("phone", "address")
"""Values of the library that a form may be filled from."""


class PrefillSource(Protocol):
    """What the hub can tell of a person for an item, and only that: a data gateway or the sandbox."""

    def told(self, session: Session, item: Item, id_number: str, level: str, today: date) -> Prefill:
        """Under the names that the item asks for; what is not known, or not to be told at this level, is left out."""
        ...


class SandboxSource:
    """Answers from the sandbox base library."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def told(self, session: Session, item: Item, id_number: str, level: str, today: date) -> Prefill:
        """See `PrefillSource`."""
        wanted = frozenset(item.asks_hub)
        options = {} if item.booking is None else {item.booking.options: places(session, item, item.booking, today)}
        row = session.get(BasePerson, id_number.upper()) if level in PROVEN else None
        facts = person_facts(row, today)
        if row is None or facts is None:
            return Prefill(options=options)
        return Prefill(
            values={name: facts[name] for name in PLAIN if name in wanted and isinstance(facts.get(name), str)},
            household=self._household(session, row, facts) if "household" in wanted else (),
            certificates=tuple(facts.get("certificates", ())) if "certificates" in wanted else (),
            options=options,
        )

    def _household(self, session: Session, own: BasePerson, facts: Mapping[str, Any]) -> tuple[PrefillKin, ...]:
        household = facts.get("household")
        if not household:
            return ()
        here = select(BasePerson).where(BasePerson.region == own.region).limit(self._hub.settings.region_dues)
        kin = (row for row in session.scalars(here) if row.facts.get("household") == household)
        living = (row for row in kin if row.id_number != own.id_number and row.facts.get("alive") is True)
        return tuple(
            PrefillKin(name=row.name, id_number=row.id_number, birth=str(row.facts.get("birth", "")).replace("-", ""))
            for row in living
        )[:MOST_HOUSEHOLD]
