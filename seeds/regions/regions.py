"""The tree of divisions, province to village, read from data with the date it was true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from seeds.places import REGIONS
from seeds.trouble import SeedTrouble

Level = Literal["province", "city", "county", "town", "village"]
_LEVEL_OF_LENGTH: Final[Mapping[int, Level]] = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}


class UnknownRegion(SeedTrouble):
    """A division code that the data does not have."""


@dataclass(frozen=True, slots=True)
class Region:
    """One division; `parent` is the code of the one it belongs to, None for the province."""

    code: str
    name: str
    level: Level
    parent: str | None
    invented: bool = False


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1)
    invented: bool = False


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    as_of: date
    source: str
    divisions: dict[str, _Row | str]


@dataclass(frozen=True)
class Regions:
    """Looks divisions up by code; trailing zeros of the padded 12-digit form are understood."""

    by_code: Mapping[str, Region]
    as_of: date

    @classmethod
    def load(cls, folder: Path = REGIONS) -> Regions:
        """Reads the division files; a division whose parent is nowhere raises."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found: dict[str, Region] = {}
        dates = []
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            data = parsed(_File, file, file.mapping())
            dates.append(data.as_of)
            for code, row in data.divisions.items():
                if len(code) not in _LEVEL_OF_LENGTH or not code.isascii() or not code.isdigit():
                    raise file.trouble(
                        ("divisions", code), f"“{code}”不是区划代码。", "应当是 2、4、6、9 或 12 位数字。"
                    )
                if code in found:
                    raise file.trouble(("divisions", code), f"区划“{code}”写了两次。", "请只留一处。")
                parent = _parent(code, found)
                if parent is None and len(code) > 2:
                    raise file.trouble(("divisions", code), f"区划“{code}”没有上级。", "请把上级写在它前面。")
                name, invented = (row, False) if isinstance(row, str) else (row.name, row.invented)
                found[code] = Region(code, name, _LEVEL_OF_LENGTH[len(code)], parent, invented)
        if not found:
            raise SeedTrouble(f"{folder} 里没有区划。", "请检查安装是否完整。")
        return cls(found, min(dates))

    def __getitem__(self, code: str) -> Region:
        """The division of this code."""
        region = self.by_code.get(code) or self.by_code.get(_unpadded(code))
        if region is None:
            raise UnknownRegion(f"没有区划 {code}。", "请检查代码，或把它加进 seeds/regions。")
        return region

    def __contains__(self, code: str) -> bool:
        """Whether the data has this division."""
        return code in self.by_code or _unpadded(code) in self.by_code

    def name_of(self, code: str) -> str:
        """The division's own name, e.g. 云潭镇."""
        return self[code].name

    def path(self, code: str) -> tuple[Region, ...]:
        """The division and everything above it, province first."""
        here: Region | None = self[code]
        found: list[Region] = []
        while here is not None:
            found.insert(0, here)
            here = self.by_code[here.parent] if here.parent is not None else None
        return tuple(found)

    def full_name(self, code: str) -> str:
        """The names from the province down, without gaps: 广东省茂名市高州市云潭镇示例村."""
        return "".join(region.name for region in self.path(code))

    def children(self, code: str) -> tuple[Region, ...]:
        """The divisions directly below."""
        own = self[code].code
        return tuple(region for region in self.by_code.values() if region.parent == own)

    def within(self, code: str, around: str) -> bool:
        """Whether a division is `around` or lies in it."""
        return any(region.code == self[around].code for region in self.path(code))


def _parent(code: str, found: Mapping[str, Region]) -> str | None:
    # 东莞 and 中山 have no counties: a town there finds its city as the nearest one above.
    for length in sorted((length for length in _LEVEL_OF_LENGTH if length < len(code)), reverse=True):
        if code[:length] in found:
            return code[:length]
    return None


def _unpadded(code: str) -> str:
    if len(code) not in (6, 12):
        return code
    for length in (2, 4, 6, 9):
        if length < len(code) and not code[length:].strip("0"):
            return code[:length]
    return code
