"""`zhizhu hub payments`: reconciling a day at the command line."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click

from hub.command_line import database_option, json_option, opened, state_option
from hub.hub import open_hub
from hub.payments.orders import yuan
from hub.payments.reconciling import Report, reconcile
from hub.payments.sandbox import SandboxChannel


@click.group()
def payments() -> None:
    """缴费对账。Payments and their reconciliation."""


@payments.command("reconcile")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="哪一天。The day.")
@database_option
@state_option
@json_option
def reconcile_day(day: datetime, url: str, state: Path, as_json: bool) -> None:
    """和缴费渠道的对账单核对一天的账。Compares a day with the channel's statement; 1 where they differ."""
    with opened(url):
        hub = open_hub(url, state)
        try:
            report = reconcile(hub, SandboxChannel(hub), date(day.year, day.month, day.day))
            lines = [hub.texts(f"hub.pay.ticket.{one.kind}") for one in report.differences]
        finally:
            hub.database.close()
    click.echo(json.dumps(_told(report), ensure_ascii=False) if as_json else _words(report, lines))
    if not report.agrees:
        sys.exit(1)


def _told(report: Report) -> dict[str, object]:
    return {
        "day": report.day.isoformat(),
        "ours": {"count": report.ours_count, "fen": report.ours_fen},
        "theirs": {"count": report.theirs_count, "fen": report.theirs_fen},
        "refunds_fen": report.refunds_fen,
        "differences": [
            {
                "kind": one.kind,
                "number": one.number,
                "trade": one.trade,
                "ours_fen": one.ours_fen,
                "theirs_fen": one.theirs_fen,
            }
            for one in report.differences
        ],
        "ok": report.agrees,
    }


def _words(report: Report, lines: list[str]) -> str:
    head = (
        f"{report.day}（演示）：我们 {report.ours_count} 笔 {yuan(report.ours_fen)} 元，"
        f"渠道 {report.theirs_count} 笔 {yuan(report.theirs_fen)} 元，退 {yuan(report.refunds_fen)} 元。"
    )
    if report.agrees:
        return f"{head}\n两边一致。Both books agree."
    rows = [
        f"  {words}  {one.number or one.trade}  {yuan(one.ours_fen)} / {yuan(one.theirs_fen)}"
        for words, one in zip(lines, report.differences, strict=True)
    ]
    said = f"有 {len(rows)} 处差异，已列入 /desk/payments。There are differences; see the desk."
    return "\n".join([head, *rows, said])
