"""What the gateway asks a source, and what a source may answer; the sandbox and any real one stand behind this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from hub.gateway.words import Word


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """Exactly these fields of one person, for one purpose; asked twice under the same key, it is one question."""

    key: str
    source: str
    id_number: str
    fields: tuple[str, ...]
    purpose: str
    reference: str  # the case's number


@dataclass(frozen=True, slots=True, repr=False)
class VillageQuestion:
    """These fields of everybody of a village (12 digits) of whom the source has any of them, for a standing order."""

    key: str
    source: str
    region: str
    fields: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a source said: about whom, whether it knows such a person, the values by field name, and of which day."""

    id_number: str
    known: bool
    values: Mapping[str, object]
    as_of: date


@dataclass(frozen=True, slots=True, repr=False)
class ChangeOrder:
    """What a source is to change of somebody; `value` None: the field is to be empty.

    `keep` says which of two values stands, so that orders may come late and in any order: this one, or the smaller
    (`first`) or the greater (`latest`) of it and the one that is there.
    """

    key: str
    source: str
    id_number: str
    field: str
    value: str | None
    keep: Literal["this", "first", "latest"] = "this"


class SourceSilent(Exception):
    """The source did not answer in time; `late`: it has taken the question and will."""

    def __init__(self, *, late: bool = False) -> None:
        super().__init__("the source did not answer")
        self.late = late


class SourceRefused(Exception):
    """The source may not, or cannot, tell; `word` says which of the gateway's words it is."""

    def __init__(self, word: Word) -> None:
        super().__init__(word)
        self.word: Word = word


class SourcePort(Protocol):
    """Whoever holds the data."""

    def ask(self, question: Question) -> tuple[Answer, ...]:
        """One answer; some sources say it twice. Raises SourceSilent at the deadline, or SourceRefused."""
        ...

    def village(self, question: VillageQuestion) -> tuple[Answer, ...]:
        """An answer for each person, of some sources twice. Raises SourceSilent at the deadline, or SourceRefused."""
        ...

    def change(self, order: ChangeOrder) -> None:
        """Puts a field right, or deletes it; the same order twice changes nothing more. Raises SourceSilent."""
        ...
