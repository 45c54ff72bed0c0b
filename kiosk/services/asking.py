"""Asks the hub what an item wants to know beforehand, and follows the answer to what was just kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, assert_never

from kiosk.doors import Door, Err, Ok, Result
from kiosk.journey.acts import Act, AnswerHeard, AskedFound, HubTold
from kiosk.journey.claim import ClaimView, Stage
from kiosk.journey.effects import AskHub, AwaitAnswer, Awaited, FindAsked
from kiosk.journey.filing import Kin, Known, Option, Organisation
from kiosk.journey.item import AskedCase
from kiosk.journey.theme import asked_for
from offline.wire.prefill import Prefill
from seeds.identifiers import mask_name, mask_number

LOOK_EVERY_S: Final = 0.5
CARD_ONLY: Final = "card"
"""The level of somebody whose card lies there and who has shown nothing yet."""
UNDECIDED: Final = ("", "received")
"""States of a case on which there is still a word to come within seconds."""


class Hub(Protocol):
    """What is wanted of the line to the hub."""

    def prefill(self, item: str, id_number: str, level: str) -> Prefill:
        """What the hub can tell of this person for this item."""


class AskService:
    """One question at a time, in the hub's door; without an answer the resident fills in by hand."""

    def __init__(
        self,
        hub: Hub,
        door: Door,
        tell: Callable[[Act], None],
        *,
        deadline_s: float,
        ill: Callable[[str, Exception], None],
    ) -> None:
        self._hub = hub
        self._door = door
        self._tell = tell
        self._deadline_s = deadline_s
        self._ill = ill

    def ask(self, effect: AskHub) -> None:
        """→ HubTold."""
        number, level = effect.person.number, effect.level

        def done(result: Result[Prefill]) -> None:
            if isinstance(result, Err):
                self._ill("prefill", result.error)
            known = known_of(result.value, number) if isinstance(result, Ok) else None
            self._tell(HubTold(effect.session, known))

        def work() -> Prefill:
            return together([self._hub.prefill(item, number, level) for item in asked_for(effect.item)])

        self._door.ask(work, done, deadline_s=self._deadline_s)

    def asked(self, effect: FindAsked) -> None:
        """→ AskedFound. The card only lies there: the hub tells that something waits, and not what is in it."""

        def done(result: Result[Prefill]) -> None:
            if isinstance(result, Err):
                self._ill("asked", result.error)
            told = result.value.options if isinstance(result, Ok) else {}
            found = tuple(
                AskedCase(effect.item, each.name, each.detail, each.left != 0)
                for name in effect.item.asks_hub
                for each in told.get(name, ())
            )
            self._tell(AskedFound(effect.session, found, effect.item.id))

        number = effect.number

        def work() -> Prefill:
            return together([self._hub.prefill(item, number, CARD_ONLY) for item in asked_for(effect.item)])

        self._door.ask(work, done, deadline_s=self._deadline_s)


def together(told: Sequence[Prefill]) -> Prefill:
    """The answers to a theme's parts as one; what the first told stands."""
    first, *others = told
    for one in others:
        kin, firms = ({each.id_number for each in first.household}, {each.uscc for each in first.organisations})
        first = Prefill(
            values={**one.values, **first.values},
            household=(*first.household, *(each for each in one.household if each.id_number not in kin)),
            options={**one.options, **first.options},
            certificates=tuple(dict.fromkeys((*first.certificates, *one.certificates))),
            organisations=(*first.organisations, *(each for each in one.organisations if each.uscc not in firms)),
        )
    return first


def known_of(told: Prefill, own_number: str) -> Known:
    """The hub's answer as the journey keeps it; whoever asks is not their own kin."""
    kin = tuple(
        Kin(each.id_number, each.name, mask_number(each.id_number), mask_name(each.name), each.birth)
        for each in told.household
        if each.id_number != own_number
    )
    options = tuple(
        (name, tuple(Option(each.value, each.name, each.left, each.detail) for each in offered))
        for name, offered in told.options.items()
    )
    organisations = tuple(Organisation(each.uscc, each.name, each.role) for each in told.organisations)
    return Known(tuple(told.values.items()), kin, options, told.certificates, organisations)


@dataclass
class _Followed:
    effect: AwaitAnswer = field(repr=False)
    end: float
    next_look: float
    stage: Stage | None = None
    looking: bool = False


class AnswerWatch:
    """Looks at what the agent has heard of an act just kept, until it is answered or the time is over."""

    def __init__(
        self,
        by_code: Callable[[str, Callable[[Result[ClaimView | None]], None]], None],
        tell: Callable[[Act], None],
        *,
        wait_s: float,
        pay_wait_s: float,
        certificate_wait_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._by_code = by_code
        self._tell = tell
        self._waits_s = {
            Awaited.ANSWER: wait_s,
            Awaited.PAYMENT: pay_wait_s,
            Awaited.CERTIFICATE: certificate_wait_s,
        }
        self._monotonic = monotonic
        self._followed: _Followed | None = None

    def follow(self, effect: AwaitAnswer) -> None:
        """→ AnswerHeard."""
        now = self._monotonic()
        self._followed = _Followed(effect, now + self._waits_s[effect.awaited], now)

    def tick(self) -> None:
        """Looks again; a few times a second."""
        followed, now = self._followed, self._monotonic()
        if followed is None or followed.looking or now < followed.next_look:
            return
        followed.looking, followed.next_look = True, now + LOOK_EVERY_S
        self._by_code(followed.effect.claim_code, lambda result: self._looked(followed, result))

    def forget(self) -> None:
        """The visit is over, or nobody waits any more."""
        self._followed = None

    def _looked(self, followed: _Followed, result: Result[ClaimView | None]) -> None:
        followed.looking = False
        if followed is not self._followed:
            return
        claim = result.value if isinstance(result, Ok) else None
        answered = claim is not None and _has_come(claim, followed.effect.awaited)
        over = answered or self._monotonic() >= followed.end
        if over:
            self._followed = None
        stage = None if claim is None else claim.stage
        if over or (stage is not None and stage is not followed.stage):
            followed.stage = stage
            self._tell(AnswerHeard(followed.effect.session, followed.effect.event_id, claim, over))


def _has_come(claim: ClaimView, awaited: Awaited) -> bool:
    """Whether the hub's last word is the one that is waited for."""
    if claim.state in UNDECIDED or any(part.state in UNDECIDED for part in claim.further.parts):
        return False
    match awaited:
        case Awaited.ANSWER:
            return True
        case Awaited.PAYMENT:
            return claim.order is None or not claim.order.pay_url
        case Awaited.CERTIFICATE:
            return not claim.further.making
    assert_never(awaited)
