"""Everything that sources hold of somebody, line by line, for that person's own copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hub.gateway.reading import Reading
from hub.gateway.titles import source_title
from hub.hub import Hub
from seeds.data_sources import DataField
from seeds.identifiers import mask_name, mask_number

_MOST: Final = 36  # lines of a result: an answer has its bound
_CHARS: Final = 48
_FEN_PER_YUAN: Final = 100
_FIRST: Final = ("year", "scheme", "name")
"""Columns that say what the others are about."""
_NOTHING: Final = ("unmounted", "wrong")


def all_places(hub: Hub) -> tuple[str, ...]:
    """Every place of the catalogue that holds something of a person and may ever be seen outside its source."""
    fields = (field for source in hub.sources.all for field in source.fields)
    return tuple(field.at for field in fields if field.share != "never" and field.of == "person")


def holdings(hub: Hub, reading: Reading) -> list[dict[str, object]]:
    """One line for each value, and one for each source that has nothing or is not there; all are flat."""
    return list(_lines(hub, reading))[:_MOST]


def _lines(hub: Hub, reading: Reading) -> Iterator[dict[str, object]]:
    for said in reading.said:
        source = hub.sources.source(said.source)
        if source is None:
            continue
        title, day = source_title(hub, said.source), "" if said.as_of is None else said.as_of.isoformat()
        if said.word in _NOTHING:
            yield {"what": title, "value": hub.texts(f"hub.data.copy.{said.word}"), "day": day}
            continue
        fields = [field for field in source.fields if field.name in said.fields and field.at in reading.values]
        if not fields:
            yield {"what": title, "value": hub.texts("hub.data.copy.unknown"), "day": day}
        for field in fields:
            for value in _values(hub, field, reading.values[field.at]):
                yield {"what": f"{title} {field.label.zh_hans}", "value": value[:_CHARS], "day": day}


def _values(hub: Hub, field: DataField, value: object) -> Iterator[str]:
    """A record is a line of its own; of other people no more than is printed on any slip."""
    match value:
        case list():
            if all(isinstance(one, str) for one in value):
                yield "、".join(value)
                return
            for one in value:
                if isinstance(one, Mapping):
                    yield " ".join(_column(hub, one, str(name), each) for name, each in sorted(one.items(), key=_first))
        case bool():
            yield hub.texts("hub.value.yes" if value else "hub.value.no")
        case _:
            yield _cell(hub, field.name, value)


def _first(column: tuple[str, object]) -> tuple[int, str]:
    name = column[0]
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _column(hub: Hub, row: Mapping[str, object], name: str, value: object) -> str:
    """A row with a social credit code is about an organisation, whose name anyone may read."""
    return str(value) if name == "name" and "uscc" in row else _cell(hub, name, value)


def _cell(hub: Hub, name: str, value: object) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return f"{value // _FEN_PER_YUAN}.{value % _FEN_PER_YUAN:02d}元"
    if name == "months":
        return hub.texts("hub.data.copy.months", count=str(value))
    if name == "id_number":
        return mask_number(str(value))
    if name == "name":
        return mask_name(str(value))
    if name == "scope":
        names = {item.department_data.id: item.department for item in hub.catalogue.items}
        return "、".join(names.get(one, hub.texts("hub.value.all_matters")) for one in str(value).split())
    words = f"hub.value.{value}"
    return hub.texts(words) if words in hub.texts else str(value)
