"""What can happen to each simulated device, asked of the simulator's own door, as buttons of the dock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from deploy.dock.move import Move
from deploy.journey.world import World
from kiosk.doctor import IF_SET, WANTED

TITLES: Final = {**WANTED, **IF_SET}
MOST_PER_DEVICE: Final = 24
"""More buttons than this nobody looks through; every fault can still be had over the device's door."""


@dataclass(frozen=True)
class Happening:
    """Something that can happen to a device: the path that lets it happen and its Chinese title."""

    title: str
    path: str
    body: dict[str, str] | None = None


def happenings(told: object) -> tuple[Happening, ...]:
    """From what `GET /situations` says: situations first, then the faults that none of them is named after."""
    assert isinstance(told, dict)
    situations: dict[str, str] = told["situations"]
    faults: dict[str, str] = told["faults"]
    found = [Happening(title, f"/situations/{name}") for name, title in situations.items()]
    found += [
        Happening(title, "/fault", {"state": name})
        for name, title in faults.items()
        if title not in situations.values()
    ]
    return tuple(found[:MOST_PER_DEVICE])


def trouble_moves(world: World, roles: tuple[str, ...]) -> Iterator[Move]:
    """Every device's buttons, each device a group whose first button mends it; then one that mends all."""
    for role in roles:
        group = f"{TITLES.get(role, role)}出毛病"
        yield Move(group, "修好", partial(_mend, world, (role,)))
        for one in happenings(world.device(role, "GET", "/situations").json()):
            yield Move(group, one.title, partial(_let, world, role, one))
    yield Move("全部设备", "全部修好", partial(_mend, world, roles))


def _let(world: World, role: str, one: Happening) -> str | None:
    """None where it has begun; else when it will."""
    after = int(world.device(role, "POST", one.path, one.body).json().get("begins_after", 0))
    return f"还没有开始：设备再工作 {after} 次以后才会这样" if after else None


def _mend(world: World, roles: tuple[str, ...]) -> None:
    for role in roles:
        world.device(role, "POST", "/clear")
