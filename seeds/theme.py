"""A theme (一件事): one matter of life that several departments have a part in, as in its YAML file."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

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
    source: tuple[SourceRef, ...] = Field(min_length=1)
    as_of: date

    @property
    def name(self) -> str:
        """The name in simplified Chinese."""
        return self.words.zh_hans
