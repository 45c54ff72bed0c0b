"""Which unit handles a case: by the item's department and level and by the division, with what is delegated below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from seeds.casework import Level
from seeds.places import UNITS
from seeds.regions import Region, Regions
from seeds.trouble import SeedTrouble

_ORDER: Final[tuple[Level, ...]] = ("province", "city", "county", "town", "village")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of one division; `id` is its kind and the division, e.g. `town-centre@440981102`."""

    id: str
    name: str
    division: str


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    level: Level
    name: str = Field(pattern=r"^\{division\}")
    departments: tuple[str, ...] = ()


class _Delegation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    departments: tuple[str, ...] = Field(min_length=1)
    above: Level = Field(alias="from")
    to: Level
    within: tuple[str, ...] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds: dict[str, _Kind] = Field(min_length=1)
    delegations: tuple[_Delegation, ...] = ()
    source: str
    as_of: date


@dataclass(frozen=True)
class Units:
    """Finds units; a division that the data does not have is handled by the nearest one above that it has."""

    kinds: Mapping[str, _Kind]
    delegations: tuple[_Delegation, ...]
    regions: Regions

    @classmethod
    def load(cls, regions: Regions, folder: Path = UNITS) -> Units:
        """Reads the file; a level without a unit for every department raises."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        file = read_yaml(folder / "units.yaml")
        data = parsed(_File, file, file.mapping())
        for level in _ORDER:
            if not any(kind.level == level and not kind.departments for kind in data.kinds.values()):
                raise file.trouble(("kinds",), f"{level} 一级没有综合窗口。", "请加一个不写 departments 的单位。")
        for n, one in enumerate(data.delegations):
            if _ORDER.index(one.to) <= _ORDER.index(one.above):
                raise file.trouble(("delegations", n), "委托只能给下级。", "请改正 from 和 to。")
        return cls(data.kinds, data.delegations, regions)

    def route(self, department: str, level: Level, code: str) -> Unit:
        """The unit for an item of this department and level whose business lies in this division."""
        path = self._path(code)
        here = path[-1].code
        for one in self.delegations:
            if department in one.departments and one.above == level and here.startswith(one.within):
                level = one.to
        # 东莞 and 中山 have no counties: what a county does elsewhere, the city does there.
        division = next(region for region in reversed(path) if _ORDER.index(region.level) <= _ORDER.index(level))
        return self._unit(department, division)

    def named(self, unit_id: str) -> Unit:
        """The unit of this id; raises SeedTrouble."""
        kind, _, code = unit_id.partition("@")
        if kind not in self.kinds or code not in self.regions.by_code:
            raise SeedTrouble(f"没有单位 {unit_id}。", "请从列表里选。")
        region = self.regions.by_code[code]
        if region.level != self.kinds[kind].level:
            raise SeedTrouble(f"没有单位 {unit_id}。", "请从列表里选。")
        return self._made(kind, region)

    def near(self, code: str) -> Iterator[Unit]:
        """Where a case of this division can be passed on to: every unit above it, beside it and right below it."""
        path = self._path(code)
        below = self.regions.children(path[-1].code)
        beside = self.regions.children(path[-2].code) if len(path) > 1 else ()
        for region in dict.fromkeys((*path, *beside, *below)):
            for name, kind in self.kinds.items():
                if kind.level == region.level:
                    yield self._made(name, region)

    def _unit(self, department: str, division: Region) -> Unit:
        fitting = [name for name, kind in self.kinds.items() if kind.level == division.level]
        own = next((name for name in fitting if department in self.kinds[name].departments), None)
        return self._made(own or next(name for name in fitting if not self.kinds[name].departments), division)

    def _made(self, kind: str, division: Region) -> Unit:
        return Unit(f"{kind}@{division.code}", self.kinds[kind].name.format(division=division.name), division.code)

    def _path(self, code: str) -> tuple[Region, ...]:
        for length in (12, 9, 6, 4, 2):
            if len(code) >= length and code[:length] in self.regions:
                return self.regions.path(code[:length])
        raise SeedTrouble(f"没有区划 {code}。", "请检查代码，或把它加进 seeds/regions。")
