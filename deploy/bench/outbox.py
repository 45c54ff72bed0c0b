"""What it costs to keep an act for good and to be done with it, beside queues that also say they are durable.

Each queue keeps the same number of bytes on the same disk, flushed at every commit. The outbox seals, chains and
encrypts them besides, and is measured with all of it.

How long a flush takes depends on the log: while it grows, the file system has to write down its new length; once it has
reached its length it is written over, which is quicker for all and leaves the computing to be compared. The bounds hold
for queues that were just opened, because a terminal's process is replaced after each visitor. The outbox makes its log
long when it is opened, which no visitor waits for (offline/log_file.py); a peer's grows, as its users get it. What the
opening takes stands in the report, and so does the same against logs long in use, without a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from deploy.bench.disk_place import file_system, place_on_disk
from deploy.bench.losses import Losses, losses
from deploy.bench.our_queue import Outbox
from deploy.bench.queue_arms import Put, PutAndAcknowledge, PutAndDrain, use_for_long
from deploy.bench.queues import ACKNOWLEDGING, KINDS, OURS, PERSIST_QUEUE, RAW, durability_of, open_queue, title
from deploy.bench.report import Gate, Number, Report
from deploy.bench.rounds import Rounds
from deploy.power_cut.shim import Shim
from offline.sync.pace import FIRST_BATCH

BLOCK: Final = 5
LEAST_ROUNDS: Final = 3
SEED: Final = 20261128

_PUT: Final = "放入一条 put, ms (median)"
_OPENED: Final = "重新打开 opened anew, ms (median)"
_PUT_OLD: Final = "放入一条，日志用久了 put, log long in use, ms (median)"
_DRAINED: Final = f"放入 {FIRST_BATCH} 条后全部签收，每条 {FIRST_BATCH} put, then all acknowledged, ms each (median)"
_SINGLY: Final = "放入、取出、签收，一条一条 put, taken, acknowledged one by one, ms (median)"
_TIMED: Final = "测速时的耐久 durability while timed"
_DEFAULT: Final = "默认的耐久 durability by default"
_LOST: Final = "断电后丢失，默认设置 lost after power cut, by default (cuts)"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done; `budget_s` is for each of four measurements and each warming up: a busy machine does fewer."""

    rounds: int
    budget_s: float
    warm: int
    items: int
    cuts: int


QUICK: Final = Scale(rounds=60, budget_s=3.5, warm=1500, items=20, cuts=60)
FULL: Final = Scale(rounds=600, budget_s=60.0, warm=3000, items=200, cuts=1000)


@dataclass(frozen=True, slots=True)
class Timed:
    """The four measurements and what was set meanwhile."""

    put: Rounds
    put_old: Rounds
    drained: Rounds
    singly: Rounds
    opened_ms: dict[str, float]
    durability: dict[str, str]


def run(*, full: bool) -> Report:
    """Times first, in turns; then the power is cut."""
    return measured(FULL if full else QUICK)


def measured(scale: Scale) -> Report:
    """One run of that scale, with the peers that are installed."""
    titles = {kind: name for kind in KINDS if (name := title(kind)) is not None}
    with TemporaryDirectory(prefix="zhizhu-outbox-", dir=place_on_disk()) as folder:
        place = Path(folder)
        disk = file_system(place)
        size = _row_bytes(place / "row")
        timed = _timed(titles, place, size, scale)
        default = {kind: durability_of(kind, _made(place / "default" / kind), equal=False) for kind in titles}
        lost = _losses(titles, place / "cut", size, scale)
    figures = {kind: _figures(kind, timed, default[kind], lost.get(kind)) for kind in titles}
    return Report(
        name="outbox",
        scale=f"每条 {size} 字节 bytes each; {timed.put.count} + {timed.drained.count} 轮 rounds; "
        f"每种 {scale.cuts} 次断电 power cuts each; {disk}",
        figures=figures[OURS],
        peers={titles[kind]: figures[kind] for kind in titles if kind != OURS},
        ratios={
            **_ratios("put", timed.put, titles),
            **_ratios("put, log long in use", timed.put_old, titles),
            **_ratios("put, then all acknowledged", timed.drained, titles),
            **_ratios("put, taken, acknowledged one by one", timed.singly, titles),
        },
        gates=(
            _at_least(
                "放入并签收比 persist-queue 快 put + acknowledge, times as often as persist-queue",
                timed.drained,
                PERSIST_QUEUE,
                1.2,
            ),
            _at_least("放入，对照裸写 put, times as often as a raw sqlite3 insert", timed.put, RAW, 0.45),
            _none_lost(lost),
        ),
    )


