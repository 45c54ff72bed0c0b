"""The sandbox channel (演示): a cashier a phone can pay at, signed notices, and every way in which such a party fails.

Its books are tables of their own and share nothing with ours but the numbers; a province's own channel takes its place
behind the same port.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.moments import local_day
from hub.payments.channel import Bill, ChannelTrouble, Line, Notice, Payment, SignedNotice
from hub.payments.tables import SandboxBill, SandboxNotice, SandboxTill
from offline.wire.canonical import b64, unb64
from offline.wire.sealing import seal
from offline.wire.signing import new_signing_key, signing_public

log = logging.getLogger(__name__)
NOTICES: Final = "/v1/payments/notices"
NoticeWay = Literal["prompt", "late", "twice", "never", "wrong"]
Answering = Literal["prompt", "silent"]
RefundWay = Literal["prompt", "silent", "refused"]
StatementWay = Literal["right", "missing", "amount", "unknown", "silent"]
Post = Callable[[str, str], bool]
"""Takes a path and a JSON body to the hub; whether the hub took it."""
_TILL: Final = 1
_AAD: Final = b"sandbox/till"
_KEY_BYTES: Final = 32
_LINES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the sandbox behaves until it is told otherwise."""

    notice: NoticeWay = "prompt"
    query: Answering = "prompt"
    refund: RefundWay = "prompt"
    statement: StatementWay = "right"


WAYS: Final[dict[str, tuple[str, ...]]] = {
    "notice": get_args(NoticeWay),
    "query": get_args(Answering),
    "refund": get_args(RefundWay),
    "statement": get_args(StatementWay),
}


class SandboxChannel:
    """The port's sandbox, over its own tables in the hub's database."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    @property
    def public(self) -> bytes:
        """The key by which its notices are believed."""
        return till(self._hub).public

    def behave(self, how: Behaviour) -> None:
        """Changes how it behaves from now on."""
        till(self._hub)
        with self._hub.database.writing() as session:
            row = session.get_one(SandboxTill, _TILL)
            row.notice, row.query, row.refund, row.statement = how.notice, how.query, how.refund, how.statement

    def place(self, bill: Bill) -> str:
        """Makes the bill known; the address of its cashier page."""
        with self._hub.database.writing() as session:
            row = session.get(SandboxBill, bill.number)
            if row is None:
                row = SandboxBill(
                    number=bill.number,
                    key=secrets.token_urlsafe(16),
                    amount_fen=bill.amount_fen,
                    title=bill.title[:80],
                    back_to=bill.back_to,
                    state="open",
                )
                session.add(row)
            return f"/sandbox/cashier/{row.key}"

    def query(self, number: str) -> Payment | None:
        """The payment of a bill."""
        if till(self._hub).query == "silent":
            raise _silent()
        with self._hub.database.reading() as session:
            return _payment(session.get(SandboxBill, number))

    def close(self, number: str) -> Payment | None:
        """Takes no money from now on."""
        if till(self._hub).query == "silent":
            raise _silent()
        with self._hub.database.writing() as session:
            row = session.get(SandboxBill, number, with_for_update=True)
            if row is not None and row.state in ("open", "declined"):
                row.state = "closed"
            return _payment(row)

    def refund(self, refund: str, trade: str, amount_fen: int) -> bool:
        """Gives money back, once for each payment."""
        how = till(self._hub).refund
        if how == "silent":
            raise _silent()
        with self._hub.database.writing() as session:
            row = session.scalars(select(SandboxBill).where(SandboxBill.trade == trade).with_for_update()).one_or_none()
            if row is None or how == "refused" or amount_fen <= 0:
                return False
            if row.refund is None:
                row.refund, row.refunded_at = refund, self._hub.clock()
            return row.refund == refund

    def statement(self, day: date) -> tuple[Line, ...]:
        """Everything of a day; wrong where it was told to be."""
        how = till(self._hub).statement
        if how == "silent":
            raise _silent()
        with self._hub.database.reading() as session:
            moved = or_(SandboxBill.paid_at.is_not(None), SandboxBill.refunded_at.is_not(None))
            rows = session.scalars(select(SandboxBill).where(moved).order_by(SandboxBill.number).limit(_LINES)).all()
        lines = [line for row in rows for line in _lines(row) if local_day(line.at) == day]
        match how:
            case "missing":
                lines = lines[1:]
            case "amount" if lines:
                first = lines[0]
                lines[0] = Line(first.number, first.trade, first.amount_fen + 100, first.kind, first.at)
            case "unknown":
                lines.append(Line("JF0", f"YSX{day:%Y%m%d}", 12_300, "payment", self._hub.clock()))
        return tuple(lines)

    def bill_of(self, key: str) -> SandboxBill | None:
        """The bill of a cashier page."""
        with self._hub.database.reading() as session:
            return session.scalars(select(SandboxBill).where(SandboxBill.key == key)).one_or_none()

    def pay(self, key: str) -> bool:
        """The phone pays; notices are owed from now on. False where the bill takes no money any more."""
        how, now = till(self._hub), self._hub.clock()
        with self._hub.database.writing() as session:
            row = _by_key(session, key)
            if row is None or row.state not in ("open", "declined"):
                return False
            row.state, row.trade, row.paid_at = "paid", f"YS{secrets.token_hex(10)}", now
            self._owe(session, row, how, now)
        self._hub.work.set()
        return True

    def decline(self, key: str) -> None:
        """The phone does not pay; it may think again."""
        with self._hub.database.writing() as session:
            row = _by_key(session, key)
            if row is not None and row.state == "open":
                row.state = "declined"

    def deliver(self, post: Post) -> int:
        """Sends the notices that are due; one that the hub does not take comes again, later and later."""
        hub, done = self._hub, 0
        with hub.database.reading() as session:
            due = select(SandboxNotice).where(SandboxNotice.due_at <= hub.clock()).order_by(SandboxNotice.due_at)
            waiting = session.scalars(due.limit(hub.settings.pay_batch)).all()
        for one in waiting:
            taken = post(NOTICES, one.body)
            with hub.database.writing() as session:
                row = session.get_one(SandboxNotice, one.id, with_for_update=True)
                row.tries += 1
                over = taken or row.tries >= hub.settings.pay_notice_tries
                row.due_at = None if over else hub.clock() + timedelta(seconds=hub.settings.pay_ask_s * 2**row.tries)
            done += taken
        return done

    def _owe(self, session: Session, bill: SandboxBill, how: SandboxTill, now: datetime) -> None:
        if how.notice == "never":
            return
        wrong = -1 if how.notice == "wrong" else 0
        notice = Notice(
            id=secrets.token_hex(12),
            number=bill.number,
            trade=bill.trade or "",
            amount_fen=max(0, bill.amount_fen + wrong),
            at=now,
            sent_at=now,
        )
        late_s = self._hub.settings.pay_sandbox_late_s if how.notice == "late" else 0.0
        body = signed(self._hub, how, notice).model_dump_json()
        for n in range(2 if how.notice == "twice" else 1):
            due = now + timedelta(seconds=late_s)
            session.add(SandboxNotice(id=f"{notice.id}-{n}", body=body, due_at=due, tries=0))


def till(hub: Hub) -> SandboxTill:
    """The sandbox's row, made at the first need."""
    with hub.database.reading() as session:
        row = session.get(SandboxTill, _TILL)
    if row is not None:
        return row
    private, how = new_signing_key(), Behaviour()
    sealed = seal({"key": b64(private)}, hub.keys.sealing_public, _AAD)
    fresh = SandboxTill(
        id=_TILL,
        notice=how.notice,
        query=how.query,
        refund=how.refund,
        statement=how.statement,
        public=signing_public(private),
        key_sealed=sealed,
    )
    try:
        with hub.database.writing() as session:
            session.add(fresh)
    except IntegrityError:
        log.debug("another replica opened the sandbox's till; its key holds")
    with hub.database.reading() as session:
        return session.get_one(SandboxTill, _TILL)


