"""Many rows in one statement, and many names in one parameter: what a batch costs is the number of both.

PostgreSQL is given one JSON document, for a statement with a parameter for each value spends more time on the
parameters, on both sides, than on the rows. SQLite, which runs in this process, takes the rows one by one. Both are
given them past SQLAlchemy's preparing of each row, with its own treatment of the columns' types.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final

from sqlalchemy import JSON, Dialect, Table, TextClause, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

Row = Mapping[str, object]
_DOCUMENT: Final = "document"


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that all name the same columns; a column of JSON is given as its JSON text."""
    if not rows:
        return
    if filled := _defaults(table, tuple(rows[0])):
        rows = [{**filled, **row} for row in rows]
    columns, connection = tuple(rows[0]), session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_from_document(table, columns), {_DOCUMENT: _document(table, rows)})
        return
    turn = [(name, _turner(table.c[name].type, connection.dialect)) for name in columns]
    values = [tuple(row[name] if to is None else to(row[name]) for name, to in turn) for row in rows]
    connection.exec_driver_sql(_one_by_one(table, columns), values)


def names(values: Iterable[str]) -> str:
    """Names as the parameter of `one_of`."""
    return json.dumps(list(values))


class one_of(FunctionElement[bool]):  # noqa: N801  (read as SQL)
    """Whether a column of text is one of the names in a parameter, which is a JSON list: one statement for any number.

    As a subquery: PostgreSQL compares a list that it is only given at run time row by row, a subquery by hash or index.
    """

    name = "one_of"
    inherit_cache = True


@compiles(one_of)
def _one_of(element: one_of, compiler: SQLCompiler, **options: Any) -> str:
    column, listed = (compiler.process(part, **options) for part in element.clauses)
    postgresql = compiler.dialect.name == "postgresql"
    rows = f"json_array_elements_text(CAST({listed} AS json))" if postgresql else f"json_each({listed})"
    return f"{column} IN (SELECT value FROM {rows})"  # noqa: S608  (compiled parts)


@cache
def _defaults(table: Table, columns: tuple[str, ...]) -> dict[str, object]:
    """The plain values of columns that the rows do not name; SQLAlchemy would have filled them in."""
    left = [column for column in table.columns if column.name not in columns and column.default is not None]
    found = {
        column.name: column.default.arg for column in left if isinstance(column.default, ScalarElementColumnDefault)
    }
    assert len(found) == len(left), "a default that has to be worked out"
    return found


def _turner(of: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a value into the driver's; JSON is its text already."""
    return None if isinstance(of, JSON) else of.dialect_impl(dialect).bind_processor(dialect)


@cache
def _one_by_one(table: Table, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


@cache
def _from_document(table: Table, columns: tuple[str, ...]) -> TextClause:
    listed = ", ".join(columns)
    # Names of our own tables; what came from outside stands in the document.
    return text(
        f"INSERT INTO {table.name} ({listed})"  # noqa: S608
        f" SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, CAST(:{_DOCUMENT} AS json))"
    )


def _document(table: Table, rows: Sequence[Row]) -> str:
    raw = frozenset(column.name for column in table.columns if isinstance(column.type, JSON))
    found = (",".join(f'"{name}":{row[name] if name in raw else _spelt(row[name])}' for name in row) for row in rows)
    return f"[{','.join(f'{{{row}}}' for row in found)}]"


def _spelt(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "a moment without a zone"
        return f'"{value.astimezone(UTC).isoformat()}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    assert isinstance(value, int)
    return str(value)
