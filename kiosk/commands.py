"""`zhizhu terminal`: the screen of a terminal, and whether it is well."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.privacy import keep_memory_private, log_privately
from kiosk.trouble import KioskTrouble

if TYPE_CHECKING:
    from kiosk.maintenance_slip import Standing
    from offline.wire.chain import Head

_CONFIG = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path),
    help="配置文件 terminal.toml。The configuration file.",
)
_SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="改一项设置，可重复。Overrides one setting."
)


@click.group()
def terminal() -> None:
    """自助终端的界面。The terminal's screen."""


@terminal.command()
@_CONFIG
@_SET
@click.option(
    "--test-door",
    type=click.Path(path_type=Path),
    help="测试门的套接字路径。Socket of the test door.",
)
@click.option("--headless", is_flag=True, help="没有显示器。Without a display.")
def run(config: Path, overrides: tuple[str, ...], test_door: Path | None, headless: bool) -> None:
    """运行终端界面，直到关闭。Runs the screen until it is closed."""
    from kiosk.terminal import REPLACE, run_terminal  # Qt is loaded only for the command that needs it

    keep_memory_private()
    log_privately()
    try:
        code = run_terminal(config, overrides, test_door=test_door, headless=headless)
    except _troubles() as trouble:
        raise click.ClickException(_sentence(trouble)) from trouble
    if code == REPLACE:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if code:
        raise SystemExit(code)


@terminal.command()
@_CONFIG
@_SET
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
def doctor(config: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """检查终端：配置、字体、设备、登记。Examines configuration, font, devices and enrolment."""
    from kiosk.doctor import examine, told

    try:
        findings = examine(config, overrides)
    except _troubles() as trouble:
        raise click.ClickException(_sentence(trouble)) from trouble
    click.echo(told(findings, as_json=as_json))
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


@terminal.command()
@_CONFIG
@_SET
@click.option("--print", "on_paper", is_flag=True, help="在凭条打印机上打一张维护凭条。Prints a maintenance slip.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
def heads(config: Path, overrides: tuple[str, ...], on_paper: bool, as_json: bool) -> None:
    """两条散列链的链首，用来和控制台核对；链不完好则退出码 1。

    Where both chains stand, to be compared with the console; exit 1 when one is broken.
    """
    from drivers.settlement import Printed
    from kiosk.maintenance_slip import Standing, print_standing
    from kiosk.settings import Settings

    try:
        settings = Settings.load(config, overrides)
        standing = Standing.read(settings.state_dir, datetime.now(UTC))
        printer = settings.devices.get("receipt_printer")
        if on_paper and printer is None:
            raise click.ClickException("没有设置凭条打印机。请在 terminal.toml 写上 [devices.receipt_printer]。")
        result = print_standing(printer, standing) if on_paper and printer is not None else None
    except _troubles() as trouble:
        raise click.ClickException(_sentence(trouble)) from trouble
    click.echo(_told(standing) if as_json else "\n".join(standing.lines()))
    if result is not None and not isinstance(result, Printed):
        raise click.ClickException(f"维护凭条没有打好（{type(result).__name__}）。请检查纸和打印机，再打一次。")
    if standing.breaks:
        raise SystemExit(1)


def _told(standing: Standing) -> str:
    def head(one: Head) -> dict[str, object]:
        return {"seq": one.seq, "hash": one.hash}

    said = {
        "terminal": standing.terminal,
        "records": head(standing.records),
        "journal": head(standing.journal),
        "waiting": standing.waiting,
        "breaks": list(standing.breaks),
    }
    return json.dumps(said, ensure_ascii=False)


def _troubles() -> tuple[type[Exception], ...]:
    from drivers.trouble import DeviceTrouble
    from offline.trouble import OfflineTrouble
    from seeds.trouble import SeedTrouble

    return (KioskTrouble, DeviceTrouble, OfflineTrouble, SeedTrouble)


def _sentence(trouble: Exception) -> str:
    return f"{getattr(trouble, 'sentence', trouble)} {getattr(trouble, 'advice', '')}".strip()
