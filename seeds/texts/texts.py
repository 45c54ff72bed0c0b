"""The sentences in one language, with their spoken forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seeds.catalogue import Catalogue
from seeds.item import Item
from seeds.places import CATALOGUE, TEXTS
from seeds.trouble import SeedTrouble
from seeds.words import LANGUAGES, Language, Words


class UnknownText(SeedTrouble):
    """A text id is asked for that nobody wrote, or without a value its sentence needs."""


@dataclass(frozen=True)
class Texts:
    """Looks sentences up by id and fills in their names in braces."""

    language: Language
    words: Mapping[str, Words]

    @classmethod
    def load(
        cls,
        language: str = "zh-Hans",
        folder: Path = TEXTS,
        catalogue: Path = CATALOGUE,
        *,
        items: Iterable[Item] | None = None,
    ) -> Texts:
        """Reads the YAML files and the catalogue's own sentences: of `items` for who has read the catalogue already."""
        # YAML is imported here only: a terminal reads its texts from the pack.
        from seeds.texts.files import read_texts

        words = read_texts(folder)
        for item in Catalogue.load(catalogue).items if items is None else items:
            for text_id, sentence in item.texts().items():
                if text_id in words:
                    raise SeedTrouble(f"文字编号“{text_id}”和事项 {item.id} 的重了。", "请在文字文件里换一个编号。")
                words[text_id] = sentence
        return cls(_known(language), words)

    @classmethod
    def of_pack(cls, catalogue: Catalogue, language: str = "zh-Hans") -> Texts:
        """The texts that came with a packed catalogue."""
        if not catalogue.packed_texts:
            raise SeedTrouble("这个事项目录包里没有文字。", "请用 zhizhu catalogue pack 重新打包。")
        return cls(_known(language), catalogue.packed_texts)

    def __call__(self, text_id: str, /, **values: object) -> str:
        """The sentence, with `values` in its braces."""
        words = self._find(text_id)
        return _filled(text_id, words.in_language(self.language), words.fields, values)

    def spoken(self, text_id: str, voice: str = "", /, **values: object) -> str:
        """What this voice says aloud for the sentence."""
        words = self._find(text_id)
        return _filled(text_id, words.for_voice(voice), words.fields, values)

    def __contains__(self, text_id: str) -> bool:
        """Whether somebody wrote this id."""
        return text_id in self.words

    def in_language(self, language: str) -> Texts:
        """The same sentences in another language."""
        return Texts(_known(language), self.words)

    def _find(self, text_id: str) -> Words:
        try:
            return self.words[text_id]
        except KeyError:
            raise UnknownText(f"没有编号为“{text_id}”的文字。", "请在 seeds/texts 里补上。") from None


def _filled(text_id: str, sentence: str, fields: frozenset[str], values: Mapping[str, object]) -> str:
    lacking = fields - values.keys()
    if lacking:
        raise UnknownText(f"文字“{text_id}”缺少 {'、'.join(sorted(lacking))}。", "请在调用处补上。")
    return sentence.format_map({name: str(values[name]) for name in fields})


def _known(language: str) -> Language:
    for known in LANGUAGES:
        if language == known:
            return known
    raise SeedTrouble(f"没有语言 {language}。", f"可以用 {'、'.join(LANGUAGES)}。")
