"""The sandbox parties (演示): banks and utilities that answer in time, or are late, wrong, silent, or say it twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import func, select

from hub.delivery.tables import SandboxManner
from hub.hub import Hub
from hub.outside import numbered
from hub.referrals.port import PREFIX, OutsideParty, PartySilent, Reply, Request
from hub.referrals.reading import Reads
from hub.referrals.tables import SandboxRequest

Manner = Literal["well", "late", "wrong", "silent", "twice"]
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
BANKS: Final = ("demo-rural-bank", "demo-savings-bank")
UTILITIES: Final = ("demo-water", "demo-power", "demo-gas")
_WRONG: Final = "YS9999999999"
_LEAST_MONTHS: Final = 12
_MOST_FEN: Final = 5_000_000
_FEN: Final = 100


class SandboxParty(ABC):
    """Keeps what it has taken, so that replicas and restarts agree."""

    sandbox = True

    def __init__(self, hub: Hub, name: str) -> None:
        self.name = name
        self._hub = hub

    def behave(self, manner: Manner) -> None:
        """Sets how it behaves from now on."""
        with self._hub.database.writing() as session:
            session.merge(SandboxManner(party=self.name, manner=manner))

    def take(self, request: Request) -> str:
        """Takes the request once; wrong: names no number of its own; twice: answers only when it is asked again."""
        manner = self._manner()
        if manner == "silent":
            raise PartySilent
        if manner == "wrong":
            return "? 没有编号"
        with self._hub.database.reading() as session:
            held = session.get(SandboxRequest, request.key)
        if held is not None:
            return held.reference
        months, read = self._look(request)
        amount = request.form.get("amount")
        with self._hub.database.writing() as session:
            number = (session.scalar(select(func.count()).select_from(SandboxRequest)) or 0) + 1
            made = SandboxRequest(
                key=request.key,
                party=self.name,
                reference=numbered(PREFIX, number),
                item=request.item,
                amount_fen=amount if isinstance(amount, int) else 0,
                months=months,
                read=read,
                taken_at=self._hub.clock(),
            )
            session.add(made)
        if manner == "twice":
            raise PartySilent
        return made.reference

    def reply(self, reference: str) -> Reply:
        """How far it is by now; late: nothing is done yet; wrong: it speaks of another's request."""
        manner = self._manner()
        if manner == "silent":
            raise PartySilent
        with self._hub.database.reading() as session:
            held = session.scalars(select(SandboxRequest).where(SandboxRequest.reference == reference)).one_or_none()
        if held is None:
            return Reply(reference, "pending")
        if manner == "wrong":
            return self._answer(held, _WRONG)
        age = self._hub.clock() - held.taken_at
        if manner == "late" or age < timedelta(seconds=self._hub.settings.sandbox_outside_s):
            return Reply(reference, "pending")
        return self._answer(held, reference)

    def _look(self, request: Request) -> tuple[int, bool]:
        """What the party looks at before it takes the request: months that a voucher opened, and whether it did."""
        del request
        return 0, False

    @abstractmethod
    def _answer(self, held: SandboxRequest, reference: str) -> Reply:
        """What it says in the end."""

    def _manner(self) -> str:
        with self._hub.database.reading() as session:
            row = session.get(SandboxManner, self.name)
        return "well" if row is None else row.manner


class SandboxBank(SandboxParty):
    """Reads by the resident's voucher, with its own key and through the same door as any other party, and offers."""

    def __init__(self, hub: Hub, name: str, reads: Reads) -> None:
        super().__init__(hub, name)
        self._reads = reads

    def _look(self, request: Request) -> tuple[int, bool]:
        months = self._reads(self.name, request.voucher, request.key)
        return (0, False) if months is None else (months, True)

    def _answer(self, held: SandboxRequest, reference: str) -> Reply:
        if not held.read:
            return Reply(reference, "refused", "授权的资料没有读到（演示）")
        if held.months < _LEAST_MONTHS:
            return Reply(reference, "refused", "缴社保还不满十二个月（演示）")
        offered = min(held.amount_fen, _MOST_FEN)
        rows = (
            ("银行答复", "可以贷（演示）"),
            ("可以贷多少", f"{offered // _FEN:,}.{offered % _FEN:02d}元"),
            ("年利率", "4.35%（演示）"),
            ("银行的编号", reference),
        )
        return Reply(reference, "done", "请带身份证到银行签合同（演示）", rows, offered)


class SandboxUtility(SandboxParty):
    """Connects a house: names the number of the meter's account and the day."""

    def _answer(self, held: SandboxRequest, reference: str) -> Reply:
        del held
        rows = (("户号", f"{reference}（演示）"), ("上门", "三个工作日内（演示）"))
        return Reply(reference, "done", "已经受理，上门前打电话（演示）", rows)


def sandbox_parties(hub: Hub, reads: Reads) -> Mapping[str, OutsideParty]:
    """Every sandbox party by its name."""
    banks = {name: SandboxBank(hub, name, reads) for name in BANKS}
    return {**banks, **{name: SandboxUtility(hub, name) for name in UTILITIES}}
