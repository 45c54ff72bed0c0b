"""Reads the projects; a new one is one YAML file and touches no Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from seeds.item import Slug
from seeds.outside import PartyName
from seeds.places import PROJECTS
from seeds.trouble import SeedTrouble
from seeds.words import Words


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Permit(_Data):
    """One permit of a project: its number, who gave it, from when and until when it counts, and why it ended."""

    id: Slug
    words: Words = Field(alias="name")
    office: Words
    number: str = Field(default="", pattern=r"^[0-9A-Z]{0,24}$")  # empty: not given yet
    issued_on: date | None = None
    until: date | None = None  # none: for good
    ended: Words | None = None


class Project(_Data):
    """A project: its code, who builds it, where, its permits; `ended` says why the code does not count any more."""

    id: Slug
    code: str = Field(pattern=r"^XM[0-9]{10}$")
    words: Words = Field(alias="name")
    builder: PartyName  # the developer, as a party
    developer: Words
    address: Words
    ended: Words | None = None
    permits: tuple[Permit, ...] = Field(min_length=1, max_length=20)
    # The lines of the sandbox developer's first list (演示), as it reports them; `buyer` names an invented resident.
    first_list: tuple[dict[str, Any], ...] = Field(default=(), max_length=50)


@dataclass(frozen=True)
class Projects:
    """All projects, in the order of their files."""

    all: tuple[Project, ...]

    @classmethod
    def load(cls, folder: Path = PROJECTS) -> Projects:
        """Reads one file per project; the file's name is its id. Raises SeedTrouble for a code that stands twice."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            found.append(parsed(Project, file, {"id": path.stem.replace("_", "-"), **file.mapping()}))
        codes = [project.code for project in found]
        for code in codes:
            if codes.count(code) > 1:
                raise SeedTrouble(f"项目码 {code} 用了两次。", "请给其中一个换一个。")
        return cls(tuple(found))

    def by_code(self, code: str) -> Project | None:
        """The project of this code."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Project]:
        return {project.code: project for project in self.all}
