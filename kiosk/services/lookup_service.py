"""Looks cases up: what this terminal keeps, then the hub within its deadline; and says which of them answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from kiosk.doors import Door, Err, Ok, Result
from kiosk.journey.acts import Act, Looked
from kiosk.journey.claim import Answered, ClaimView, Stage
from kiosk.journey.effects import LookUpCard, LookUpCode
from kiosk.journey.item import ItemCard
from kiosk.journey.screens import Reason
from kiosk.services.found import found_in
from offline.sync.trouble import HubRefused
from offline.wire.changes import SETTLED_STATES, CaseView
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_signers import Genuineness

TOO_MANY: Final = 429


class Hub(Protocol):
    """What is wanted of the line to the hub (offline.sync.client.HubClient behind HubLine)."""

    def case_by_code(self, code: str) -> CaseView | None:
        """The case of a claim code, or None."""

    def cases_of(self, id_number: str) -> tuple[CaseView, ...]:
        """A card holder's cases."""

    def check_slip(self, slip: SlipQr) -> Genuineness:
        """What the seal of another terminal's slip comes to."""


class Here(Protocol):
    """What is wanted of this terminal's own files (kiosk.services.storage)."""

    def by_code(self, code: str, then: Callable[[Result[ClaimView | None]], None]) -> None:
        """The case of a code made here."""

    def by_number(self, number: str, then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        """A card holder's cases kept here."""

    def lay_over(self, claims: tuple[ClaimView, ...], then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        """The same cases with what lies in the outbox for them."""


class LookupService:
    """By code: here first, the hub where that says nothing final. By card: the hub first, here where it is away."""

    def __init__(
        self,
        storage: Here,
        hub: Hub,
        door: Door,
        tell: Callable[[Act], None],
        *,
        judge: Callable[[SlipQr], Genuineness],
        items: Callable[[], tuple[ItemCard, ...]],
        deadline_s: float,
    ) -> None:
        self._storage = storage
        self._hub = hub
        self._door = door
        self._tell = tell
        self._judge = judge
        self._items = items
        self._deadline_s = deadline_s

    def by_code(self, effect: LookUpCode) -> None:
        """→ Looked. What a forged slip says is not looked up: nobody is to take the answer for its confirmation."""
        slip = SlipQr(effect.code, effect.seal)
        match self._judge(slip):
            case Genuineness.FORGED:
                self._tell(Looked(effect.session, (), Answered.HERE, Reason.SLIP_FORGED))
            case Genuineness.UNKNOWN:
                self._checked_at_hub(effect, slip)
            case _:
                self._find(effect)

    def _checked_at_hub(self, effect: LookUpCode, slip: SlipQr) -> None:
        """Another terminal's slip: only the hub knows that one. Where it is away, the slip is worth its code alone."""

        def checked(answer: Result[Genuineness]) -> None:
            match answer:
                case Ok(Genuineness.FORGED | Genuineness.REVOKED):
                    self._tell(Looked(effect.session, (), Answered.HUB, Reason.SLIP_FORGED))
                case Err(HubRefused(status=status)) if status == TOO_MANY:
                    self._tell(Looked(effect.session, (), Answered.HUB, Reason.TOO_MANY_TRIES))
                case _:
                    self._find(effect)

        self._door.ask(lambda: self._hub.check_slip(slip), checked, deadline_s=self._deadline_s)

    def _find(self, effect: LookUpCode) -> None:
        def here(result: Result[ClaimView | None]) -> None:
            found = result.value if isinstance(result, Ok) else None
            settled = found is not None and found.stage is Stage.SETTLED and found.outcome_text
            if (
                found is not None and settled and not found.further.certificates
            ):  # whether they still count, the hub knows
                self._tell_over(Looked(effect.session, (found,), Answered.HERE))
                return
            self._door.ask(
                lambda: self._hub.case_by_code(effect.code),
                lambda answer: self._code_answered(effect, found, answer, unread=isinstance(result, Err)),
                deadline_s=self._deadline_s,
            )

        self._storage.by_code(effect.code, here)

    def by_card(self, effect: LookUpCard) -> None:
        """→ Looked."""

        def here(result: Result[tuple[ClaimView, ...]]) -> None:
            kept = result.value if isinstance(result, Ok) else ()
            self._door.ask(
                lambda: self._hub.cases_of(effect.number),
                lambda answer: self._card_answered(effect, kept, answer, unread=isinstance(result, Err)),
                deadline_s=self._deadline_s,
            )

        self._storage.by_number(effect.number, here)

    def _code_answered(
        self, effect: LookUpCode, found: ClaimView | None, answer: Result[CaseView | None], *, unread: bool
    ) -> None:
        match answer:
            case Ok(CaseView() as case):
                view = self._view(case, effect.code)
                if found is not None:
                    view = replace(view, event_id=found.event_id, kept_at=found.kept_at)
                    view = replace(view, slip_unsettled=found.slip_unsettled)
                looked = Looked(effect.session, (view,), Answered.HUB)
            case Ok() if found is not None:
                looked = Looked(effect.session, (found,), Answered.HERE)
            case Ok():
                looked = Looked(effect.session, (), Answered.HUB, _nothing(Answered.HUB, unread=unread))
            case Err(HubRefused(status=status)) if status == TOO_MANY:
                looked = Looked(effect.session, (), Answered.HUB, Reason.TOO_MANY_TRIES)
            case _ if found is not None:
                looked = Looked(effect.session, (found,), Answered.HERE, Reason.HUB_AWAY)
            case _:
                looked = Looked(effect.session, (), Answered.HERE, _nothing(Answered.HERE, unread=unread))
        self._tell_over(looked)

    def _card_answered(
        self,
        effect: LookUpCard,
        kept: tuple[ClaimView, ...],
        answer: Result[tuple[CaseView, ...]],
        *,
        unread: bool,
    ) -> None:
        match answer:
            case Ok(cases):
                views = tuple(self._view(case) for case in cases)
                known = {view.case_no for view in views if view.case_no}
                # what has not reached the hub yet is only known here; a slip never taken belongs to its case
                mine = tuple(each for each in kept if each.case_no not in known or not each.case_no)
                waiting = tuple(each for each in mine if each.stage is Stage.KEPT or each.slip_unsettled)
                joined = tuple(self._joined(view, kept) for view in views)
                reason = Reason.NONE if joined or waiting else _nothing(Answered.HUB, unread=unread)
                self._tell_over(Looked(effect.session, waiting + joined, Answered.HUB, reason))
            case Err() if kept:
                self._tell_over(Looked(effect.session, kept, Answered.HERE, Reason.HUB_AWAY))
            case Err():
                self._tell(Looked(effect.session, (), Answered.HERE, _nothing(Answered.HERE, unread=unread)))

    def _tell_over(self, looked: Looked) -> None:
        """Whoever answered, what lies in this terminal's outbox for these cases has not been heard of there."""

        def laid(result: Result[tuple[ClaimView, ...]]) -> None:
            self._tell(replace(looked, claims=result.value) if isinstance(result, Ok) else looked)

        if looked.claims:
            self._storage.lay_over(looked.claims, laid)
        else:
            self._tell(looked)

    def _joined(self, view: ClaimView, kept: tuple[ClaimView, ...]) -> ClaimView:
        own = next((each for each in kept if each.case_no and each.case_no == view.case_no), None)
        if own is None:
            return view
        return replace(view, event_id=own.event_id, kept_at=own.kept_at, slip_unsettled=own.slip_unsettled)

    def _view(self, case: CaseView, code: str = "") -> ClaimView:
        names = {item.id: item.name for item in self._items()}
        return ClaimView(
            item_name=names.get(case.item, case.item),
            item=case.item,
            stage=Stage.SETTLED if case.state in SETTLED_STATES else Stage.SENT,
            masked_name=case.masked_name,
            state=case.state,
            outcome_text=case.outcome_text,
            reasons=tuple(reason.text for reason in case.reasons),
            next_due=case.next_due or "",
            case_no=case.case_no or "",
            decided_at=case.decided_at or "",
            claim_code=code,
            **found_in(case),
        )


def _nothing(answered: Answered, *, unread: bool) -> Reason:
    """Why no case is shown; who could not look at what this terminal keeps (`unread`) does not say there is none."""
    if unread:
        return Reason.LOOKUP_FAILED
    return Reason.NOT_FOUND if answered is Answered.HUB else Reason.NOT_FOUND_HERE
