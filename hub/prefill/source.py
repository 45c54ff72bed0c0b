"""Where the answers come from: a port, and the data gateway behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Protocol

from pydantic import ValidationError

from hub.bookings.offered import places
from hub.gateway.reading import Gateway, Purpose, Reading, Said, note_reads
from hub.gateway.sharing import PREFILLED
from hub.houses.standing import NEW_HOUSES, new_houses
from hub.hub import Hub
from hub.identity.agency import agencies_of, offered
from hub.notices.making import told_to
from hub.parties.offering import OPTIONS, confirmations
from hub.tables import Terminal
from offline.wire.claims import subject_of
from offline.wire.prefill import (
    MOST_HOUSEHOLD,
    MOST_ORGANISATIONS,
    Prefill,
    PrefillKin,
    PrefillOrganisation,
    PrefillQuestion,
)
from seeds.item import Item

PROVEN: Final = frozenset(("card_face", "card_witnessed", "typed_witnessed"))
"""Who stands there is known now; a picture that a clerk looks at in days proves nothing yet."""
PLAIN: Final = ("phone", "address")
"""Values of the library that a form may be filled from."""
BEFORE_FORM: Final = "prefill"
"""What stands in the log in place of a case's number: there is no case yet."""


class PrefillSource(Protocol):
    """What the hub can tell of a person for an item, and only that."""

    def told(self, item: Item, question: PrefillQuestion, terminal_id: str, today: date) -> Prefill:
        """Under the names that the item asks for; what is not known, or not to be told at this level, is left out."""
        ...


class GatewaySource:
    """Reads through the data gateway, for the item's purpose; outside of any transaction."""

    def __init__(self, hub: Hub, gateway: Gateway) -> None:
        self._hub = hub
        self._gateway = gateway

    def told(self, item: Item, question: PrefillQuestion, terminal_id: str, today: date) -> Prefill:
        """See `PrefillSource`."""
        wanted = [name for name in item.asks_hub if name in PREFILLED]
        with self._hub.database.reading() as session:
            terminal = session.get_one(Terminal, terminal_id)
            if not item.regions.include(terminal.region):
                return Prefill()  # what is not offered there is nothing to look anybody up for
            booking = item.booking
            options = {} if booking is None else {booking.options: places(session, item, booking, today)}
            if OPTIONS in item.asks_hub:
                proven = question.level in PROVEN
                options[OPTIONS] = confirmations(session, self._hub, question.id_number, proven=proven)
            if NEW_HOUSES in item.asks_hub:
                proven = question.level in PROVEN
                options[NEW_HOUSES] = new_houses(session, self._hub, question.id_number, proven=proven)
        if OPTIONS in item.asks_hub:  # it stands on the screen now, whoever it is that has laid the card
            told_to(self._hub, subject_of(self._hub.keys.subject_index, question.id_number), terminal_id)
        if question.level not in PROVEN or not wanted:
            return Prefill(options=options)
        purpose = Purpose(item.id, BEFORE_FORM, "terminal", terminal.name, terminal.region)
        read = self._gateway.read(purpose, question.id_number, [PREFILLED[name] for name in wanted])
        household = tuple(_kin(read))[:MOST_HOUSEHOLD]
        self._note_kin(purpose, household)
        plain = {name: read.values.get(PREFILLED[name]) for name in wanted if name in PLAIN}
        certificates = read.values.get(PREFILLED["certificates"])
        return Prefill(
            values={name: value for name, value in plain.items() if isinstance(value, str)},
            household=household,
            certificates=tuple(map(str, certificates)) if isinstance(certificates, list) else (),
            options=options,
            organisations=_organisations(read.values.get(PREFILLED["agencies"]), item, today),
        )

    def _note_kin(self, purpose: Purpose, household: tuple[PrefillKin, ...]) -> None:
        """Whoever lives in the same household was told of, too: each of them can see it."""
        found = self._hub.sources.at(PREFILLED["household"])
        if not household or found is None:
            return
        source, member = found
        with self._hub.database.writing() as session:
            for kin in household:
                subject = subject_of(self._hub.keys.subject_index, kin.id_number.upper())
                note_reads(session, self._hub, purpose, subject, [Said(source.id, "read", (member.name,))])


def _kin(read: Reading) -> Iterator[PrefillKin]:
    """The members as far as they can be read; one that cannot is left out, like everything that is not known."""
    rows = read.values.get(PREFILLED["household"])
    for row in rows if isinstance(rows, list) else ():
        try:
            yield PrefillKin.model_validate(row)
        except ValidationError:
            continue


def _organisations(untrusted: object, item: Item, today: date) -> tuple[PrefillOrganisation, ...]:
    """Those whom the person may act for in this item and today; no other is told."""
    found = offered(agencies_of(untrusted), item, today)[:MOST_ORGANISATIONS]
    return tuple(PrefillOrganisation(uscc=one.uscc, name=one.name, kind=one.kind, role=one.role) for one in found)
