"""All themes a terminal or a hub knows, over the catalogue that has their items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seeds.catalogue import Catalogue
from seeds.form import Document, FormField
from seeds.item import Item
from seeds.places import THEMES
from seeds.theme import Theme
from seeds.trouble import SeedTrouble
from seeds.words import Words

MOST_FIELDS: Final = 30
MOST_PAPERS: Final = 12
"""Of one application, with all that is given besides words: what a hub takes (offline/wire/attachment.py)."""


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
            if why := misfit([catalogue.item(item_id) for item_id in theme.items]):
                raise file.trouble(("items",), f"这几件事不能一起办：{why}。", "请改正事项，或换几件放在一起。")
            types.add(theme.event_type)
            found[theme.id] = theme
        return cls(found, catalogue)

    @classmethod
    def of_pack(cls, catalogue: Catalogue) -> Themes:
        """The themes that came with a packed catalogue, checked when it was packed."""
        return cls({theme.id: theme for theme in catalogue.packed_themes}, catalogue)

    def for_region(self, code: str) -> tuple[Theme, ...]:
        """The themes all of whose items are offered in this division."""
        return tuple(one for one in self if all(item.regions.include(code) for item in self.parts(one.id)))

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


def misfit(items: Sequence[Item]) -> str:
    """Why these items cannot be applied for at once, with one proof of who one is and one form; empty where they can.

    A field that several ask for is asked once, so it has to mean the same in each; so has a paper.
    """
    if not set.intersection(*(set(item.identity) for item in items)):
        return "没有一种认证方式是每件都认的"
    fields: dict[str, FormField] = {}
    papers: dict[str, Document] = {}
    given = {one.id for item in items for one in item.attachments}
    for item in items:
        for field in item.form:
            one = fields.setdefault(field.name, field)
            if _meant(one) != _meant(field):
                return f"同一项“{field.name}”的填法不一样"
        for paper in item.documents:
            if paper.id is not None and papers.setdefault(paper.id, paper).words != paper.words:
                return f"同一份材料“{paper.id}”的名称不一样"
    if len(fields) > MOST_FIELDS or len(papers) + len(given) > MOST_PAPERS:
        return f"合起来多于 {MOST_FIELDS} 项要填，或多于 {MOST_PAPERS} 份材料和照片"
    return ""


def _meant(field: FormField) -> tuple[object, ...]:
    """What an answer to it can be, and when it is asked for; how it is put may differ."""
    values = tuple(choice.value for choice in field.choices)
    return field.json_schema, field.unit, field.options, values, field.when, field.editable
