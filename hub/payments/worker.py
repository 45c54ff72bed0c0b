"""Sees to open orders in the background: asks where no notice came, ends what is over, gives back, reconciles."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from hub.answers import Addressee, answer, conclude
from hub.background import BackgroundWorker
from hub.casework.state import By
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from hub.outside import wait
from hub.payments.channel import ChannelTrouble, PaymentChannel
from hub.payments.following import ASKED, REFUSED
from hub.payments.orders import PAYMENT, step
from hub.payments.reconciling import reconcile
from hub.payments.sandbox import Post, SandboxChannel, poster
from hub.payments.state import UNPAID
from hub.payments.tables import PaymentDay, PaymentOrder, PaymentRefund
from hub.payments.taking import locked_order, take_payment
from hub.payments.tickets import raise_ticket
from hub.tables import Case
from hub.withdrawals import read_addressee

log = logging.getLogger(__name__)
_DONE: Final = "done"


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """What one order or refund fails by must not stop the others: it is looked at again, ever more seldom."""
    try:
        yield
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("%s could not be seen to", what)


class PaymentWorker(BackgroundWorker):
    """One thread beside the decision worker; several may run at once, for every step counts once."""

    def __init__(self, hub: Hub, channel: PaymentChannel | None = None, post: Post | None = None) -> None:
        self._hub = hub
        self._channel: PaymentChannel = channel or SandboxChannel(hub)
        self._post = post or poster(hub)
        self._reconcile_at: datetime | None = None
        super().__init__("payments", "payments", hub.settings.decision_poll_s)

    def turn(self) -> bool:
        """Does what is due, then waits for the next round."""
        self.run_once()
        return False

    def run_once(self) -> None:
        """Everything that is due now."""
        if isinstance(self._channel, SandboxChannel):
            self._channel.deliver(self._post)
        for order_id in self._claim_orders():
            with _alone(f"order {order_id}"):
                try:
                    self._look_at(order_id)
                except ChannelTrouble:
                    self._in_doubt(order_id)
        for number in self._claim_refunds():
            with _alone(f"refund {number}"):
                try:
                    self._give_back(number)
                except ChannelTrouble as trouble:
                    log.warning("refund %s waits: %s", number, trouble.sentence)
        self._new_day()

    def _claim_orders(self) -> list[int]:
        """The open orders whose time to be looked at has come; the next time is set before anything is asked."""
        hub, now = self._hub, self._hub.clock()
        due = select(PaymentOrder).where(PaymentOrder.ask_at <= now).order_by(PaymentOrder.ask_at)
        with hub.database.reading() as session:
            if session.scalars(due.limit(1)).first() is None:
                return []  # looking takes no write lock
        with hub.database.writing() as session:
            rows = session.scalars(due.limit(hub.settings.pay_batch).with_for_update(skip_locked=True)).all()
            for row in rows:
                row.asked += 1
                row.ask_at = now + self._pause(row.asked)
            return [row.id for row in rows]

    def _look_at(self, order_id: int) -> None:
        hub = self._hub
        with hub.database.reading() as session:
            order = session.get_one(PaymentOrder, order_id)
        over = hub.clock() >= order.until
        if order.state not in UNPAID:
            return
        if order.state == "made":  # no phone opened it, so the channel never heard of it
            if over:
                self._end(order)
            return
        found = self._channel.close(order.number) if over else self._channel.query(order.number)
        if found is not None:
            take_payment(hub, order.number, found)
        if over and (found is None or found.amount_fen != order.amount_fen):
            self._end(order)

    def _end(self, order: PaymentOrder) -> None:
        """Nobody paid in time, or another amount: the case is closed with its reason, and what came goes back."""
        hub = self._hub
        addressee = self._addressee(order)
        with hub.database.writing() as session:
            row = locked_order(session, order.number)
            if row is None or row.state not in UNPAID:
                return
            if not row.received_fen:
                step(session, row, "expire", "clock", "", hub.clock())
            case = session.get_one(Case, row.case_id)
            if (case.state, case.waits_for) == ("waiting", PAYMENT):
                text = hub.texts("hub.pay.because.late" if not row.received_fen else "hub.pay.because.wrong")
                reasons = [{"code": "not_paid", "text": text}]
                conclude(session, hub, case, "lapse", By("clock"), reasons, addressee, to="withdrawn")

    def _in_doubt(self, order_id: int) -> None:
        """The channel is silent: before the end that only means later, at the end nobody knows whether it was paid."""
        hub = self._hub
        with hub.database.reading() as session:
            found = session.get_one(PaymentOrder, order_id)
        number = found.number
        addressee = None if hub.clock() < found.until else self._addressee(found)
        with hub.database.writing() as session:
            order = locked_order(session, number)
            if order is None or order.state not in UNPAID or hub.clock() < order.until:
                return
            if order.state != "in_doubt":
                step(session, order, "doubt", "channel", hub.texts("hub.pay.because.silent"), hub.clock())
                if addressee is not None:
                    answer(session, hub, session.get_one(Case, order.case_id), addressee)
            raise_ticket(session, hub, "silent", order.number, order, order.amount_fen, 0)

    def _claim_refunds(self) -> list[str]:
        hub, now = self._hub, self._hub.clock()
        due = select(PaymentRefund).where(PaymentRefund.state == ASKED, PaymentRefund.try_at <= now)
        with hub.database.reading() as session:
            if session.scalars(due.limit(1)).first() is None:
                return []
        with hub.database.writing() as session:
            rows = session.scalars(due.limit(hub.settings.pay_batch).with_for_update(skip_locked=True)).all()
            for row in rows:
                row.tries += 1
                row.try_at = now + self._pause(row.tries)
            return [row.number for row in rows]

    def _give_back(self, number: str) -> None:
        hub = self._hub
        with hub.database.reading() as session:
            wanted = session.get_one(PaymentRefund, number)
            order = session.get_one(PaymentOrder, wanted.order_id)
        given = self._channel.refund(wanted.number, wanted.trade, wanted.amount_fen)
        addressee = self._addressee(order)
        with hub.database.writing() as session:
            row = locked_order(session, order.number)
            refund = session.get_one(PaymentRefund, number, with_for_update=True)
            if row is None or refund.state != ASKED:
                return
            refund.state, refund.try_at = (_DONE if given else REFUSED), None
            if not given:
                raise_ticket(session, hub, "refund_refused", refund.number, row, refund.amount_fen, 0, again=True)
                return
            refund.done_at = hub.clock()
            if refund.trade == row.trade and row.state == "refund_asked":
                step(session, row, "refund", "channel", refund.number, hub.clock())
            if addressee is not None:
                answer(session, hub, session.get_one(Case, row.case_id), addressee)

    def _addressee(self, order: PaymentOrder) -> Addressee | None:
        """Slow on purpose, so before any lock."""
        with self._hub.database.reading() as session:
            return read_addressee(session, self._hub, session.get_one(Case, order.case_id))

    def _new_day(self) -> None:
        """Yesterday is reconciled once, when the channel has had the night's first hours to close it."""
        hub, now = self._hub, self._hub.clock()
        if self._reconcile_at is not None and now < self._reconcile_at:
            return
        self._reconcile_at = now + timedelta(seconds=hub.settings.pay_ask_most_s)
        if now.astimezone(SHANGHAI).hour < hub.settings.pay_reconcile_hour:
            return
        for day in self._unreconciled(local_day(now)):
            try:
                reconcile(hub, self._channel, day)
            except ChannelTrouble as trouble:
                log.warning("the statement of %s is still missing: %s", day, trouble.sentence)

    def _unreconciled(self, today: date) -> list[date]:
        """The last days without a reconciliation, oldest first: the channel was silent, or the hub did not run."""
        back = [today - timedelta(days=n) for n in range(self._hub.settings.pay_reconcile_days, 0, -1)]
        with self._hub.database.reading() as session:
            done = set(session.scalars(select(PaymentDay.day).where(PaymentDay.day >= back[0])))
            first = session.scalar(select(func.min(PaymentOrder.made_at)))
        begun = back[-1] if first is None else min(back[-1], local_day(first))
        return [day for day in back if day >= begun and day not in done]

    def _pause(self, tries: int) -> timedelta:
        return wait(tries, self._hub.settings.pay_ask_s, self._hub.settings.pay_ask_most_s)
