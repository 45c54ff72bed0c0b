"""`zhizhu hub keys`: the hub's sealing and signing keys, changed while it runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.command_line import json_option, spoken, state_option
from hub.key_ring import KeyRing, RingKey
from hub.keys import import_key, load_keys, rotate_keys
from hub.moments import local_text, system_clock


@click.group()
def keys() -> None:
    """中枢的密钥：密封用和签名用。The hub's sealing and signing keys."""


@keys.command("list")
@state_option
@json_option
def list_keys(state: Path, as_json: bool) -> None:
    """列出现用的和以前的密钥（只有编号，没有密钥本身）。Lists the keys in use and the earlier ones."""
    with spoken():
        ring = load_keys(state).ring
    if as_json:
        click.echo(json.dumps(_told(ring), ensure_ascii=False))
        return
    click.echo(f"第 {ring.version} 版。Version {ring.version}.")
    for kind, keys_of_kind in (("密封 sealing", ring.sealing), ("签名 signing", ring.signing)):
        for key in keys_of_kind:
            until = "现用 in use" if key.until is None else f"到 until {local_text(key.until)}"
            click.echo(f"{kind}  {key.id}  自 since {local_text(key.since)}  {until}")


@keys.command()
@state_option
@json_option
def rotate(state: Path, as_json: bool) -> None:
    """换一对新密钥；终端下次取答复时得知，旧密钥封的照样能打开。

    Puts a fresh pair in use. Terminals hear of it at their next link; what was sealed before still opens.
    """
    with spoken():
        ring = rotate_keys(state, system_clock())
    if as_json:
        click.echo(json.dumps(_told(ring), ensure_ascii=False))
        return
    click.echo(f"已换到第 {ring.version} 版，密封 {ring.sealing[0].id}，签名 {ring.signing[0].id}。In use now.")
    click.echo(
        "请立即备份整个密钥目录；中枢有几台时，把它复制到每一台。Back up the key folder; copy it to every replica."
    )


@keys.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@state_option
def import_(file: Path, state: Path) -> None:
    """找回一把丢失的旧密封密钥（32 字节的文件），只用来打开以前的。

    Takes back an earlier sealing key (a file of 32 bytes); it only opens what was sealed before.
    """
    with spoken():
        found = import_key(state, file, system_clock())
    if found is None:
        click.echo("密钥环里已有这把密钥。The ring has this key already.")
    else:
        click.echo(f"已找回密封密钥 {found.id}。It can open again.")


def _told(ring: KeyRing) -> dict[str, object]:
    def told(key: RingKey) -> dict[str, object]:
        until = None if key.until is None else key.until.isoformat()
        return {"id": key.id, "since": key.since.isoformat(), "until": until}

    return {
        "version": ring.version,
        "sealing": [told(key) for key in ring.sealing],
        "signing": [told(key) for key in ring.signing],
    }
