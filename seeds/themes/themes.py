"""A theme as data: its items in order; guide, form and papers are put together from theirs, nothing is kept twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.catalogue import Catalogue
from seeds.form import Document, FormField
from seeds.item import Item, Slug, SourceRef
from seeds.places import THEMES
from seeds.trouble import SeedTrouble
from seeds.words import Words


class Theme(BaseModel):
    """One matter of life that several departments have a part in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    id: Slug
    version: str = Field(min_length=1)
    words: Words = Field(alias="name")
    summary: Words
    event_type: str = Field(pattern=r"^cn\.zhizhu\.[a-z0-9_]+\.[a-z0-9_]+\.v[1-9][0-9]*$")
    items: tuple[Slug, ...] = Field(min_length=2, max_length=12)
    after: dict[Slug, Slug] = Field(default_factory=dict)  # which begins only when which is approved
    source: tuple[SourceRef, ...] = Field(min_length=1)
    as_of: date

    @model_validator(mode="after")
    def _in_order(self) -> Theme:
        places = {item: n for n, item in enumerate(self.items)}
        for later, first in self.after.items():
            if places.get(first, len(places)) >= places.get(later, -1):
                raise ValueError("的 after 里先办的要是它的一个事项，并排在前面")
        return self

    @property
    def name(self) -> str:
        """The name in simplified Chinese."""
        return self.words.zh_hans


@dataclass(frozen=True)
class Themes:
    """The themes by id, over the catalogue that has their items."""

    by_id: Mapping[str, Theme]
    catalogue: Catalogue

    @classmethod
    def load(cls, catalogue: Catalogue, folder: Path = THEMES) -> Themes:
        """Reads the files; an item that the catalogue lacks, or a name used already, raises FileTrouble."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found: dict[str, Theme] = {}
        items = {item.id for item in catalogue.items}
        types = {item.event_type for item in catalogue.items}
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            theme = parsed(Theme, file, {"id": path.stem.replace("_", "-"), **file.mapping()})
            for n, item_id in enumerate(theme.items):
                if item_id not in items or item_id in theme.items[:n]:
                    raise file.trouble(("items", n), f"目录里没有事项“{item_id}”，或写了两次。", "请改正事项。")
            if theme.id in items or theme.event_type in types:
                raise file.trouble((), f"主题“{theme.id}”和一个事项同名。", "请换一个名称和 event_type。")
            types.add(theme.event_type)
            found[theme.id] = theme
        return cls(found, catalogue)

    def __contains__(self, item_id: object) -> bool:
        """Whether this is a theme's id."""
        return item_id in self.by_id

    def __iter__(self) -> Iterator[Theme]:
        """The themes, in the order of their files."""
        return iter(self.by_id.values())

    def parts(self, theme_id: str) -> tuple[Item, ...]:
        """The items of a theme, in order; raises SeedTrouble."""
        theme = self.by_id.get(theme_id)
        if theme is None:
            raise SeedTrouble(f"没有主题 {theme_id}。", "请看 seeds/themes。")
        return tuple(self.catalogue.item(item_id) for item_id in theme.items)

    def form(self, theme_id: str) -> tuple[FormField, ...]:
        """The shared form: each field once, though several items ask for it (一套表单)."""
        fields: dict[str, FormField] = {}
        for item in self.parts(theme_id):
            for field in item.form:
                fields.setdefault(field.name, field)
        return tuple(fields.values())

    def documents(self, theme_id: str) -> tuple[Document, ...]:
        """The papers of all items, each once."""
        papers: dict[str, Document] = {}
        for item in self.parts(theme_id):
            for paper in item.documents:
                papers.setdefault(paper.id or paper.words.zh_hans, paper)
        return tuple(papers.values())

    def guide(self, theme_id: str) -> tuple[Words, ...]:
        """What there is to know, item by item (一个指南)."""
        return tuple(item.summary_words for item in self.parts(theme_id))
