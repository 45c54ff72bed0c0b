"""What every command of a device is given: the kind, the link, the driver; and how its troubles are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from drivers.registry import kind_named
from drivers.trouble import DeviceTrouble

link_option = click.option(
    "--link", required=True, metavar="LINK", help="设备链接，如 /dev/ttyUSB0。The device's link."
)
driver_option = click.option("--driver", metavar="NAME", help="驱动，默认取该种设备的第一个。The driver.")
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")


@contextmanager
def told() -> Iterator[None]:
    """Troubles of this room become one sentence and what to do."""
    try:
        yield
    except DeviceTrouble as trouble:
        raise click.ClickException(f"{trouble.sentence}{trouble.advice}") from trouble


class KindArgument(click.ParamType[str]):
    """The name of a kind, `-` and `_` alike."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind's own name; wrong use (exit 2) for one that does not exist."""
        try:
            return kind_named(str(value)).name
        except DeviceTrouble as trouble:
            raise click.UsageError(f"{trouble.sentence}{trouble.advice}") from trouble
