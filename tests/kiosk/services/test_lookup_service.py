"""What a look-up says when nobody is found: that there is nothing, or that somebody could not look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from kiosk.doors import Err, Late, Ok, Result
from kiosk.journey.acts import Act, Looked
from kiosk.journey.claim import ClaimView
from kiosk.journey.effects import LookUpCard, LookUpCode
from kiosk.journey.screens import Reason
from kiosk.services.lookup_service import LookupService
from offline.wire.changes import CaseView
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_signers import Genuineness

T = TypeVar("T")


class Files:
    """A terminal that keeps nothing, and may not be able to look."""

    def __init__(self, *, readable: bool) -> None:
        self._readable = readable

    def by_code(self, code: str, then: Callable[[Result[ClaimView | None]], None]) -> None:
        then(Ok(None) if self._readable else Err(Late()))

    def by_number(self, number: str, then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        then(Ok(()) if self._readable else Err(Late()))

    def lay_over(self, claims: tuple[ClaimView, ...], then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        then(Ok(claims) if self._readable else Err(Late()))


class EmptyHub:
    """A hub that knows of no case, if it answers."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    def case_by_code(self, code: str) -> CaseView | None:
        return next(iter(self.cases_of("")), None)

    def cases_of(self, id_number: str) -> tuple[CaseView, ...]:
        if not self._answers:
            raise Late
        return ()

    def check_slip(self, slip: SlipQr) -> Genuineness:
        return Genuineness.GENUINE


class OpenDoor:
    """Does the work at once."""

    busy = False

    def ask(self, work: Callable[[], T], then: Callable[[Result[T]], None], *, deadline_s: float | None = None) -> None:
        try:
            done: Result[T] = Ok(work())
        except Late as error:
            done = Err(error)
        then(done)

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(
    ("readable", "answers", "reason"),
    [
        (True, True, Reason.NOT_FOUND),
        (True, False, Reason.NOT_FOUND_HERE),
        (False, True, Reason.LOOKUP_FAILED),
        (False, False, Reason.LOOKUP_FAILED),
    ],
)
@pytest.mark.parametrize("by_card", [True, False])
def test_who_could_not_look_does_not_say_that_there_is_nothing(
    by_card: bool, readable: bool, answers: bool, reason: Reason
) -> None:
    told: list[Act] = []
    lookup = LookupService(
        Files(readable=readable),
        EmptyHub(answers=answers),
        OpenDoor(),
        told.append,
        judge=lambda _: Genuineness.UNSEALED,
        items=tuple,
        deadline_s=1,
    )
    if by_card:
        lookup.by_card(LookUpCard(1, "440981195803064029"))
    else:
        lookup.by_code(LookUpCode(1, "1234567890"))
    (looked,) = told
    assert isinstance(looked, Looked)
    assert (looked.claims, looked.reason) == ((), reason)
