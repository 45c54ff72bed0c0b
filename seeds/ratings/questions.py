"""Reads the questionnaires of the 好差评; a version once published is never changed, only followed by another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.places import RATINGS
from seeds.trouble import SeedTrouble
from seeds.words import Words

CURRENT: Final = "zhizhu-1"
"""The version that is asked now."""
PUBLISHED: Final[Mapping[str, str]] = {"zhizhu-1": "432bded2cc6dfcaaa073f00e6ef1d9a4bf56b34c23223cbf771f32a626190dde"}
"""By version the SHA-256 of its file: one word changed in one county, and figures could no longer be compared."""
LEVELS: Final = ("5", "4", "3", "2", "1")
GOOD_FROM: Final = 3
"""From 基本满意 upwards it is no complaint; below, a ticket is opened."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Data):
    """A reason one can choose, with good or with bad levels."""

    when: Literal["good", "bad"]
    words: Words


class Indicators(_Data):
    """What is asked about, in a hall or at a terminal, and on a phone."""

    site: tuple[Words, ...] = Field(min_length=1, max_length=10)
    online: tuple[Words, ...] = Field(min_length=1, max_length=10)


class Questionnaire(_Data):
    """One version: five levels, the indicators, the reasons."""

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")
    levels: dict[str, Words]
    indicators: Indicators
    options: dict[str, Option] = Field(max_length=40)

    def level(self, level: int) -> Words:
        """What a level is called."""
        return self.levels[str(level)]

    def fitting(self, level: int, chosen: tuple[str, ...]) -> bool:
        """Whether these reasons exist, each once, and go with the level."""
        side = "good" if level >= GOOD_FROM else "bad"
        known = all(name in self.options and self.options[name].when == side for name in chosen)
        return known and len(set(chosen)) == len(chosen)

    @model_validator(mode="after")
    def _five_levels(self) -> Questionnaire:
        if set(self.levels) != set(LEVELS):
            raise ValueError("的 levels 要正好是 1 到 5 五级")
        return self


@dataclass(frozen=True)
class Questionnaires:
    """All versions; what was answered under an old one is read with its words."""

    by_version: Mapping[str, Questionnaire]

    @classmethod
    def load(cls, folder: Path = RATINGS, published: Mapping[str, str] = PUBLISHED) -> Questionnaires:
        """Reads one file per version; one that is not as it was published raises SeedTrouble."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found: dict[str, Questionnaire] = {}
        for path in sorted(folder.glob("*.yaml")):
            if hashlib.sha256(path.read_bytes()).hexdigest() != published.get(path.stem):
                raise SeedTrouble(
                    f"评价问卷 {path.name} 和发布时不一样。A published questionnaire was changed.",
                    "问卷由上级统一发布，不能在本地改；请恢复原文件，新写法用新版本号。Restore it.",
                )
            file = read_yaml(path)
            found[path.stem] = parsed(Questionnaire, file, {"version": path.stem, **file.mapping()})
        if CURRENT not in found:
            raise SeedTrouble(f"{folder} 里没有评价问卷 {CURRENT}。", "请检查安装是否完整。")
        return cls(found)

    @property
    def current(self) -> Questionnaire:
        """The one that is asked now."""
        return self.by_version[CURRENT]

    def get(self, version: str) -> Questionnaire | None:
        """A version; None where it was never published."""
        return self.by_version.get(version)
