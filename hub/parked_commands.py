"""`zhizhu hub parked`: events laid aside for a person, and taking them up again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.command_line import database_option, json_option, opened, spoken, state_option
from hub.database import speaking
from hub.hub import open_hub
from hub.moments import local_text
from hub.replay import parked_events, replay
from hub.tables import InboxEvent
from offline.wire.parking import explained

_MOST = 1000


@click.group()
def parked() -> None:
    """搁置的记录：要人看过才能办。Events laid aside for a person to look at."""


@parked.command("list")
@database_option
@click.option("--terminal", default="", metavar="ID", help="只看这台终端。Of this terminal only.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True, help="最多几条。At most.")
@json_option
def list_parked(url: str, terminal: str, limit: int, as_json: bool) -> None:
    """列出搁置的记录、原因和该怎么办；有则退出码 1。

    Lists what was laid aside, why, and what to do; exit 1 when there is any.
    """
    with opened(url) as database:
        database.check()
        with database.reading() as session:
            rows = parked_events(session, limit, terminal)
    if as_json:
        click.echo(json.dumps([_told(row) for row in rows], ensure_ascii=False))
    for row in () if as_json else rows:
        why = explained(row.reason or "")
        click.echo(f"{row.id}  {row.source}  {local_text(row.received_at)}  {why.sentence}{why.advice}（{row.reason}）")
    if rows:
        raise SystemExit(1)
    if not as_json:
        click.echo("没有搁置的记录。Nothing is laid aside.")


@parked.command("replay")
@database_option
@state_option
@click.argument("event_ids", nargs=-1)
@click.option("--reason", default="", metavar="CODE", help="重放因此搁置的全部。All that were laid aside for it.")
@json_option
def replay_parked(url: str, state: Path, event_ids: tuple[str, ...], reason: str, as_json: bool) -> None:
    """原因消除后重放搁置的记录；每条只办一次，重放几次都一样。

    Takes events up again once the cause is mended; each has its effect once, however often this is run.
    """
    if bool(event_ids) == bool(reason):
        raise click.UsageError("请给出记录编号，或用 --reason 给出原因，二者选一。Name events, or a reason.")
    with spoken(), speaking(url):
        hub = open_hub(url, state)
        try:
            with hub.database.reading() as session:
                rows = parked_events(session, _MOST, reason=reason)
            chosen = [row for row in rows if not event_ids or row.id in event_ids]
            done = [(row, replay(hub, row.source, row.id, "zhizhu hub")) for row in chosen]
        finally:
            hub.database.close()
    still = [row for row, result in done if result.outcome == "still"]
    missed = sorted(set(event_ids) - {row.id for row in chosen})
    if as_json:
        said = [{"id": row.id, "outcome": result.outcome, "reason": result.reason} for row, result in done]
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        for row, result in done:
            why = f"仍然搁置：{explained(result.reason).sentence}（{result.reason}）"
            click.echo(f"{row.id}  {why if result.outcome == 'still' else '已办 stored'}")
        for name in missed:
            click.echo(f"{name}  没有搁置这一条 not parked")
    if still or missed:
        raise SystemExit(1)


def _told(row: InboxEvent) -> dict[str, object]:
    why = explained(row.reason or "")
    return {
        "id": row.id,
        "source": row.source,
        "seq": row.seq,
        "type": row.type,
        "received": row.received_at.isoformat(),
        "reason": row.reason,
        "sentence": why.sentence,
        "advice": why.advice,
    }
