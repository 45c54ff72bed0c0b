"""`zhizhu device read`: one look at a device of any kind, told as JSON or in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from drivers.commands.reading.asked import Asked, Reading, Table
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
TABLE: Final = "drivers.commands.reading.table:read"
"""Looks at what lies below a document camera, which is a driver of its own of the kind camera."""
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
@click.option(
    "--as",
    "table",
    type=click.Choice(["document", "mrz", "qr"]),
    help="桌上的纸、通行证机读码或二维码。A page on the table, a permit's zone, or QR codes.",
)
@click.option(
    "--shape",
    type=click.Choice(["a4", "card", "small_page"]),
    default="a4",
    show_default=True,
    help="纸的大小。The paper's size, for --as document.",
)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="把这一页存成 PDF。Saves the page.")
@json_option
def read(
    kind: str,
    link: str,
    driver: str | None,
    wait_s: float,
    image: Path | None,
    table: Table | None,
    shape: str,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """读一次：身份证、摄像头的一帧、供电情况，或设备的状态。Reads once: a card, a frame, the power, or a state."""
    if (image or table) and kind != "camera":
        raise click.UsageError("--image 和 --as 只用于 camera。--image and --as are for cameras.")
    if (pdf and table != "document") or (image and table in ("mrz", "qr")):
        raise click.UsageError("--pdf 和扫描图只用于 --as document。--pdf and scans are for --as document.")
    where = READINGS.get(kind, HEALTH)
    if table is not None:
        driver, where = "document", TABLE
    with told():
        device = open_device(kind, driver, link)
        try:
            reading: Reading = load(where)(device, Asked(wait_s, image, pdf, table, shape))
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
