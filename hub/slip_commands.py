"""`zhizhu hub slip-signers`: what checking slips without a network needs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.command_line import database_option, opened, state_option
from hub.hub import open_hub
from hub.slip_signers import all_signers
from offline.wire.canonical import b64
from offline.wire.slip_signers import sign_signers


@click.command("slip-signers")
@database_option
@state_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪里。Where to write.")
def slip_signers(url: str, state: Path, out: Path) -> None:
    """导出能签凭条的终端名单，供断网时核对凭条。Writes the list by which slips are checked without a network."""
    with opened(url):
        hub = open_hub(url, state)
        try:
            with hub.database.reading() as session:
                listed = all_signers(session, hub)
        finally:
            hub.database.close()
        signed = sign_signers(hub.keys.signing_private, listed)
    try:
        out.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(
            f"{out} 写不了（{error.strerror}），请检查文件夹的权限。The list cannot be written."
        ) from None
    click.echo(
        f"{out}：{len(listed.signers)} 把终端密钥。核对凭条：Check a slip with:\n"
        f"zhizhu slip verify --signers {out} --hub-key {b64(hub.keys.signing_public)} 二维码里的文字"
    )
