"""What it costs to keep an act for good and to be done with it, beside queues that also say they are durable.

Each queue keeps the same number of bytes on the same disk, flushed at every commit. The outbox seals, chains and
encrypts them besides, and is measured with all of it.

How long a flush takes depends on the log: while it grows, the file system has to write down its new length; once it has
reached its length it is written over, which is quicker for all and leaves the computing to be compared. The bounds hold
for logs that grow, because a terminal begins a new one after each visitor, when its process is replaced. The same
against logs long in use stands beside it, without a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from deploy.bench.disk_place import file_system, place_on_disk
from deploy.bench.losses import Losses, losses
from deploy.bench.queue_arms import Put, PutAndAcknowledge, use_for_long
from deploy.bench.queues import (
    ACKNOWLEDGING,
    KINDS,
    OURS,
    PERSIST_QUEUE,
    RAW,
    Outbox,
    durability_of,
    open_queue,
    title,
)
from deploy.bench.report import Gate, Number, Report
from deploy.bench.rounds import Rounds
from deploy.power_cut.shim import Shim

BLOCK: Final = 5
LEAST_ROUNDS: Final = 5
SEED: Final = 20261128

_PUT: Final = "放入一条 put, ms (median)"
_BOTH: Final = "放入、取出、签收 put, take, acknowledge, ms (median)"
_OLD: Final = "，日志用久了 log long in use"
_BATCH: Final = "整批签收，每条 acknowledged by the batch, ms an item"
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


QUICK: Final = Scale(rounds=60, budget_s=4.0, warm=1500, items=25, cuts=60)
FULL: Final = Scale(rounds=600, budget_s=60.0, warm=3000, items=200, cuts=1000)


@dataclass(frozen=True, slots=True)
class Timed:
    """The four measurements and what was set meanwhile."""

    put: Rounds
    both: Rounds
    old_put: Rounds
    old_both: Rounds
    batch_ms: float
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
        scale=f"每条 {size} 字节 bytes each; {timed.put.count} + {timed.both.count} 轮 rounds × {BLOCK}; "
        f"每种 {scale.cuts} 次断电 power cuts each; {disk}",
        figures=figures[OURS],
        peers={titles[kind]: figures[kind] for kind in titles if kind != OURS},
        ratios={
            **_ratios("put", timed.put, titles),
            **_ratios("put + acknowledge", timed.both, titles),
            **_ratios("put, log long in use", timed.old_put, titles),
            **_ratios("put + acknowledge, log long in use", timed.old_both, titles),
        },
        gates=(
            _at_least(
                "放入加签收，对照 persist-queue put + acknowledge, persist-queue's", timed.both, PERSIST_QUEUE, 1.2
            ),
            _at_least("放入，对照裸写 put, a raw sqlite3 insert's", timed.put, RAW, 0.45),
            _none_lost(lost),
        ),
    )


def _timed(titles: Iterable[str], place: Path, size: int, scale: Scale) -> Timed:
    rounds = partial(Rounds.of, rounds=scale.rounds, block=BLOCK, budget_s=scale.budget_s, least=LEAST_ROUNDS)
    compared = [kind for kind in (OURS, RAW, PERSIST_QUEUE) if kind in titles]
    with ExitStack() as stack:

        def arm(kind: str, folder: Path, of: type[Put], *, renewed: bool) -> Put:
            opened = partial(open_queue, kind, _made(folder / kind), size, equal=True)
            return stack.enter_context(closing(of(opened, renewed=renewed)))

        young = {kind: arm(kind, place / "put", Put, renewed=True) for kind in titles}
        able = [kind for kind in titles if kind in ACKNOWLEDGING]
        young_both = {kind: arm(kind, place / "both", PutAndAcknowledge, renewed=True) for kind in able}
        both, put = rounds(young_both), rounds(young)
        old = {kind: arm(kind, place / "old", Put, renewed=False) for kind in compared}
        able = [kind for kind in compared if kind in ACKNOWLEDGING]
        old_both = {kind: arm(kind, place / "old_both", PutAndAcknowledge, renewed=False) for kind in able}
        for arms, folder in ((old, "old"), (old_both, "old_both")):
            for kind, each in arms.items():
                use_for_long(each, place / folder / kind, most=scale.warm, budget_s=scale.budget_s / 2)
        return Timed(
            put=put,
            both=both,
            old_put=rounds(old),
            old_both=rounds(old_both),
            batch_ms=_batch_ms(old[OURS]),
            durability={kind: each.queue.durability() for kind, each in young.items()},
        )


def _batch_ms(arm: Put) -> float:
    """What acknowledging costs an item when the agent's drain does it: by the batch, all that was put and waits."""
    assert isinstance(arm.queue, Outbox)
    count, seconds = arm.queue.drain()
    return round(seconds * 1000 / max(1, count), 3)


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
    rows = ((_PUT, timed.put), (_BOTH, timed.both), (_PUT + _OLD, timed.old_put), (_BOTH + _OLD, timed.old_both))
    found: dict[str, Number | str] = {name: rounds.middle_ms(kind) for name, rounds in rows if kind in rounds.names}
    if kind == OURS:
        found[_BATCH] = timed.batch_ms
    found |= {_TIMED: timed.durability[kind], _DEFAULT: default}
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
