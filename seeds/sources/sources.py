"""Reads the table of sources; a hash where we held the text, and plain words where we did not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.item import Slug
from seeds.places import SOURCES
from seeds.trouble import SeedTrouble


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trace(_Data):
    """One row of a source, and what it became in this project."""

    row: str = Field(min_length=1)
    item: str | None = None
    became: str | None = None  # a file of the project, where it is no item
    test: str = Field(min_length=1)  # a test file of the project

    @model_validator(mode="after")
    def _became_something(self) -> Trace:
        if (self.item is None) == (self.became is None):
            raise ValueError("里要写 item 或 became 中的一个")
        return self


class Source(_Data):
    """A document: what it is, when, and whether we hold its text."""

    id: Slug
    title: str = Field(min_length=1)
    date: str = Field(pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|undated)$")
    kind: Literal["standard", "law", "news", "guide", "facts", "data", "invented"]
    held: bool
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    note: str = ""
    traces: tuple[Trace, ...] = ()

    @model_validator(mode="after")
    def _hash_of_what_is_held(self) -> Source:
        if self.held != (self.sha256 is not None):
            raise ValueError("held 为 true 时要有 sha256，为 false 时不能有")
        return self


class _File(_Data):
    sources: tuple[Source, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Sources:
    """All sources, by id."""

    all: tuple[Source, ...]

    @classmethod
    def load(cls, folder: Path = SOURCES) -> Sources:
        """Reads the table."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        file = read_yaml(folder / "sources.yaml")
        found = parsed(_File, file, file.mapping()).sources
        ids = [source.id for source in found]
        for source_id in ids:
            if ids.count(source_id) > 1:
                raise SeedTrouble(f"来源 {source_id} 写了两次。", "请只留一处。")
        return cls(found)

    def __contains__(self, source_id: str) -> bool:
        """Whether there is such a source."""
        return any(source.id == source_id for source in self.all)

    def __getitem__(self, source_id: str) -> Source:
        """The source of this id; raises KeyError."""
        for source in self.all:
            if source.id == source_id:
                return source
        raise KeyError(source_id)
