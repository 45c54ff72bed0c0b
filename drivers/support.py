"""The support matrix: every driver and how far it is proven, from the registry: `python -m drivers.support`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from drivers.registry import KINDS, Driver, Kind, Seen, load
from drivers.simulation import SimulatedDevice

PAGE: Final = Path(__file__).with_name("SUPPORT.md")

Level = Literal["none", "bronze", "silver", "gold", "platinum"]

LEVELS: Final[Mapping[Level, tuple[str, str]]] = MappingProxyType(
    {
        "none": ("未验证：有代码，契约测试还没有通过", "written, its contract is not kept yet"),
        "bronze": ("铜：在自己的模拟器上通过全部契约测试", "keeps its contract before our own simulator"),
        "silver": ("银：另外还对着别人写的真软件通过", "also before real software that is not ours"),
        "gold": ("金：在真机上见过", "seen on real hardware"),
        "platinum": ("白金：在成批终端上长期运行过", "has run in a fleet for long"),
    }
)
"""What each level says, in Chinese and English, the lowest first; a level is derived from the proof, never set."""

_SEEN: Final[Mapping[Seen, str]] = MappingProxyType(
    {
        "fleet seen": "成批终端",
        "real hardware seen": "见过真机",
        "simulator only": "只有模拟器",
        "not yet": "还没有",
    }
)


def level_of(driver: Driver) -> Level:
    """How far the driver is proven. Without the contract nothing counts, and without hardware nothing is gold."""
    match driver.seen:
        case "fleet seen":
            return "platinum"
        case "real hardware seen":
            return "gold"
        case "simulator only":
            return "silver" if driver.other_ends else "bronze"
        case "not yet":
            return "none"


@dataclass(frozen=True)
class Row:
    """One driver in the matrix; `capture` says whether its traffic can be recorded, which is always blanked."""

    kind: str
    title: str
    name: str
    where: str
    links: tuple[str, ...]
    speaks: str
    seen: Seen
    usb: tuple[str, ...]
    other_ends: tuple[str, ...]
    level: Level
    capture: bool
    situations: int


def matrix() -> tuple[Row, ...]:
    """Every driver, in the order of the registry. Loads the simulators, to count what can happen to them."""
    return tuple(_row(kind, driver) for kind in KINDS.values() for driver in kind.drivers)


def _row(kind: Kind, driver: Driver) -> Row:
    simulator = cast("type[SimulatedDevice]", load(kind.simulator))
    return Row(
        kind=kind.name,
        title=kind.title,
        name=driver.name,
        where=driver.where,
        links=driver.links,
        speaks=driver.speaks,
        seen=driver.seen,
        usb=driver.usb,
        other_ends=driver.other_ends,
        level=level_of(driver),
        capture=bool(kind.blanking) and driver.captured,
        situations=len(simulator.situations),
    )


def page(rows: tuple[Row, ...]) -> str:
    """The whole of SUPPORT.md."""
    head = """# 支持的设备 Support matrix

由 `python -m drivers.support` 按 `drivers/registry.py` 写成，`tests/drivers/test_support.py` 核对；请不要手改。
*Written from the registry by `python -m drivers.support` and checked by a test.*

没有接过真机的，就写“只有模拟器”。等级由证据推出来，不是自己评的。
*What has met no real hardware says "simulator only". Levels follow from the proof; nobody sets them.*

"""
    levels = _table(("等级", "意思", "Meaning"), [(level, *LEVELS[level]) for level in LEVELS])
    drivers = _table(
        ("设备", "驱动", "链接", "说的语言", "证据", "测试里真的对端", "等级", "抓包并抹去个人信息", "模拟情况"),
        [_cells(row) for row in rows],
    )
    return f"""{head}{levels}
设备、证据和等级 *Kind, driver, links, what it speaks, proof, real other end in tests, level, capture with blanking,
number of simulated situations*：

{drivers}
同样的内容：`zhizhu device list --json`。 *The same as JSON: `zhizhu device list --json`.*
"""


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.title} `{row.kind}`",
        f"`{row.name}`",
        " ".join(f"`{link}`" for link in row.links),
        row.speaks,
        f"{_SEEN[row.seen]} {row.seen}",
        " + ".join(row.other_ends) or "无 none",
        row.level,
        "能 yes" if row.capture else "不能 no",
        str(row.situations),
    )


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rows: list[tuple[Any, ...]] = [head, ("---",) * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(page(matrix()), encoding="utf-8")
