"""Everything that touches the terminal's files: events, slips settled, dues, helpers, what is kept here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from kiosk.doors import Door, Err, Late, Ok, Result
from kiosk.journey import acts
from kiosk.journey.acts import Act
from kiosk.journey.claim import ClaimView, Stage
from kiosk.journey.effects import (
    CheckHelper,
    FindDues,
    KeepEvent,
    KeepRating,
    KeepReview,
    KeepSupplement,
    KeepWithdrawal,
)
from kiosk.journey.item import DueItem, ItemCard
from kiosk.journey.screens import Paper, Reason
from kiosk.services.found import found_in
from kiosk.services.payload import application, names_in, review, supplement, withdrawal
from kiosk.services.real_names import Attest
from kiosk.slips import SHANGHAI
from offline.bounds import Cause, Priority, Room
from offline.projection import TAKEN_BACK, ClaimSeen, Projection
from offline.projection import Stage as Stood
from offline.pruning import Keeping, prune
from offline.store import Brings, Kept, SlipOutcome, TerminalStore
from offline.trouble import DiskFull, OutboxFull, StoreInDoubt
from offline.wire.canonical import time_text
from offline.wire.claims import new_code
from offline.wire.identity import uuid7
from seeds.ratings import CURRENT

STAGES: Final = {
    Stood.KEPT: Stage.KEPT,
    Stood.SENT: Stage.SENT,
    Stood.PARKED: Stage.SENT,  # the hub has it, a person there looks at it
    Stood.SETTLED: Stage.SETTLED,
}
CASE_RATED: Final = "cn.zhizhu.case.rated.v1"
CASE_REVIEW_ASKED: Final = "cn.zhizhu.case.review_asked.v1"
CASE_SUPPLEMENTED: Final = "cn.zhizhu.case.supplemented.v1"
CASE_WITHDRAWN: Final = "cn.zhizhu.case.withdrawn.v1"
OUTCOMES: Final = {
    Paper.PRINTED: SlipOutcome.PRINTED,
    Paper.NOT_PRINTED: SlipOutcome.NOT_PRINTED,
    Paper.UNKNOWN: SlipOutcome.CANNOT_KNOW,
}


@dataclass(frozen=True)
class Try:
    """What an act is to be called, made before it is kept, so that a second try of the same act is the same act."""

    session: int
    item: str
    number: str = field(repr=False)
    event_id: str
    claim_code: str = field(repr=False)
    doubtful: bool = False  # once nobody could say whether it was kept, no later failure can say that it was not


@dataclass(frozen=True)
class Memory:
    """The open files; used in the storage door only."""

    store: TerminalStore
    projection: Projection


class Storage:
    """Runs the storage effects in one door, so that writes happen in the order they were asked."""

    def __init__(
        self,
        memory: Memory,
        door: Door,
        tell: Callable[[Act], None],
        *,
        items: Callable[[], tuple[ItemCard, ...]],
        region: str,
        now: Callable[[], datetime],
        deadline_s: float,
        picture_key: Callable[[str], str] = lambda _: "",
        attest: Attest | None = None,
        ill: Callable[[str, Exception], None] = lambda _what, _error: None,
    ) -> None:
        self._memory = memory
        self._door = door
        self._tell = tell
        self._items = items
        self._region = region
        self._now = now
        self._deadline_s = deadline_s
        self._picture_key = picture_key
        self._attest = attest
        self._ill = ill
        self._unkept: Try | None = None
        self._supplements: dict[str, str] = {}  # by the attachment's name the event that brings it
        self._withdrawals: dict[str, str] = {}  # by the case's name the event that takes it back

    def keep(self, effect: KeepEvent) -> None:
        """Keeps the application; the answer is the commit's own, however long a slow disk takes.

        There is no deadline here on purpose: "not kept" must never be said of an act that was kept after all.
        """
        tried = self._try(effect.session, effect.item.id, effect.applicant.number)

        def work() -> Kept:
            subject = self._memory.store.subject_of(effect.applicant.number)
            real_name = None if self._attest is None else self._attest(effect, tried.event_id, self._now())
            payload = application(
                effect, region=self._region, subject=subject, key_of=self._picture_key, real_name=real_name
            )
            return self._memory.store.keep(
                effect.item.event_type,
                payload,
                claim_code=tried.claim_code,
                subject=subject,
                pictures=names_in(effect),
                priority=effect.item.priority,
                event_id=tried.event_id,
            )

        def done(result: Result[Kept]) -> None:
            match result:
                case Ok(kept):
                    self._unkept = None
                    sure = kept.clock == "trusted"
                    self._tell(acts.Kept(effect.session, kept.id, tried.claim_code, time_text(kept.time), sure))
                case Err(error):
                    self._ill("keep", error)
                    doubt = tried.doubtful or isinstance(error, StoreInDoubt)
                    if doubt:
                        self._unkept = replace(tried, doubtful=True)
                    reason = Reason.KEEP_IN_DOUBT if doubt else _why(error)
                    self._tell(acts.KeepFailed(effect.session, reason))

        self._door.ask(work, done)

    def supplement(self, effect: KeepSupplement) -> None:
        """Keeps a paper for a case that is there already; a second try of the same is the same act."""
        event_id = self._supplements.setdefault(effect.given.sha256, uuid7(self._now()))

        def work() -> Kept:
            payload = supplement(effect, self._picture_key)
            return self._memory.store.keep(
                CASE_SUPPLEMENTED,
                payload,
                pictures=names_in(effect),
                priority=effect.priority,
                event_id=event_id,
                brings=Brings(effect.case_no, effect.document, effect.title),
            )

        def done(result: Result[Kept]) -> None:
            match result:
                case Ok():
                    self._tell(acts.SupplementKept(effect.session, effect.document))
                case Err(error):
                    self._ill("supplement", error)
                    doubt = isinstance(error, StoreInDoubt)
                    self._tell(acts.KeepFailed(effect.session, Reason.KEEP_IN_DOUBT if doubt else _why(error)))

        self._door.ask(work, done)

    def review(self, effect: KeepReview) -> None:
        """Keeps that a person is asked to look again; the hub counts it once, however often it is kept."""

        def done(result: Result[Kept]) -> None:
            if isinstance(result, Err):
                self._ill("review", result.error)
            self._tell(acts.ReviewKept(effect.session, isinstance(result, Ok)))

        payload = review(effect)
        self._door.ask(lambda: self._memory.store.keep(CASE_REVIEW_ASKED, payload, priority=Priority.ESSENTIAL), done)

    def withdraw(self, effect: KeepWithdrawal) -> None:
        """Keeps that a case is taken back; a second try of the same is the same act."""
        named = effect.event_id or effect.case_no
        event_id = self._withdrawals.setdefault(named, uuid7(self._now()))

        def work() -> Kept:
            store = self._memory.store
            about = store.subject_of(f"{TAKEN_BACK}{named}")
            return store.keep(
                CASE_WITHDRAWN, withdrawal(effect), subject=about, priority=Priority.ESSENTIAL, event_id=event_id
            )

        def done(result: Result[Kept]) -> None:
            match result:
                case Ok():
                    self._tell(acts.WithdrawalKept(effect.session))
                case Err(error):
                    self._ill("withdraw", error)
                    doubt = isinstance(error, StoreInDoubt)
                    self._tell(acts.KeepFailed(effect.session, Reason.KEEP_IN_DOUBT if doubt else _why(error)))

        self._door.ask(work, done)

    def _with_taken_back(self, claim: ClaimView) -> ClaimView:
        stage = self._memory.projection.taken_back(claim.event_id, claim.case_no)
        if stage is None or stage is Stood.PARKED or claim.further.taken_back:
            return claim
        if stage is not Stood.KEPT and not claim.further.withdraw:
            return claim  # the hub has had its say
        said = "kept" if stage is Stood.KEPT else "sent"
        return replace(claim, further=replace(claim.further, taken_back=said))

    def forget(self) -> None:
        """Drops what the visit that is over wanted to keep."""
        self._unkept = None
        self._withdrawals.clear()
        self._supplements.clear()

    def name_act(self, session: int, item: str, number: str) -> str:
        """The identifier that this act will have, however often it is tried."""
        return self._try(session, item, number).event_id

    def is_kept(self, event_id: str) -> bool:
        """Whether an act is kept here; to be asked in the storage door."""
        return self._memory.store.has_event(event_id)

    def _try(self, session: int, item: str, number: str) -> Try:
        wanted = (session, item, number)
        last = self._unkept
        if last is None or (last.session, last.item, last.number) != wanted:
            self._unkept = last = Try(*wanted, uuid7(self._now()), new_code())
        return last

    def settle(self, event_id: str, paper: Paper) -> None:
        """Keeps what the printer said as an event of its own."""
        outcome = OUTCOMES[paper]

        def done(result: Result[Kept]) -> None:
            if isinstance(result, Err):
                self._ill("settle", result.error)

        self._door.ask(lambda: self._memory.store.settle_slip(event_id, outcome), done)

    def rate(self, effect: KeepRating) -> None:
        """Keeps what a resident thinks of a case; a terminal that is almost full keeps cases instead."""

        def work() -> Kept:
            payload = {
                "case": {"event_id": effect.event_id},
                "level": effect.level,
                "options": [],
                "version": CURRENT,
            }
            return self._memory.store.keep(CASE_RATED, payload, priority=Priority.DEFERRABLE)

        def done(result: Result[Kept]) -> None:
            if isinstance(result, Err) and not isinstance(result.error, OutboxFull):
                self._ill("rate", result.error)

        self._door.ask(work, done)

    def dues(self, effect: FindDues) -> None:
        """What is due for the person whose card was laid, and which slips of hers never came out here."""
        today = self._now().astimezone(SHANGHAI).date()
        by_id = {item.id: item for item in self._items()}

        def done(result: Result[tuple[tuple[DueItem, ...], int]]) -> None:
            if isinstance(result, Err):
                self._ill("dues", result.error)
            dues, slips = result.value if isinstance(result, Ok) else ((), 0)
            self._tell(acts.DuesFound(effect.session, dues, slips))

        def work() -> tuple[tuple[DueItem, ...], int]:
            projection = self._memory.projection
            found = projection.dues_for(effect.number, today)
            acts_here = projection.find_by_subject(effect.number)
            dues = tuple(DueItem(by_id[due.item], due.month) for due in found if due.item in by_id)
            return dues, sum(each.slip is not SlipOutcome.PRINTED for each in acts_here)

        self._door.ask(work, done, deadline_s=self._deadline_s)

    def helper(self, effect: CheckHelper) -> None:
        """Whether the card laid as a witness is a listed helper's."""

        def work() -> bool | None:
            projection = self._memory.projection
            return projection.is_helper(effect.number) if projection.helpers() else None

        def done(result: Result[bool | None]) -> None:
            if isinstance(result, Err):
                self._ill("helper", result.error)
            listed = result.value if isinstance(result, Ok) else None
            self._tell(acts.HelperChecked(effect.session, effect.number, listed))

        self._door.ask(work, done, deadline_s=self._deadline_s)

    def helpers_known(self, then: Callable[[bool], None]) -> None:
        """Whether a signed list is here."""

        def done(result: Result[bool]) -> None:
            if isinstance(result, Ok):
                then(result.value)
            elif not isinstance(result.error, Late):
                self._ill("helpers", result.error)

        self._door.ask(lambda: bool(self._memory.projection.helpers()), done, deadline_s=self._deadline_s)

    def condition(self, then: Callable[[Room, bool], None]) -> None:
        """How much more can be kept, and whether the time of day is certain."""
        store = self._memory.store

        def done(result: Result[tuple[Room, bool]]) -> None:
            if isinstance(result, Ok):
                then(*result.value)
            elif not isinstance(result.error, Late):
                self._ill("condition", result.error)

        self._door.ask(lambda: (store.room(), store.clock_sure()), done, deadline_s=self._deadline_s)

    def by_code(self, code: str, then: Callable[[Result[ClaimView | None]], None]) -> None:
        """The case of a code made here, opened with the code."""
        names = {item.id: item.name for item in self._items()}

        def work() -> ClaimView | None:
            seen = self._memory.projection.find_by_code(code)
            return None if seen is None else view_of(seen, names, code)

        self._door.ask(work, then, deadline_s=self._deadline_s)

    def by_number(self, number: str, then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        """A card holder's cases kept here; without the code only their state is readable."""
        names = {item.id: item.name for item in self._items()}

        def work() -> tuple[ClaimView, ...]:
            return tuple(view_of(seen, names) for seen in self._memory.projection.find_by_subject(number))

        self._door.ask(work, then, deadline_s=self._deadline_s)

    def lay_over(self, claims: tuple[ClaimView, ...], then: Callable[[Result[tuple[ClaimView, ...]]], None]) -> None:
        """Cases as the hub last said, with what lies in the outbox for them."""

        def work() -> tuple[ClaimView, ...]:
            projection = self._memory.projection
            brought = (with_brought(claim, projection.brought_for(claim.case_no)) for claim in claims)
            return tuple(self._with_taken_back(claim) for claim in brought)

        self._door.ask(work, then, deadline_s=self._deadline_s)

    def prune(self, keeping: Keeping) -> None:
        """Leaves stubs of what is answered, read and old."""

        def done(result: Result[int]) -> None:
            if isinstance(result, Err):
                self._ill("prune", result.error)

        store = self._memory.store
        self._door.ask(lambda: prune(store, store.agent, keeping, self._now()), done)

    def flush(self) -> None:
        """Brings what was kept into its main file, after what was asked before; it was durable already."""

        def done(result: Result[None]) -> None:
            if isinstance(result, Err):
                self._ill("flush", result.error)

        self._door.ask(self._memory.store.flush, done)

    def close(self) -> None:
        """Closes the files after what was asked before."""

        def work() -> None:
            self._memory.projection.close()
            self._memory.store.close()

        self._door.ask(work, lambda _: None)


def _why(error: Exception) -> Reason:
    match error:
        case OutboxFull(cause=Cause.SHUT_OUT):
            return Reason.ROOM_SHUT
        case DiskFull() | OutboxFull():
            return Reason.DISK_FULL
        case _:
            return Reason.KEEP_FAILED


def with_brought(claim: ClaimView, brought: Iterable[Brings]) -> ClaimView:
    """The case without asking for what lies in the outbox; a case that is settled waits for nothing."""
    if claim.stage is Stage.SETTLED:
        return claim
    titles = {each.document: each.title for each in brought}
    needs = tuple(need for need in claim.further.needs if need.document not in titles)
    return replace(claim, further=replace(claim.further, needs=needs, brought=tuple(titles.values())))


def view_of(seen: ClaimSeen, names: dict[str, str], code: str = "") -> ClaimView:
    """An act of this terminal as a resident may see it."""
    case = seen.case
    stage = STAGES[seen.standing.stage]
    state = seen.standing.state or ("in_review" if seen.standing.stage is Stood.PARKED else "")
    view = ClaimView(
        item_name=names.get(seen.item, seen.item),
        item=seen.item,
        stage=stage,
        state=state,
        case_no=seen.standing.case_no or "",
        kept_at=time_text(seen.kept_at),
        clock_sure=seen.clock_sure,
        claim_code=code,
        event_id=seen.event_id,
        slip_unsettled=seen.slip is not SlipOutcome.PRINTED,
    )
    if case is None:
        return view
    return ClaimView(
        item_name=view.item_name,
        item=seen.item,
        stage=stage,
        masked_name=case.masked_name,
        state=case.state,
        outcome_text=case.outcome_text,
        reasons=tuple(reason.text for reason in case.reasons),
        next_due=case.next_due or "",
        case_no=case.case_no or view.case_no,
        kept_at=view.kept_at,
        clock_sure=view.clock_sure,
        decided_at=case.decided_at or "",
        claim_code=code,
        event_id=view.event_id,
        slip_unsettled=view.slip_unsettled,
        **found_in(case),
    )
