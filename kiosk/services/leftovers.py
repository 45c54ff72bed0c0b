"""Proves after every visit that nothing personal of it is left in the process, and says where if something is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from kiosk.journey.screens import Confirm, Done, LookupResult, Typing, Withdrawing
from kiosk.journey.session import Session
from kiosk.privacy import secrets_of, traces

log = logging.getLogger(__name__)

QUIET_WITHIN_S: Final = 10.0
"""How long what still runs for the visit (a look-up, a print) is waited for before the search."""
LEAST_TYPED: Final = 10
"""Digits from which a typed text tells somebody: a claim code; fewer are the head of any number here."""
PATHS_MOST: Final = 20

Secrets = frozenset[str | bytes]


def personal(session: Session) -> Secrets:
    """What in this session tells who is there."""
    proof = session.proof
    people = (session.resident, session.candidate, None if proof is None else proof.witness)
    found: Secrets = frozenset().union(*(secrets_of(person) for person in people if person is not None))
    match session.screen:
        case Typing(text=text, shown=shown) if len(text) >= LEAST_TYPED:
            found |= {text, shown}
        case Confirm() as screen:
            found |= {screen.masked_number, screen.masked_name, screen.witness_masked_name}
        case Done() as screen:
            found |= {screen.claim_code, screen.claim_shown, screen.masked_name}
        case LookupResult(claims) | Withdrawing(result=LookupResult(claims)):
            for claim in claims:
                found |= {claim.claim_code, claim.masked_name, claim.case_no}
    return found


class Leftovers:
    """Remembers what was personal in a visit, and only until the search for it is done.

    `place` is searched with all that hangs on it; `pictures` say of themselves whether one is held. `public` is what
    the terminal shows to everybody: a resident whose name is also a village's proves nothing by it. `told` gets the
    paths.
    """

    def __init__(
        self,
        place: object,
        pictures: Mapping[str, Callable[[], bool]],
        *,
        public: object,
        quiet: Callable[[], bool],
        told: Callable[[tuple[str, ...]], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._place = place
        self._pictures = pictures
        self._public = public
        self._quiet = quiet
        self._told = told
        self._monotonic = monotonic
        self._number = 0
        self._now: Secrets = frozenset()
        self._ended: Secrets = frozenset()
        self._visited = self._visit_ended = False
        self._search_by: float | None = None

    @property
    def searching(self) -> bool:
        """Whether a visit has ended that was not searched for yet."""
        return self._search_by is not None

    def saw(self, session: Session) -> None:
        """A session as it stands after an act."""
        if session.number != self._number:
            self._ended |= self._now
            self._visit_ended |= self._visited
            self._number, self._now, self._visited = session.number, frozenset(), False
        self._now |= personal(session)
        self._visited |= bool(session.started)

    def over(self) -> None:
        """A session was wiped; it is searched for as soon as nothing runs for it any more."""
        if self._visit_ended:  # the screen that asks for the card ends too, and is nobody's visit
            self._visit_ended = False
            self._search_by = self._monotonic() + QUIET_WITHIN_S

    def tick(self) -> None:
        """Searches when it is time."""
        if self._search_by is None or not (self._quiet() or self._monotonic() >= self._search_by):
            return
        # whoever is there now may be the same person, and is rightly known
        secrets = frozenset(each for each in self._ended - self._now if not traces(self._public, frozenset({each})))
        self._ended, self._search_by = frozenset(), None
        known, self._now = self._now, frozenset()  # what is remembered for the search is not to be found by it
        found = traces(self._place, secrets)
        self._now = known
        if not known:
            found += tuple(name for name, held in self._pictures.items() if held())
        if found:
            log.error("left of a visit that is over: %s", ", ".join(found[:PATHS_MOST]))
        self._told(found[:PATHS_MOST])
