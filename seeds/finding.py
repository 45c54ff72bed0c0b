"""Fills a result's template from exactly the facts that the rule has read, so that it can be filled again later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from seeds.decision import ask, evaluate
from seeds.identifiers import mask_name
from seeds.result import MOST_ROWS, Part, ResultRow, ResultTemplate

MOST_CHARS: Final = 80
FEN_PER_YUAN: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line, ready to read."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Result:
    """All that was found; `note` says what else is to be known, also that nothing was found."""

    rows: tuple[Row, ...]
    note: str
    outcome: str = ""  # what is said in place of the plain outcome of a case


def fill(template: ResultTemplate, inputs: Mapping[str, Any]) -> Result:
    """The result over what the rule has read; raises RuleError where an expression does not answer."""
    rows = tuple(row for line in template.rows for row in _rows(line, inputs))[:MOST_ROWS]
    note = "" if template.note is None else template.note.zh_hans
    if template.found is None:
        return Result(rows, note if rows else f"{template.none.zh_hans}{note}")
    return Result(rows, note, (template.found if rows else template.none).zh_hans)


def _rows(line: ResultRow, inputs: Mapping[str, Any]) -> Iterator[Row]:
    entries = [None] if line.each is None else _list_at(inputs, line.each)
    for entry in entries:
        known = inputs if entry is None else {**inputs, "row": entry}
        if line.where is not None and not ask(line.where, known):
            continue
        said = {name: _told(part, evaluate(part.cel, known)) for name, part in line.parts.items()}
        yield Row(line.label.zh_hans.format(**said)[:MOST_CHARS], line.value.zh_hans.format(**said)[:MOST_CHARS])


def _list_at(inputs: Mapping[str, Any], path: str) -> list[Any]:
    here: Any = inputs
    for part in path.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if isinstance(here, list) else []


def _told(part: Part, value: object) -> str:
    match part.how:
        case "yuan" if isinstance(value, int):
            yuan, fen = divmod(abs(int(value)), FEN_PER_YUAN)
            return f"{'-' if value < 0 else ''}{yuan:,}.{fen:02d}"
        case "month" if isinstance(value, str) and len(value) >= len("2026-11"):
            return f"{value[:4]}年{int(value[5:7])}月"
        case "day" if isinstance(value, str) and len(value) == len("2026-11-28"):
            return f"{value[:4]}年{int(value[5:7])}月{int(value[8:10])}日"
        case "name":
            return mask_name(str(value))
        case "words":
            found = part.words.get(str(value))
            return str(value) if found is None else found.zh_hans
        case _:
            return str(value)