def signed(hub: Hub, row: SandboxTill, notice: Notice) -> SignedNotice:
    """A notice with the sandbox's signature."""
    private = Ed25519PrivateKey.from_private_bytes(unb64(hub.keys.unseal(row.key_sealed, _AAD).get("key"), _KEY_BYTES))
    return SignedNotice(notice=notice, signature=b64(private.sign(notice.spelt())))


def poster(hub: Hub) -> Post:
    """Posts to the hub's public address, as a channel outside would."""
    base = hub.settings.public_url.rstrip("/")

    def post(path: str, body: str) -> bool:
        try:
            reply = httpx.post(
                f"{base}{path}",
                content=body,
                headers={"Content-Type": "application/json"},
                timeout=hub.settings.pay_channel_s,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            log.warning("the sandbox's notice does not reach the hub: %s", type(error).__name__)
            return False
        return reply.is_success

    return post


def _by_key(session: Session, key: str) -> SandboxBill | None:
    return session.scalars(select(SandboxBill).where(SandboxBill.key == key).with_for_update()).one_or_none()


def _payment(row: SandboxBill | None) -> Payment | None:
    if row is None or row.trade is None or row.paid_at is None:
        return None
    return Payment(row.trade, row.amount_fen, row.paid_at)


def _lines(row: SandboxBill) -> list[Line]:
    lines = []
    if row.trade is not None and row.paid_at is not None:
        lines.append(Line(row.number, row.trade, row.amount_fen, "payment", row.paid_at))
        if row.refunded_at is not None:
            lines.append(Line(row.number, row.trade, row.amount_fen, "refund", row.refunded_at))
    return lines


def _silent() -> ChannelTrouble:
    return ChannelTrouble("缴费渠道没有回音。The channel does not answer.", "稍后会自动再问。It is asked again later.")
