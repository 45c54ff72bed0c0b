"""`zhizhu device new`: the skeleton of a driver."""

from __future__ import annotations

from pathlib import Path

import click

from drivers.commands.words import KindArgument, told
from drivers.registry import kind_named


@click.command("new")
@click.argument("kind", type=KindArgument())
@click.argument("name")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(__file__).resolve().parents[2],
    help="源码目录，默认是本程序自己的。The source tree, by default this program's own.",
)
def new(kind: str, name: str, root: Path) -> None:
    """为一种设备写一个新驱动的骨架：能过类型检查，契约测试会说缺什么。Writes the skeleton of a new driver.

    以后的步骤见 CONTRIBUTING.md“A new driver in an hour”。What comes next stands there.
    """
    from drivers.skeleton.writing import write_driver

    with told():
        written = write_driver(root, kind_named(kind), name)
    for path in written:
        click.echo(str(path.relative_to(root)))
