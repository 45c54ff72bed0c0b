"""`zhizhu hub decision`: a rule's decision made again from what was kept of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from hub.command_line import database_option, division, json_option, opened_hub, state_option
from hub.decision_replay import replay_decision
from hub.identity.roles import region_prefix
from hub.tables import Case, DecisionRecord

_MOST = 10_000
_HEADS = {
    "same": "一样 same",
    "different": "不一样 different",
    "not_by_rule": "不全是规则判的 not the rule alone",
    "other_version": "规则换过版本 another version of the rule",
    "undecided": "还没有决定 undecided",
    "unreadable": "打不开 unreadable",
    "item_gone": "事项没有了 item gone",
}


@click.group()
def decision() -> None:
    """规则作的决定。Decisions that rules made."""


@decision.command("replay")
@database_option
@state_option
@click.argument("numbers", nargs=-1)
@click.option("--last", type=click.IntRange(1, _MOST), help="最近的这么多个决定。So many of the newest decisions.")
@click.option("--region", default="", metavar="CODE", help="只看这个区划里的。Of this division only.")
@json_option
def replay(url: str, state: Path, numbers: tuple[str, ...], last: int | None, region: str, as_json: bool) -> None:
    """用当时的资料再判一次，说一样不一样；什么都不改。有要查的，退出码 1。

    Decides again on what the rule was given then, and says whether the same comes out. Changes nothing, and prints
    nothing of who applied. Exit 1 when anything has to be looked into.
    """
    if bool(numbers) == bool(last):
        raise click.UsageError("请给出办件编号，或用 --last 给出几个，二者选一。Name cases, or how many of the newest.")
    if region:
        division(region)
    with opened_hub(url, state) as hub, hub.database.reading() as session:
        wanted = select(Case).where(Case.region.startswith(region_prefix(region) if region else "", autoescape=True))
        if numbers:
            found = session.scalars(wanted.where(Case.number.in_(numbers)).order_by(Case.id)).all()
        else:
            decided = wanted.join(DecisionRecord, DecisionRecord.case_id == Case.id)
            found = session.scalars(decided.order_by(DecisionRecord.decided_at.desc(), Case.id).limit(last)).all()
        done = [replay_decision(session, hub, case) for case in found]
    missed = sorted(set(numbers) - {one.number for one in done})
    if as_json:
        told = [asdict(one) | {"well": one.well} for one in done]
        click.echo(json.dumps({"decisions": told, "unknown": missed}, ensure_ascii=False))
    else:
        for one in done:
            version = f"，规则第 {one.version} 版" if one.version else ""
            click.echo(f"{one.number}  {one.item}{version}  {_HEADS[one.word]}")
            for line in one.lines:
                click.echo(f"    {line}")
        for number in missed:
            click.echo(f"{number}  没有这个办件 no such case")
        well = sum(one.well for one in done)
        click.echo(f"重放了 {len(done)} 个决定，{well} 个没有问题。{well} of {len(done)} need no looking into.")
    if missed or not all(one.well for one in done):
        raise SystemExit(1)
