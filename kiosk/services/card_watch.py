"""Looks for a card every so often, without ever waiting on the screen's thread, and tells what it sees as acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from drivers.id_card.port import IdCard, ReadFault
from kiosk.doors import Err, Ok, Result
from kiosk.journey.acts import Act, CardFaulty, CardLaid, CardLifted, CardReading, CardSeen
from kiosk.journey.people import Person
from kiosk.journey.screens import Reason
from kiosk.services.roles import Slot
from seeds.identifiers import mask_name, mask_number

LOOKS_WHEN_ASKED: Final = 3
PULLED: Final = frozenset({"id_card.empty", "id_card.select_failed", "id_card.read_failed", "id_card.no_card"})


def person_of(card: IdCard) -> Person:
    """The person of a card, with the masks that screens and slips may show."""
    return Person(
        name=card.name,
        number=card.number,
        masked_name=mask_name(card.name),
        masked_number=mask_number(card.number),
        birth=card.birth_text,
        sex=card.sex,
        layout=card.layout,
        valid_to=card.valid_to,
        photo=card.photo,
    )


class CardWatch:
    """What lies on the reader, as far as it can be known.

    Many readers find a card once and then nothing until it is lifted and laid again: a look without a find says nothing
    then, and only the next find proves that the card before is gone. Where the reader goes on finding the card that
    it has read, CardSeen says so and CardLifted is sure.
    """

    def __init__(
        self,
        slot: Slot,
        tell: Callable[[Act], None],
        *,
        poll_s: float,
        deadline_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._slot = slot
        self._tell = tell
        self._poll_s = poll_s
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._next_at = 0.0
        self._held = False  # a card was read, or tried, and is not known to be gone
        self._sure: bool | None = None  # None: not looked again since
        self._asked = 0
        self._looking = False

    def tick(self) -> None:
        """Looks, when it is time and nothing is being asked of the reader."""
        if self._looking or self._slot.setting is None or self._monotonic() < self._next_at:
            return
        self._looking = True
        self._slot.use(_found, self._looked, deadline_s=self._deadline_s)

    def read_again(self) -> None:
        """A card is said to lie there: read it, or say that there is none."""
        self._held, self._sure, self._asked = False, None, LOOKS_WHEN_ASKED
        self._next_at = 0.0

    def pause(self, seconds: float) -> None:
        """Leaves the reader alone for a while: it is away."""
        self._next_at = self._monotonic() + seconds

    def _looked(self, result: Result[bool]) -> None:
        self._looking = False
        self._next_at = self._monotonic() + self._poll_s
        match result:
            case Err():
                self._held, self._sure = False, None
                self._next_at = self._monotonic() + max(self._poll_s, 2.0)
            case Ok(True):
                self._asked = 0
                self._card_found()
            case Ok():
                self._nothing_found()

    def _card_found(self) -> None:
        if self._held and self._sure is not False:
            if self._sure is None:
                self._sure = True
                self._tell(CardSeen())
            return
        if self._held:
            self._tell(CardLifted())
        self._held, self._sure = True, None
        self._looking = True
        self._tell(CardReading())
        self._slot.use(_read, self._was_read, deadline_s=self._deadline_s)

    def _nothing_found(self) -> None:
        if self._held:
            if self._sure:
                self._held, self._sure = False, None
                self._tell(CardLifted())
            else:
                self._sure = False
        elif self._asked:
            self._asked -= 1
            if not self._asked:
                self._tell(CardLifted())

    def _was_read(self, result: Result[IdCard | ReadFault]) -> None:
        self._looking = False
        self._next_at = self._monotonic() + self._poll_s
        match result:
            case Ok(ReadFault() as fault):
                self._slot.know(fault.health)
                code = fault.health.code
                self._tell(CardFaulty(Reason.CARD_PULLED if code in PULLED else Reason.CARD_UNREADABLE))
            case Ok(card):
                assert not isinstance(card, ReadFault)
                self._tell(CardLaid(person_of(card)))
            case Err():
                self._held, self._sure = False, None
                self._tell(CardFaulty(Reason.CARD_UNREADABLE))
                self._tell(CardLifted())


def _found(reader: Any) -> bool:
    return bool(reader.find())


def _read(reader: Any) -> IdCard | ReadFault:
    answer: IdCard | ReadFault = reader.read()
    return answer
