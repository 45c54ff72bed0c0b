"""`zhizhu device replay`: a capture played as the device."""

from __future__ import annotations

from pathlib import Path

import click

from drivers.commands.simulate import control_option, run
from drivers.commands.words import KindArgument, told
from drivers.registry import blanker_of
from drivers.simulation import Simulation
from drivers.trouble import DeviceTrouble


@click.command("replay")
@click.argument("kind", type=KindArgument())
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--link", default="pty", show_default=True, metavar="pty|tcp:PORT", help="链接。The link to offer.")
@control_option
def replay(kind: str, file: Path, link: str, control: str | None) -> None:
    """把抓包当作设备来回放，直到被结束；第一行输出 JSON。Plays a capture as the device; prints one JSON line."""
    from drivers.capture.replay import ReplayedDevice
    from drivers.capture.text import parse

    with told():
        played = parse(_capture_text(file))
        if played.kind != kind:
            raise DeviceTrouble("capture.kind", f"{file} 录的是 {played.kind}，不是 {kind}。", "请写对设备种类。")
        simulation = Simulation(ReplayedDevice(played, blanker_of(kind)))
    run(kind, simulation, link, control)


def _capture_text(file: Path) -> str:
    from drivers.capture.text import CAPTURE_BYTES_MAX

    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(CAPTURE_BYTES_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceTrouble("capture.unreadable", f"读不了抓包文件 {file}。", "请检查路径和权限。") from error
