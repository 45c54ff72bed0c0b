"""`zhizhu device list`: the ports of this machine and the support matrix."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from drivers.commands.words import json_option
from drivers.registry import KINDS


@click.command("list")
@json_option
def list_(as_json: bool) -> None:
    """列出接口和支持的设备，绝不向接口写任何字节。Lists ports and the support matrix; never writes to a port."""
    from drivers.presence.ports import has_driver, ports
    from drivers.support import level_of, matrix

    found = ports()
    if as_json:
        listed = [{**asdict(port), "driver": has_driver(port)} for port in found]
        click.echo(json.dumps({"ports": listed, "drivers": [asdict(row) for row in matrix()]}, ensure_ascii=False))
        return
    click.echo("接口 Ports")
    for port in found:
        note = "" if port.stable else "（重新插拔后可能改变 may change when re-plugged）"
        if not has_driver(port):
            note = "（没有驱动，不去试探 no driver, never probed）"
        click.echo(f"  {port.link}  {port.title}  {port.hardware}{note}")
    if not found:
        click.echo("  没有找到接口。请插好设备，或用 zhizhu device simulate 模拟一台。No ports found.")
    click.echo("支持的设备 Support matrix")
    for kind in KINDS.values():
        for driver in kind.drivers:
            name = f"{kind.name:<16} {driver.name:<8} {driver.speaks:<36}"
            click.echo(f"  {name} {driver.seen:<18} {level_of(driver)}")
