"""`zhizhu device baud`: another rate for a reader of identity cards."""

from __future__ import annotations

import json

import click

from drivers.commands.words import KindArgument, json_option, link_option, told
from drivers.texts import text


@click.command("baud")
@click.argument("kind", type=KindArgument())
@link_option
@click.option("--to", "rate", type=int, required=True, metavar="BAUD", help="新的波特率。The new rate.")
@json_option
def baud(kind: str, link: str, rate: int, as_json: bool) -> None:
    """改身份证阅读器的波特率，在新波特率上验证，不行就退回。Changes a card reader's rate, verifies it, or goes back."""
    from drivers.id_card.baud import BaudChanged, BaudKept, change_baud

    if kind != "id_card":
        raise click.UsageError(f"{kind} 不能改波特率。{kind} has no rate to change.")
    with told():
        outcome = change_baud(link, rate)
    match outcome:
        case BaudChanged(new):
            done = json.dumps({"outcome": "changed", "link": new})
            click.echo(done if as_json else f"已改为 {rate}，请把设置里的 link 写成 {new}。Changed.")
            return
        case BaudKept(why):
            name, words = "kept", f"没有改，阅读器仍用原来的波特率。{text(f'id_card.{why}.technician')}"
        case _:
            name, words = "lost", "阅读器在新旧两个波特率上都不回答。请给它断电再通电，再用别的波特率试读。"
    if as_json:
        click.echo(json.dumps({"outcome": name}))
    raise click.ClickException(words)
