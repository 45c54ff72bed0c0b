"""What tests of the gateway do again and again, over HTTP: a source's manner, an application and its answer."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
from sqlalchemy import select

from hub.gateway.tables import DataRead
from hub.hub import Hub
from tests.hub.pictured import csrf_of


def behave(operator: httpx.Client, source: str, manner: str) -> None:
    """Sets how a sandbox source behaves, as an operator does."""
    form = {"manner": manner, "csrf": csrf_of(operator.get("/console/account"))}
    reply = operator.post(f"/sandbox/sources/{source}", data=form)
    assert reply.status_code == 200, reply.text
    assert reply.json()["sandbox"] == "演示"


def reads(hub: Hub, **where: object) -> list[DataRead]:
    """What the log holds, in order."""
    wanted = select(DataRead).filter_by(**where).order_by(DataRead.id)
    with hub.database.reading() as session:
        return list(session.scalars(wanted))


def words(rows: list[DataRead]) -> Mapping[str, str]:
    """Each source's last word."""
    return {row.source: row.word for row in rows}
