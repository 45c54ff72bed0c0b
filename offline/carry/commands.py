"""`zhizhu outbox export` and `import`: a technician's stick where there is no line."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from offline.agent_store import AgentView
from offline.carry.export import Exported, export
from offline.carry.fetch import Fetched, fetch
from offline.carry.spool import Spool
from offline.command_line import config_option, fail, json_option, state_dir_of, views
from offline.keys import signing_key
from offline.pictures import PictureFolder
from offline.terminal_store import TerminalView
from offline.trouble import OfflineTrouble
from offline.wire.stick import Stick

_LOOK_S: Final = 0.2
_folder = click.Path(path_type=Path, file_okay=False)


@click.command("export")
@config_option
@click.option("--to", "to", type=_folder, required=True, metavar="DIR", help="U 盘的目录。Where the stick is mounted.")
@json_option
def export_command(config_path: Path, to: Path, as_json: bool) -> None:
    """没有网络时，把没送达的记录写到 U 盘上；中途拔了就再运行一次。

    Writes what the hub has not answered onto a stick: sealed, signed, resumable.
    """
    try:
        terminal, agent = views(config_path)
        state_dir = state_dir_of(config_path)
        agent.enrolled()  # before a key is asked for, which would be made
        done = export(
            *(agent, terminal, PictureFolder(state_dir), Stick(to), signing_key(state_dir), datetime.now(UTC)),
            progress=(lambda _done, _all: None) if as_json else _progress,
        )
    except OfflineTrouble as trouble:
        fail(trouble)
    if as_json:
        click.echo(json.dumps(_exported_json(done), ensure_ascii=False))
    else:
        click.echo(
            f"U 盘上现有 {done.events} 条记录、{done.parts} 个文件；"
            f"这次写入 {done.written} 条和 {done.pictures} 张照片。"
        )
        click.echo("可以拔 U 盘了。请带到中枢，再把它插回来导入答复。You may pull the stick out now.")


@click.command("import")
@config_option
@click.option(
    "--from", "source", type=_folder, required=True, metavar="DIR", help="U 盘的目录。Where the stick is mounted."
)
@click.option(
    "--wait-s",
    type=click.FloatRange(0, 300),
    default=15.0,
    show_default=True,
    help="等代理应用多久。How long to wait for the agent.",
)
@json_option
def import_command(config_path: Path, source: Path, wait_s: float, as_json: bool) -> None:
    """把 U 盘带回的中枢答复交给代理；有不能用的文件则退出码为 1。

    Hands the hub's answers on a stick to the agent; exit 1 where a file does not count.
    """
    try:
        terminal, agent = views(config_path)
        waited_before = _waiting(terminal, agent)
        done = fetch(agent, Stick(source), Spool(state_dir_of(config_path)))
        applied = _applied(done, wait_s)
        waits = _waiting(terminal, agent)
    except OfflineTrouble as trouble:
        fail(trouble)
    if as_json:
        said = _fetched_json(done) | {"applied": applied, "answered": waited_before - waits, "waiting": waits}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        _tell(done, applied, waited_before - waits, waits)
    if done.refused or (not done.spooled and not done.known):
        raise SystemExit(1)


def _progress(done: int, wanted: int) -> None:
    click.echo(f"已写入 {done} / {wanted} 条……", err=True)


def _applied(done: Fetched, wait_s: float) -> bool:
    """Whether the agent has taken everything off the spool, at the latest after so many seconds."""
    end = time.monotonic() + wait_s
    while any(path.exists() for path in done.spooled):
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_S)
    return True


def _waiting(terminal: TerminalView, agent: AgentView) -> int:
    return max(0, terminal.head().seq - agent.done_count())


def _tell(done: Fetched, applied: bool, answered: int, waits: int) -> None:
    for one in done.refused:
        click.echo(f"{one.name}：{one.why.sentence}{one.why.advice}", err=True)
    if done.spooled and applied:
        click.echo(f"已应用：{answered} 条有了中枢的回执，还有 {waits} 条待送达。可以拔 U 盘了。Applied.")
    elif done.spooled:
        click.echo(
            f"已收下 {len(done.spooled)} 个文件；代理没有在运行，它启动后会自动应用。可以拔 U 盘了。"
            " Kept for the agent, which applies them when it runs."
        )
    elif done.known:
        click.echo("U 盘上的答复本机都已知道，没有新的。Nothing new.")
    elif not done.refused:
        others = f"，只有给终端 {'、'.join(done.for_others)} 的" if done.for_others else ""
        click.echo(
            f"U 盘上没有给本机的答复{others}。请先把它带到中枢（zhizhu hub carry，或控制台的“U盘带来的”）。"
            " There is no answer for this terminal on the stick.",
            err=True,
        )


def _exported_json(done: Exported) -> dict[str, object]:
    return {
        "ok": True,
        "terminal": done.terminal_id,
        "events": done.events,
        "written": done.written,
        "parts": done.parts,
        "pictures": done.pictures,
        "removed": done.removed,
    }


def _fetched_json(done: Fetched) -> dict[str, object]:
    return {
        "ok": not done.refused and bool(done.spooled or done.known),
        "files": len(done.spooled),
        "known": done.known,
        "for_others": list(done.for_others),
        "refused": [
            {"name": one.name, "fault": one.why.fault.value, "detail": one.why.sentence} for one in done.refused
        ],
    }
