"""`zhizhu agent`: the terminal's sync agent as a process."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from kiosk.privacy import keep_memory_private, log_privately
from kiosk.trouble import SettingsTrouble
from offline.trouble import OfflineTrouble


@click.command()
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), required=True, help="终端配置文件。The terminal.toml."
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="临时改一项设置。Overrides a setting.")
def agent(config_path: Path, overrides: tuple[str, ...]) -> None:
    """终端的同步代理：把本机保存的送到中枢，取回答复，报告状态。

    The terminal's sync agent: brings what was kept to the hub, fetches answers, reports health.
    """
    keep_memory_private()
    log_privately()
    os.umask(0o007)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        running = Agent.open(AgentConfig.load(config_path, overrides), stop)
        try:
            running.run()
        finally:
            running.close()
    except (OfflineTrouble, SettingsTrouble) as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from trouble
