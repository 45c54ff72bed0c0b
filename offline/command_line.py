"""What the commands of this room share: their options, where a terminal's state lies, and how they fail."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

import click

from offline.agent_store import AgentView
from offline.terminal_store import TerminalView
from offline.trouble import OfflineTrouble

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
config_option = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), required=True, help="终端配置文件。The terminal.toml."
)
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")


def views(config_path: Path) -> tuple[TerminalView, AgentView]:
    """The terminal's two files as anyone may read them; raises OfflineTrouble."""
    state_dir = state_dir_of(config_path)
    return TerminalView.open(state_dir), AgentView.open(state_dir)


def state_dir_of(config_path: Path) -> Path:
    """The state directory that a terminal.toml names; raises OfflineTrouble."""
    try:
        terminal = tomllib.loads(config_path.read_text(encoding="utf-8")).get("terminal") or {}
        state_dir = config_path.parent / Path(str(terminal.get("state_dir", "state"))).expanduser()
    except FileNotFoundError:
        raise OfflineTrouble(f"找不到配置文件 {config_path}。", "请用 --config 指出 terminal.toml 在哪里。") from None
    except UnicodeDecodeError:
        raise OfflineTrouble(f"配置文件 {config_path} 不是 UTF-8 文字。", "请用 UTF-8 另存。") from None
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise OfflineTrouble(f"配置文件 {config_path} 读不了（{wrong}）。", "请检查它的写法和权限。") from None
    except AttributeError:
        raise OfflineTrouble(f"{config_path} 的 terminal 不是一节。", "请写成 [terminal]。") from None
    if not state_dir.is_dir():
        raise OfflineTrouble(f"状态目录 {state_dir} 不存在。", "终端还没有启动过，或配置里的路径不对。")
    return state_dir


def shown_time(moment: str) -> str:
    """A moment as people here read it."""
    return datetime.fromisoformat(moment).astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def fail(trouble: OfflineTrouble) -> NoReturn:
    """Ends a command in one sentence and what to do, exit 1."""
    raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from trouble
