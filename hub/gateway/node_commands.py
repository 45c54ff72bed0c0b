"""`zhizhu hub nodes`: which cities' nodes may ask this centre, and what a node needs to ask (row 74)."""

from __future__ import annotations

import json
from pathlib import Path

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from hub.command_line import database_option, division, json_option, opened, opened_hub, spoken, state_option
from hub.gateway.tables import DataNode
from hub.keys import load_keys
from hub.trouble import HubTrouble
from offline.wire.canonical import b64, unb64

_KEY_BYTES = 32


class Centre(BaseModel):
    """What a node is given to ask its centre with; nothing in it is secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str = Field(pattern=r"^https?://", max_length=300)
    node: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    key: str = Field(max_length=44)


def read_centre(path: Path | None) -> Centre | None:
    """The file that `nodes add` wrote; raises HubTrouble."""
    if path is None:
        return None
    try:
        centre = Centre.model_validate_json(path.read_bytes())
        unb64(centre.key, _KEY_BYTES)
    except (OSError, ValidationError):
        raise HubTrouble(
            f"{path} 不是省中心给的接入文件。That is no file of a centre.",
            "请在省中心用 zhizhu hub nodes add 再导出一次。Write it again at the centre.",
        ) from None
    return centre


@click.group()
def nodes() -> None:
    """地市节点：谁可以向本中心要数据。The cities' nodes."""


@nodes.command()
@state_option
def key(state: Path) -> None:
    """显示本节点的签名公钥，交给省中心登记。Shows this hub's public signing key, for its centre to register."""
    with spoken():
        click.echo(b64(load_keys(state).signing_public))


@nodes.command()
@click.argument("node")
@click.option("--name", required=True, help="节点的名称。Its name.")
@click.option("--region", required=True, metavar="CODE", help="节点所在的区划，12 位。Its division.")
@click.option("--key", "public", required=True, help="节点的签名公钥，见 nodes key。Its public signing key.")
@click.option("--url", "address", required=True, help="节点找到本中心的地址。Where the node reaches this centre.")
@click.option("--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="接入文件。The file made.")
@database_option
@state_option
def add(node: str, name: str, region: str, public: str, address: str, to: Path, url: str, state: Path) -> None:
    """登记一个节点，写出给它的接入文件。Registers a node and writes the file that it is given."""
    from hub.gateway.node_routes import register_node  # the web framework is only needed here

    division(region)
    with opened_hub(url, state) as hub:
        key_bytes = unb64(public, _KEY_BYTES)
        try:
            centre = Centre(url=address, node=node, key=b64(hub.keys.sealing_public))
        except ValidationError:
            raise HubTrouble(
                "节点编号或地址不对。The node's id or the address is wrong.",
                "编号用小写字母、数字和连字符，地址以 https:// 开头。Small letters and hyphens; an http(s) address.",
            ) from None
        register_node(hub, node, name[:40], region, key_bytes)
        to.write_text(centre.model_dump_json(), encoding="utf-8")
    click.echo(f"已登记 {node}，请把 {to} 交给节点。Registered; hand the file to the node.")


@nodes.command("list")
@database_option
@json_option
def list_nodes(url: str, as_json: bool) -> None:
    """列出登记的节点。Lists the registered nodes."""
    with opened(url) as database:
        database.check()
        with database.reading() as session:
            rows = session.scalars(select(DataNode).order_by(DataNode.id)).all()
    if as_json:
        told = [{"id": row.id, "name": row.name, "region": row.region} for row in rows]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.id}  {row.region}  {row.name}")
