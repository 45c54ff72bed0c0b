"""A theme (一件事): one matter of life that several departments have a part in, as in its YAML file."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.item import Slug, SourceRef
from seeds.words import Words


class Theme(BaseModel):
    """Its items in order; guide, form, papers and limits are put together from theirs, nothing is kept twice."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    id: Slug
    version: str = Field(min_length=1)
    words: Words = Field(alias="name")
    called: Words | None = None  # as people ask for it; that is what a terminal offers it by
    summary: Words
    picture: Slug = "theme"  # the drawing beside it (kiosk/qml/pictures)
    big: bool = False
    event_type: str = Field(pattern=r"^cn\.zhizhu\.[a-z0-9_]+\.[a-z0-9_]+\.v[1-9][0-9]*$")
    items: tuple[Slug, ...] = Field(min_length=2, max_length=12)
    after: dict[Slug, Slug] = Field(default_factory=dict)  # which begins only when which is approved
    source: tuple[SourceRef, ...] = Field(min_length=1)
    as_of: date

    @property
    def whole(self) -> bool:
        """Whether no part of it can be left out: one that another has to come before means nothing alone."""
        return bool(self.after)

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
