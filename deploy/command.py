"""The program `zhizhu`: finds each room's commands and imports a room only when one of its commands runs."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


def _incomplete(missing: ImportError) -> str:
    """Said when a package, or a library that one needs, is not on this machine."""
    what = missing.name if isinstance(missing, ModuleNotFoundError) and missing.name else str(missing)
    return (
        f"智助没有装全，缺少 {what}。请重新运行安装步骤 sh deploy/demo.sh。"
        f" The installation lacks {what}: run sh deploy/demo.sh again."
    )


try:
    import click
except ModuleNotFoundError as without_click:  # even the last door below needs it
    sys.exit(_incomplete(without_click))

log = logging.getLogger(__name__)

# name → where the click command lives, and the line `zhizhu --help` shows without importing the room.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("deploy.commands:demo", "在这台机器上演示全套。The whole story on this one machine."),
    "terminal": ("kiosk.commands:terminal", "自助终端的界面。The terminal's screen."),
    "agent": ("kiosk.agent.commands:agent", "终端的同步代理。The terminal's sync agent."),
    "hub": ("hub.commands:hub", "区域中枢。The regional hub."),
    "journey": ("deploy.commands:journey", "按剧本操作界面。Drives the screen by a script."),
    "device": ("drivers.commands:device", "设备。Devices."),
    "models": ("kiosk.face.commands:models", "人脸模型。Face models."),
    "outbox": ("offline.commands:outbox", "发件箱。The outbox."),
    "journal": ("offline.commands:journal", "日志链。The journal."),
    "certificate": ("hub.certificates.commands:certificate", "电子证照和云链。Certificates and the chain."),
    "slip": ("offline.slip_commands:slip", "核对凭条真假。Checks slips."),
    "bench": ("deploy.bench.commands:bench", "性能测量。Measured claims."),
    "catalogue": ("seeds.commands:catalogue", "事项目录。The catalogue of service items."),
}


@contextmanager
def no_garbage() -> Iterator[None]:
    """What imports make stays; to look through it again and again for garbage costs a fifth of a program's start."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class Rooms(click.Group):
    """A group whose commands are imported when they are called, so that one broken room leaves the others usable."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("_", "-")
        if name not in COMMANDS:
            return None
        module_name, _, attribute = COMMANDS[name][0].partition(":")
        with no_garbage():
            command = getattr(importlib.import_module(module_name), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="zhizhu", prog_name="zhizhu")
def program() -> None:
    """智助：村里的政务自助终端和它背后的区域中枢。

    zhizhu: the self-service government terminal of village halls, and its regional hub.
    """


def main() -> None:
    """Runs the program; whatever goes wrong ends in one sentence and what to do, never in a traceback."""
    try:
        code = program.main(standalone_mode=False)
    except click.ClickException as trouble:
        trouble.show()
        sys.exit(trouble.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as bug:
        if os.environ.get("ZHIZHU_TRACEBACK") == "1":
            raise
        if isinstance(bug, ImportError):
            sys.exit(_incomplete(bug))
        click.echo(
            f"程序自身出错（{type(bug).__name__}），这是我们的问题。"
            "请设 ZHIZHU_TRACEBACK=1 再试一次，把输出发给维护者。"
            f" This is our fault ({type(bug).__name__}): run again with ZHIZHU_TRACEBACK=1 and report it.",
            err=True,
        )
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
