"""Reads the catalogue of data sources (数据目录): what each holds, how it is classed, and how it may be shared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.data_sources.contradictions import Contradiction
from seeds.decision_rule import FactPath
from seeds.item import Slug
from seeds.places import DATA_SOURCES
from seeds.trouble import SeedTrouble
from seeds.words import Words

Library = Literal["population", "legal-persons", "credit", "geography", "certificates"]
"""The five base libraries (五大基础库: 人口、法人、信用、空间地理、电子证照)."""
Share = Literal["free", "asked", "never"]
"""无条件共享, 有条件共享 (an officer approves it for a purpose), 不予共享 (国发〔2016〕51号, article 9)."""
DataClass = Literal[
    "identity", "contact", "family", "insurance", "benefit", "credit", "enterprise", "place", "certificate", "property"
]
_NOT_SOURCES: Final = ("contradictions.yaml", "standing.yaml")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DataField(_Data):
    """One field: where rules find it, its class and level (1 public … 4 never leaves), and how it may be shared."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    at: FactPath  # below `person`, `subject` or `organisation` of a rule's facts
    of: Literal["person", "organisation"] = "person"  # by whose number it is asked for
    type: Literal["text", "bool", "integer", "date", "month", "rows", "titles"]
    kind: DataClass = Field(alias="class")
    level: int = Field(ge=1, le=4)
    share: Share
    change: Literal["", "correct", "delete"] = ""  # what a resident may have changed: put right, or that and deleted
    empty_ok: bool = False  # where nothing is there, nothing is missing: a living person has no date of death
    label: Words

    @model_validator(mode="after")
    def _most_guarded_is_not_shared(self) -> DataField:
        if self.level == 4 and self.share != "never":
            raise ValueError("是 4 级的，share 只能写 never")
        return self


class DataSource(_Data):
    """A source: who keeps it, which base library it is, and whether it is connected from the start."""

    id: Slug
    library: Library | None = None
    title: Words
    keeper: Words
    mounted: bool
    held: Literal["province", "city"] = "province"  # who runs it: a city's node asks the province for what it has not
    fields: tuple[DataField, ...] = Field(min_length=1, max_length=60)

    def field(self, name: str) -> DataField | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)

    @model_validator(mode="after")
    def _each_once(self) -> DataSource:
        names = [field.name for field in self.fields]
        if len(set(names)) < len(names):
            raise ValueError("的 fields 里 name 重复")
        return self


class Grant(_Data):
    """Fields of a source that are approved beforehand for what the catalogue's items declare."""

    source: Slug
    fields: tuple[str, ...] = Field(min_length=1)


class Standing(_Data):
    """What a data officer has approved beforehand."""

    officer: str = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=1, max_length=200)
    grants: tuple[Grant, ...] = ()

    def covers(self, source: str, field: str) -> bool:
        """Whether a field needs no decision of its own."""
        return any(one.source == source and field in one.fields for one in self.grants)


class _Contradictions(_Data):
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True)
class DataSources:
    """All registered sources, what contradicts what, and the standing approvals."""

    all: tuple[DataSource, ...]
    contradictions: tuple[Contradiction, ...]
    standing: Standing

    @classmethod
    def load(cls, folder: Path = DATA_SOURCES) -> DataSources:
        """Reads one file per source; raises SeedTrouble, also where two sources claim the same place."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            if path.name in _NOT_SOURCES:
                continue
            file = read_yaml(path)
            stated = dict(file.mapping())
            fields = stated.get("fields")
            if isinstance(fields, list):
                stated["fields"] = [{"at": one.get("name"), **one} if isinstance(one, dict) else one for one in fields]
            found.append(parsed(DataSource, file, {"id": path.stem.replace("_", "-"), **stated}))
        places = [field.at for source in found for field in source.fields]
        for place in places:
            if any(other != place and other.startswith(f"{place}.") for other in places) or places.count(place) > 1:
                raise SeedTrouble(f"数据目录里有两项都写在 {place}。", "请给其中一项换个位置（at）。")
        first, second = (read_yaml(folder / name) for name in _NOT_SOURCES)
        contradictions = parsed(_Contradictions, first, first.mapping()).contradictions
        for one in contradictions:
            if unknown := set(one.reads) - set(places):
                raise SeedTrouble(f"矛盾 {one.id} 读的 {'、'.join(sorted(unknown))} 不在数据目录里。", "请改 reads。")
        return cls(tuple(found), contradictions, parsed(Standing, second, second.mapping()))

    def source(self, source_id: str) -> DataSource | None:
        """The source of this id."""
        return self._by_id.get(source_id)

    def at(self, path: str) -> tuple[DataSource, DataField] | None:
        """Who holds what rules find at this place."""
        return self._by_place.get(path)

    @cached_property
    def _by_id(self) -> dict[str, DataSource]:
        return {source.id: source for source in self.all}

    @cached_property
    def _by_place(self) -> dict[str, tuple[DataSource, DataField]]:
        return {field.at: (source, field) for source in self.all for field in source.fields}
