"""Looks for a card every so often, without ever waiting on the screen's thread, and tells what it sees as acts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from drivers.health import State
from drivers.id_card.port import IdCard, ReadFault
from kiosk.doors import Err, Ok, Result
from kiosk.journey.acts import Act, CardFaulty, CardLaid, CardLifted, CardReading, CardSeen
from kiosk.journey.people import Person
from kiosk.journey.screens import Reason
from kiosk.services.roles import Slot
from seeds.identifiers import mask_name, mask_number

LOOKS_WHEN_ASKED: Final = 3
READ_AGAIN_MOST: Final = 3
"""After so many readings of the same card it is believed to lie still: a reading takes 1.3 s of a slow line."""
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


@dataclass(frozen=True)
class _Held:
    """The card that was read, or tried, and is not known to be gone."""

    mark: bytes = b""  # tells cards apart without keeping anybody's number; empty: it could not be read
    doubts: int = 0  # how many finds are still answered by reading again
    missed: bool = False  # a look since then found nothing: only a card newly laid can be found now
    seen: bool = False  # the reader goes on finding it


@dataclass(frozen=True)
class _Again:
    """A second reading, and whether the card was found once more right after it."""

    card: IdCard | ReadFault
    still_found: bool


class CardWatch:
    """What lies on the reader, as far as it can be known.

    Many readers find a card once and then nothing until it is lifted and laid again: a look without a find says nothing
    then, and only the next find proves that the card before is gone. Other readers go on finding the card that they
    have read. The first find after a reading may be either of the two, or another card laid between two looks: it is
    read again. Another number is CardLifted and CardLaid; the same one, still found right after this reading, is
    CardSeen, after which the card is only looked for and CardLifted is sure.
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
        self._held: _Held | None = None
        self._asked = 0
        self._looking = False
        self._key = secrets.token_bytes(32)

    def tick(self) -> None:
        """Looks, when it is time and nothing is being asked of the reader."""
        if self._looking or self._slot.setting is None or self._monotonic() < self._next_at:
            return
        self._looking = True
        self._slot.use(_found, self._looked, deadline_s=self._deadline_s)

    def read_again(self) -> None:
        """A card is said to lie there: read it, or say that there is none."""
        self._held, self._asked = None, LOOKS_WHEN_ASKED
        self._next_at = 0.0

    def pause(self, seconds: float) -> None:
        """Leaves the reader alone for a while: it is away."""
        self._next_at = self._monotonic() + seconds

    def _looked(self, result: Result[bool]) -> None:
        self._rest()
        match result:
            case Err():
                self._held = None
                self._next_at = self._monotonic() + max(self._poll_s, 2.0)
            case Ok(True):
                self._asked = 0
                self._card_found()
            case Ok():
                self._nothing_found()

    def _card_found(self) -> None:
        match self._held:
            case None:
                self._read()
            case _Held(missed=True):
                self._lifted()
                self._read()
            case _Held(seen=True):
                pass
            case _Held(doubts=0) as held:
                self._seen(held)
            case _Held() as held:
                self._looking = True
                again = partial(self._was_read_again, held)
                self._slot.use(_read_and_found, again, deadline_s=self._deadline_s)

    def _read(self) -> None:
        self._held = _Held()
        self._looking = True
        self._tell(CardReading())
        self._slot.use(_read, self._was_read, deadline_s=self._deadline_s)

    def _nothing_found(self) -> None:
        if self._held is not None:
            if self._held.seen:
                self._lifted()
            else:
                self._held = replace(self._held, missed=True)
        elif self._asked:
            self._asked -= 1
            if not self._asked:
                self._tell(CardLifted())

    def _was_read(self, result: Result[IdCard | ReadFault]) -> None:
        self._rest()
        match result:
            case Ok(ReadFault() as fault):
                self._slot.know(fault.health)
                self._held = _Held(doubts=READ_AGAIN_MOST)
                self._tell(CardFaulty(_why(fault)))
            case Ok(card):
                assert not isinstance(card, ReadFault)
                self._laid(card)
            case Err():
                self._held = None
                self._tell(CardFaulty(Reason.CARD_UNREADABLE))
                self._tell(CardLifted())

    def _was_read_again(self, before: _Held, result: Result[_Again]) -> None:
        self._rest()
        if self._held is not before:
            return  # asked meanwhile to read anew, which the next look does
        match result:
            case Ok(_Again(ReadFault() as fault)) if not before.mark:
                self._slot.know(fault.health)
                self._held = replace(before, doubts=before.doubts - 1)
            case Ok(_Again(ReadFault() as fault)):
                # taken away meanwhile, or another one that cannot be read: the next find says which
                self._slot.know(fault.health)
                self._lifted()
            case Ok(_Again(card, still_found)):
                assert not isinstance(card, ReadFault)
                if self._mark(card) != before.mark:
                    self._lifted()
                    self._laid(card)
                elif still_found:
                    self._seen(before)
                else:
                    # such readers find no card twice: it was lifted and laid again between two looks
                    self._held = replace(before, doubts=before.doubts - 1)
            case Err():
                self._lifted()

    def _laid(self, card: IdCard) -> None:
        self._held = _Held(self._mark(card), doubts=READ_AGAIN_MOST)
        self._tell(CardLaid(person_of(card)))

    def _mark(self, card: IdCard) -> bytes:
        return hashlib.blake2b(card.number.encode(), key=self._key).digest()

    def _seen(self, held: _Held) -> None:
        self._held = replace(held, seen=True)
        self._tell(CardSeen())

    def _lifted(self) -> None:
        self._held = None
        self._tell(CardLifted())

    def _rest(self) -> None:
        self._looking = False
        self._next_at = self._monotonic() + self._poll_s


def _why(fault: ReadFault) -> Reason:
    """Whose fault it is: where the reader itself has failed, laying the card again would change nothing."""
    if fault.health.state is State.failed:
        return Reason.READER_LOST
    return Reason.CARD_PULLED if fault.health.code in PULLED else Reason.CARD_UNREADABLE


def _found(reader: Any) -> bool:
    return bool(reader.find())


def _read(reader: Any) -> IdCard | ReadFault:
    answer: IdCard | ReadFault = reader.read()
    return answer


def _read_and_found(reader: Any) -> _Again:
    answer = _read(reader)
    return _Again(answer, not isinstance(answer, ReadFault) and _found(reader))