def _timed(titles: Iterable[str], place: Path, size: int, scale: Scale) -> Timed:
    rounds = partial(Rounds.of, rounds=scale.rounds, budget_s=scale.budget_s, least=LEAST_ROUNDS)
    able = [kind for kind in titles if kind in ACKNOWLEDGING]
    compared = [kind for kind in (OURS, RAW, PERSIST_QUEUE) if kind in titles]
    with ExitStack() as stack:

        def arms(of: type[Put], kinds: Iterable[str], *, renewed: bool) -> dict[str, Put]:
            made = dict[str, Put]()
            for kind in kinds:
                folder = _made(place / f"{of.__name__}-{'new' if renewed else 'old'}" / kind)
                opened = partial(open_queue, kind, folder, size, equal=True)
                made[kind] = stack.enter_context(closing(of(opened, renewed=renewed)))
                if not renewed:
                    use_for_long(made[kind], folder, most=scale.warm, budget_s=scale.budget_s / 2)
            return made

        put = arms(Put, titles, renewed=True)
        return Timed(
            put=rounds(put, block=BLOCK),
            opened_ms={kind: round(median(each.openings_s) * 1000, 1) for kind, each in put.items()},
            put_old=rounds(arms(Put, compared, renewed=False), block=BLOCK),
            drained=rounds(arms(PutAndDrain, [kind for kind in compared if kind in able], renewed=True), block=1),
            singly=rounds(arms(PutAndAcknowledge, able, renewed=True), block=BLOCK),
            durability={kind: each.queue.durability() for kind, each in put.items()},
        )


def _row_bytes(folder: Path) -> int:
    with closing(Outbox(_made(folder), 0, equal=True)) as ours:
        return ours.row_bytes()


def _losses(titles: Iterable[str], place: Path, size: int, scale: Scale) -> dict[str, Losses]:
    """Nothing where no recording disk can be built; that is no pass."""
    if not Shim.can_be_built():
        return {}
    chance = Random(SEED)  # noqa: S311  (chooses moments, keeps no secret)
    return {
        kind: losses(kind, place / kind, items=scale.items, size=size, states=scale.cuts, chance=chance)
        for kind in titles
    }


def _figures(kind: str, timed: Timed, default: str, lost: Losses | None) -> dict[str, Number | str]:
    rows = (
        (_PUT, timed.put, 1),
        (_PUT_OLD, timed.put_old, 1),
        (_DRAINED, timed.drained, FIRST_BATCH),
        (_SINGLY, timed.singly, 1),
    )
    found: dict[str, Number | str] = {
        what: rounds.middle_ms(kind, of) for what, rounds, of in rows if kind in rounds.names
    }
    found |= {_OPENED: timed.opened_ms[kind], _TIMED: timed.durability[kind], _DEFAULT: default}
    found[_LOST] = "没有编译器 no compiler" if lost is None else str(lost)
    return found


def _ratios(what: str, found: Rounds, titles: Mapping[str, str]) -> dict[str, Number]:
    others = [kind for kind in titles if kind in found.names - {OURS}]
    return {f"{what}: {titles[kind]}": round(found.times_quicker(OURS, kind), 3) for kind in others}


def _at_least(what: str, found: Rounds, peer: str, least: float) -> Gate:
    if peer not in found.names:
        return Gate.missing(what, f"≥ {least:g} ×")
    return Gate.at_least(what, found.times_quicker(OURS, peer), least)


def _none_lost(lost: Mapping[str, Losses]) -> Gate:
    what = "断电后丢失 lost after power cut"
    return Gate.at_most(what, lost[OURS].lost, 0, "次 cuts") if OURS in lost else Gate.missing(what, "≤ 0 次 cuts")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
