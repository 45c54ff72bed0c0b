"""`zhizhu device capture`: a device's traffic, blanked before it is written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from drivers.commands.reading.card import POLL_S
from drivers.commands.words import KindArgument, driver_option, link_option, told
from drivers.registry import open_device


@click.command("capture")
@click.argument("kind", type=KindArgument())
@link_option
@driver_option
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="抓包文件。The capture file."
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 600),
    default=10.0,
    show_default=True,
    metavar="S",
    help="抓多少秒。How long to record.",
)
def capture(kind: str, link: str, driver: str | None, out: Path, seconds: float) -> None:
    """记录设备线上的字节，姓名号码先抹掉再写；格式见 drivers/capture/FORMAT.md。Records a device's traffic, blanked.

    在终端上长期记录，就在 terminal.toml 的 [devices.…] 里写 capture = "文件"。For a running terminal, set it there.
    """
    with told():
        subject = open_device(kind, driver, link, capture=str(out))
        try:
            _exercise(kind, subject, seconds)
        finally:
            subject.close()
    click.echo(f"已写入 {out}。Written.")


def _exercise(kind: str, subject: Any, seconds: float) -> None:
    """What a terminal does with an idle device: asks how it is and, of a reader, looks for a card and reads it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if kind == "id_card" and subject.find():
            subject.read()
        else:
            subject.health()
        time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))
