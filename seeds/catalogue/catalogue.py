"""All items a terminal or a hub knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from seeds.catalogue.packing import Pack, read_pack, write_pack
from seeds.item import Item
from seeds.places import CATALOGUE
from seeds.theme import Theme
from seeds.trouble import SeedTrouble, UnknownItem
from seeds.words import Words


@dataclass(frozen=True)
class Catalogue:
    """The items in the order of their files; `sha256` is set when they came out of a pack."""

    items: tuple[Item, ...]
    sha256: str | None = None
    _words: Mapping[str, Words] = field(default_factory=dict, repr=False)
    packed_themes: tuple[Theme, ...] = field(default=(), repr=False)  # that came in the same pack

    @classmethod
    def load(cls, folder: Path = CATALOGUE) -> Catalogue:
        """Reads the YAML files; the first thing wrong with any of them is raised."""
        # YAML is imported here only: what loads a pack never needs it.
        from seeds.catalogue.files import read_items

        files = read_items(folder)
        for file in files:
            if file.troubles:
                raise file.troubles[0]
        items = tuple(file.item for file in files if file.item is not None)
        if not items:
            raise SeedTrouble(f"{folder} 里没有事项。", "请检查目录，或用 zhizhu catalogue new 新建一个。")
        return cls(_each_once(items))

    @classmethod
    def load_packed(cls, path: Path) -> Catalogue:
        """Reads a packed catalogue and checks its hash."""
        pack, sha256 = read_pack(path)
        return cls(_each_once(pack.items), sha256, pack.texts, pack.themes)

    def pack(self, path: Path, texts: Mapping[str, Words] | None = None, themes: Iterable[Theme] | None = None) -> str:
        """Writes the packed form, with texts and themes where given; returns its SHA-256.

        Equal content gives equal bytes.
        """
        items = tuple(item.model_copy(update={"golden": None}) for item in self.items)
        words = dict(self._words if texts is None else texts)
        return write_pack(path, Pack(items=items, texts=words, themes=tuple(themes or self.packed_themes)))

    @property
    def packed_texts(self) -> Mapping[str, Words]:
        """The texts that came in the same pack; empty when loaded from YAML."""
        return self._words

    def item(self, item_id: str) -> Item:
        """The item of this id; `_` and `-` are the same."""
        try:
            return self._by_id[item_id.replace("_", "-")]
        except KeyError:
            raise UnknownItem(item_id, tuple(self._by_id)) from None

    def for_region(self, code: str) -> tuple[Item, ...]:
        """The items offered in this division."""
        return tuple(item for item in self.items if item.regions.include(code))

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}


def _each_once(items: tuple[Item, ...]) -> tuple[Item, ...]:
    for what, values in (
        ("事项 id", [item.id for item in items]),
        ("事项编码", [item.code for item in items]),
        ("event_type", [item.event_type for item in items]),
    ):
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise SeedTrouble(f"{what} {min(twice)} 用了两次。", "请改掉其中一个，再运行 zhizhu catalogue check。")
    return items
