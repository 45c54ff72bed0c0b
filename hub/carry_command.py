"""`zhizhu hub carry`: a stick at the hub's own machine."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.command_line import database_option, json_option, spoken, state_option
from hub.database import speaking
from hub.trouble import HubTrouble


@click.command()
@click.argument("stick", type=click.Path(path_type=Path, file_okay=False))
@database_option
@state_option
@json_option
def carry(stick: Path, url: str, state: Path, as_json: bool) -> None:
    """收下 U 盘 STICK 带来的办理记录，把答复写回去；有缺的或不能用的则退出码为 1。

    Takes what a stick brings from terminals without a line and puts the answers onto it; the hub may be running.
    """
    from hub.hub import open_hub  # the catalogue and the rules are only needed here
    from hub.stick import visit
    from offline.wire.stick import Stick

    with spoken(), speaking(url):
        if not (state / "keys").is_dir():  # other keys would open nothing that was sealed to this hub's
            raise HubTrouble(
                f"{state} 里没有中枢的密钥。The hub's keys are not there.",
                "请用 --state 指出中枢运行时的那个目录。Name the folder the hub runs with.",
            )
        opened = open_hub(url, state)
        try:
            told = (lambda _name: None) if as_json else (lambda name: click.echo(f"{name}……", err=True))
            found = visit(opened, Stick(stick), "zhizhu hub carry", told)
        finally:
            opened.database.close()
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        for line in found.lines():
            click.echo(line)
    if not found.well:
        raise SystemExit(1)
