"""Reads the test seals: whose they are, where they count, who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seeds.identifiers.uscc import uscc_ok
from seeds.item import Slug
from seeds.places import SEALS
from seeds.trouble import SeedTrouble

SealUse = Literal["rule", "custodian"]
TEST_MARK: Final = "测试"
"""Stands in every name here, so that no picture drawn from it can be taken for an authority's."""


class SealSpec(BaseModel):
    """One test seal; `rule` seals are used by approvals, `custodian` seals only by the person who holds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Slug
    unit: str = Field(min_length=2, max_length=30)  # whose seal, as it stands in the picture
    unit_code: str  # USCC of the unit (GB 32100)
    region: str = Field(pattern=r"^[0-9]{12}$")
    use: SealUse
    valid_years: int = Field(default=5, ge=1, le=20)

    @field_validator("unit")
    @classmethod
    def _says_that_it_is_a_test(cls, unit: str) -> str:
        if TEST_MARK not in unit:
            raise ValueError(f"里要有“{TEST_MARK}”二字：这里只能有测试章")
        return unit

    @field_validator("unit_code")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not uscc_ok(code):
            raise ValueError("不是正确的统一社会信用代码")
        return code


@dataclass(frozen=True)
class SealSpecs:
    """All test seals, in the order of their files."""

    all: tuple[SealSpec, ...]

    @classmethod
    def load(cls, folder: Path = SEALS) -> SealSpecs:
        """Reads one file per seal; the file's name is its id."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            found.append(parsed(SealSpec, file, {"id": path.stem.replace("_", "-"), **file.mapping()}))
        if not found:
            raise SeedTrouble(f"{folder} 里没有测试章。", "请检查安装是否完整。")
        return cls(tuple(found))
