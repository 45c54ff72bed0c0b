"""Rows that went in together are what went in one by one; names are found, however many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Text, bindparam, select
from sqlalchemy.exc import IntegrityError

from hub.database import Database
from hub.many_rows import Row, insert_rows, names, one_of
from hub.tables import InboxEvent, table_of
from tests.hub.stores import Store, both_stores

pytestmark = both_stores
INBOX = table_of(InboxEvent)
SAID = '反斜线 \\ 引号 " 换行 \n 制表 \t 表情 🏮 \\u0000'
FOUND = select(InboxEvent.id).where(
    InboxEvent.source == "terminal/t-1", one_of(InboxEvent.id, bindparam("ids", type_=Text()))
)
AT = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def database(store: Store) -> Iterator[Database]:
    database = Database(store.url)
    yield database
    database.close()


def row(identifier: str, seq: int, **other: object) -> Row:
    """A row of the inbox."""
    return {
        "source": "terminal/t-1",
        "id": identifier,
        "type": "cn.zhizhu.slip.settled.v1",
        "time": AT,
        "seq": seq,
        "prev": "0" * 64,
        "hash": "1" * 64,
        "envelope": json.dumps({"spelt": SAID}, ensure_ascii=False),
        "status": "stored",
        "reason": None,
        "position": "joined",
        "received_at": AT,
    } | other


def test_every_kind_of_value_comes_back_as_it_went_in(database: Database) -> None:
    with database.writing() as session:
        insert_rows(session, INBOX, [row("a", 2**53 - 1, reason=SAID), row("b", 2)])
        insert_rows(session, INBOX, [])
    with database.reading() as session:
        kept = session.scalars(select(InboxEvent).order_by(InboxEvent.id)).all()
    assert [(one.id, one.seq, one.reason) for one in kept] == [("a", 2**53 - 1, SAID), ("b", 2, None)]
    assert {one.time for one in kept} == {AT.astimezone(UTC)}
    assert [one.envelope for one in kept] == [{"spelt": SAID}] * 2


def test_one_row_that_is_there_already_refuses_all(database: Database) -> None:
    with database.writing() as session:
        insert_rows(session, INBOX, [row("a", 1)])
    with pytest.raises(IntegrityError), database.writing() as session:
        insert_rows(session, INBOX, [row("b", 2), row("a", 3)])
    with database.reading() as session:
        assert session.scalars(select(InboxEvent.id)).all() == ["a"]


def test_names_are_found_whatever_stands_in_them(database: Database) -> None:
    wanted = ["it's", 'a "name"', "名字", "a,b"]
    with database.writing() as session:
        insert_rows(session, INBOX, [row(name, n) for n, name in enumerate((*wanted, "other"))])
    with database.reading() as session:
        assert set(session.scalars(FOUND, {"ids": names((*wanted, "nobody"))})) == set(wanted)
        assert session.scalars(FOUND, {"ids": names(())}).all() == []
