"""One thing said in every language of the house, with its spoken form."""

from __future__ import annotations

from string import Formatter
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_NO_FIELDS: Final[frozenset[str]] = frozenset()
UNFINISHED: Final = "待填"  # what `catalogue new` leaves where a person has to write


class Words(BaseModel):
    """A sentence in simplified and traditional Chinese and English; `spoken` where it is said in other words."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    zh_hans: str = Field(alias="zh-Hans", min_length=1)
    zh_hant: str = Field(alias="zh-Hant", min_length=1)
    en: str = Field(min_length=1)
    spoken: str | dict[str, str] | None = None  # one form for every voice, or one per voice

    def in_language(self, language: Language) -> str:
        """The sentence in this language."""
        match language:
            case "zh-Hans":
                return self.zh_hans
            case "zh-Hant":
                return self.zh_hant
            case "en":
                return self.en

    def for_voice(self, voice: str) -> str:
        """What this voice says aloud: its own spoken form, the common one, or the written simplified Chinese."""
        if isinstance(self.spoken, dict):
            return self.spoken.get(voice, self.zh_hans)
        return self.spoken or self.zh_hans

    @property
    def fields(self) -> frozenset[str]:
        """The names in braces that are filled in when the sentence is used."""
        return _fields(self.zh_hans)

    @field_validator("zh_hans", "zh_hant", "en")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("不能是空白")
        return text

    @model_validator(mode="after")
    def _same_fields(self) -> Words:
        spoken = self.spoken.values() if isinstance(self.spoken, dict) else (self.spoken,)
        for text in (self.zh_hant, self.en):
            if _fields(text) != self.fields:
                raise ValueError("各语言花括号里的名称不一致")
        for text in filter(None, spoken):
            if not _fields(text) <= self.fields:
                raise ValueError("口语里的花括号名称在文字里没有")
        return self


def _fields(text: str) -> frozenset[str]:
    if "{" not in text and "}" not in text:  # nine in ten
        return _NO_FIELDS
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError("花括号没有成对") from error
    names = [name for _, name, _, _ in parsed if name is not None]
    # Only plain names: an attribute or index in a text would reach into the program.
    if any(spec or conversion for _, _, spec, conversion in parsed) or not all(name.isidentifier() for name in names):
        raise ValueError("花括号里只能写一个名称")
    return frozenset(names)
