"""`zhizhu outbox` and `zhizhu journal`: what a technician may know of the outbox without opening anything."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from offline.bounds import MB, Bounds, Priority
from offline.carry.commands import export_command, import_command
from offline.command_line import config_option, fail, json_option, shown_time, state_dir_of, views
from offline.gauge import Gauge
from offline.projection import standing
from offline.terminal_store import TerminalView
from offline.trouble import BOUND_NAMES, OfflineTrouble
from offline.wire.canonical import time_text
from offline.wire.chain import Break, Head
from offline.wire.parking import explained

_PRIORITIES: Final = {
    Priority.ESSENTIAL: "关系生计的事项",
    Priority.ORDINARY: "一般事项",
    Priority.DEFERRABLE: "可缓办的事项",
}


@click.group()
def outbox() -> None:
    """发件箱：本机保存、等待送达的办理记录。

    The outbox: what is kept here until the hub has it.
    """


outbox.add_command(export_command)
outbox.add_command(import_command)


@click.group()
def journal() -> None:
    """日志链：代理自己的记录。

    The agent's own chain.
    """


@outbox.command()
@config_option
@json_option
def status(config_path: Path, as_json: bool) -> None:
    """还有多少没有送达，还能存多少；有被搁置的或有事项不再接收，退出码为 1。

    How much is still waiting and what more is taken; exit 1 when events were laid aside or something is refused.
    """
    try:
        terminal, agent = views(config_path)
        bounds = _bounds(config_path)
        room = Gauge(bounds, terminal, agent, state_dir_of(config_path), clock=lambda: datetime.now(UTC)).measure()
        head, parked = terminal.head(), agent.parked()
        enrolment = agent.enrolment()
        pending = [event for event in _events(terminal) if agent.ack(event["id"]) is None]
    except OfflineTrouble as trouble:
        fail(trouble)
    report = {
        "enrolled": enrolment.terminal_id if enrolment else None,
        "kept": head.seq,
        "waiting": len(pending),
        "oldest": pending[0]["time"] if pending else None,
        "parked": [{"seq": one.seq, "id": one.id, "reason": one.reason, "at": time_text(one.at)} for one in parked],
        "head": {"seq": head.seq, "hash": head.hash},
        "bounds": bounds.in_settings(),
        "room": {
            "refuses": {each.value: cause.value for each in Priority if (cause := room.why(each)) is not None},
            "full": round(room.full, 3),
            "free_mb": room.free_bytes // MB,
        },
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        oldest = f"，最早一条 {shown_time(pending[0]['time'])}" if pending else ""
        click.echo(f"已登记为 {enrolment.terminal_id}。" if enrolment else "尚未登记。")
        click.echo(f"共保存 {head.seq} 条，待送达 {len(pending)} 条{oldest}，被搁置 {len(parked)} 条。")
        for one in parked:
            why = explained(one.reason)
            click.echo(f"  第 {one.seq} 条 {one.id}：{why.sentence}{why.advice}（{one.reason}）")
        click.echo(f"容量已用 {room.full:.0%}，磁盘剩余 {room.free_bytes // MB} MB。上限：{_shown_bounds(bounds)}。")
        for each in Priority:
            if (cause := room.why(each)) is not None:
                click.echo(f"  不再接收{_PRIORITIES[each]}：{BOUND_NAMES[cause]}。")
    if parked or room.cause is not None:
        raise SystemExit(1)


@outbox.command(name="list")
@config_option
@json_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="最多几条。At most.")
def list_events(config_path: Path, as_json: bool, limit: int) -> None:
    """最近的记录和它们的去向；内容是密封的，谁也看不到。

    The latest events and what became of them; their content is sealed.
    """
    try:
        terminal, agent = views(config_path)
        shown = [
            event | {"stage": standing(agent, event["id"]).stage.value}
            for event in _events(terminal, max(0, terminal.head().seq - limit))
        ]
    except OfflineTrouble as trouble:
        fail(trouble)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    names = {"kept": "已保存", "sent": "已送达", "settled": "已办结", "parked": "被搁置"}
    for event in shown:
        click.echo(
            f"{event['seq']:>6}  {shown_time(event['time'])}  {names[event['stage']]}  {event['type']}  {event['id']}"
        )
    if not shown:
        click.echo("还没有记录。")


@outbox.command()
@config_option
@json_option
def verify(config_path: Path, as_json: bool) -> None:
    """从头核对终端的散列链；第一处不对的会被指出，退出码 1。

    Follows the terminal's chain; names the first bad record, exit 1.
    """
    try:
        terminal, _ = views(config_path)
        _say(terminal.verify(), as_json)
    except OfflineTrouble as trouble:
        fail(trouble)


@journal.command(name="verify")
@config_option
@json_option
def verify_journal(config_path: Path, as_json: bool) -> None:
    """从头核对代理的散列链；第一处不对的会被指出，退出码 1。

    Follows the agent's chain; names the first bad record, exit 1.
    """
    try:
        _, agent = views(config_path)
        _say(agent.verify(), as_json)
    except OfflineTrouble as trouble:
        fail(trouble)


def _bounds(config_path: Path) -> Bounds:
    """The bounds that terminal.toml sets, where it sets any; the terminal itself checks the file more closely."""
    said, defaults = tomllib.loads(config_path.read_text(encoding="utf-8")), Bounds().in_settings()

    def setting(key: str) -> float:
        table, _, name = key.partition(".")
        given = said.get(table)
        value = given.get(name, defaults[key]) if isinstance(given, dict) else defaults[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise OfflineTrouble(f"{config_path} 的 {key} 不是数字。", "请改正这一处。")
        return value

    return Bounds.of(setting)


def _shown_bounds(bounds: Bounds) -> str:
    return "，".join(f"{key} = {value:g}" for key, value in bounds.in_settings().items())


def _say(result: Head | Break, as_json: bool) -> None:
    if isinstance(result, Break):
        bad = {"ok": False, "first_bad": {"seq": result.seq, "id": result.id, "reason": result.reason}}
        said = f"第 {result.seq} 条不对（{result.id}）：{result.reason}。请不要删除，连同 keys 文件夹一起交给技术人员。"
        click.echo(json.dumps(bad, ensure_ascii=False) if as_json else said)
        raise SystemExit(1)
    good = {"ok": True, "head": {"seq": result.seq, "hash": result.hash}}
    click.echo(json.dumps(good) if as_json else f"完好：{result.seq} 条，链首 {result.hash[:16]}。")


def _events(terminal: TerminalView, after: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := terminal.events_after(after, 500):
        found += [
            {"seq": event.seq, "id": event.id, "type": event.type, "time": time_text(event.time)} for event in page
        ]
        after = page[-1].seq
    return found
