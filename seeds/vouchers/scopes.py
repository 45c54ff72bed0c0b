"""Reads the scopes and readers of vouchers; a new scope is one YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.decision_rule import FactPath
from seeds.item import Slug
from seeds.places import VOUCHERS
from seeds.trouble import SeedTrouble
from seeds.words import Words

_READERS: Final = "readers.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Fact(_Data):
    """One fact by its name: where it stands; of records only the named columns can ever be read."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str = Field(min_length=1, max_length=60)
    source: FactPath = Field(alias="from")
    keys: tuple[str, ...] = ()


class Scope(_Data):
    """Facts that are authorised together."""

    id: Slug
    title: Words
    most_days: int = Field(ge=1, le=3650)
    facts: tuple[Fact, ...] = Field(min_length=1, max_length=20)

    def fact(self, name: str) -> Fact | None:
        """The fact of this name."""
        return next((fact for fact in self.facts if fact.name == name), None)

    @model_validator(mode="after")
    def _each_once(self) -> Scope:
        names = [fact.name for fact in self.facts]
        if len(set(names)) < len(names):
            raise ValueError("的 facts 里 name 重复")
        return self


class Reader(_Data):
    """An outside party that may read by vouchers."""

    id: Slug
    name: str = Field(min_length=1, max_length=40)


class _Readers(_Data):
    readers: tuple[Reader, ...] = Field(min_length=1)


@dataclass(frozen=True)
class VoucherScopes:
    """All scopes and readers."""

    scopes: tuple[Scope, ...]
    readers: tuple[Reader, ...]

    @classmethod
    def load(cls, folder: Path = VOUCHERS) -> VoucherScopes:
        """Reads one file per scope, and the readers."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            if path.name != _READERS:
                file = read_yaml(path)
                found.append(parsed(Scope, file, {"id": path.stem.replace("_", "-"), **file.mapping()}))
        if not found:
            raise SeedTrouble(f"{folder} 里没有可以授权的数据。", "请检查安装是否完整。")
        file = read_yaml(folder / _READERS)
        return cls(tuple(found), parsed(_Readers, file, file.mapping()).readers)

    def scope(self, scope_id: str) -> Scope | None:
        """The scope of this id; None where there is none."""
        return self._by_id.get(scope_id)

    def reader(self, reader_id: str) -> Reader | None:
        """The reader of this id; None where there is none."""
        return next((reader for reader in self.readers if reader.id == reader_id), None)

    @cached_property
    def _by_id(self) -> dict[str, Scope]:
        return {scope.id: scope for scope in self.scopes}
