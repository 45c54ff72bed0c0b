"""`zhizhu device read`: one look at a device of any kind, told as JSON or in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.words import KindArgument, driver_option, json_option, link_option, told
from drivers.registry import load, open_device

READINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id_card": "drivers.commands.reading.id_card:read",
        "social_card": "drivers.commands.reading.social_card:read",
        "code_scanner": "drivers.commands.reading.code:read",
        "camera": "drivers.commands.reading.frame:read",
        "document_printer": "drivers.commands.reading.supplies:read",
        "power": "drivers.commands.reading.power:read",
        "digital_line": "drivers.commands.reading.line:read",
    }
)
"""Kind → the `module:function` that looks once at an open device of it; a kind that is not here tells its health."""
HEALTH: Final = "drivers.commands.reading.told:read"


@click.command("read")
@click.argument("kind", type=KindArgument())
@link_option
@driver_option
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 600),
    default=10.0,
    show_default=True,
    metavar="S",
    help="最多等卡多少秒。How long to wait for a card.",
)
@click.option("--image", type=click.Path(dir_okay=False, path_type=Path), help="把画面存成 PNG。Saves the frame.")
@json_option
def read(kind: str, link: str, driver: str | None, wait_s: float, image: Path | None, as_json: bool) -> None:
    """读一次：身份证、摄像头的一帧、供电情况，或设备的状态。Reads once: a card, a frame, the power, or a state."""
    if image is not None and kind != "camera":
        raise click.UsageError("--image 只用于 camera。--image is for cameras.")
    with told():
        device = open_device(kind, driver, link)
        try:
            reading: Reading = load(READINGS.get(kind, HEALTH))(device, Asked(wait_s, image))
        finally:
            device.close()
    tell(reading, as_json)


def tell(reading: Reading, as_json: bool) -> None:
    """The record or the lines; exit 1 with one sentence where the look failed."""
    if as_json:
        click.echo(json.dumps(reading.record, ensure_ascii=False))
    else:
        for line in reading.lines:
            click.echo(line)
    if reading.failed:
        raise click.ClickException(reading.failed)
    if reading.aside:
        click.echo(reading.aside, err=True)
