"""`zhizhu device simulate`: one simulated device until it is ended."""

from __future__ import annotations

import json
import signal
import threading

import click

from drivers.commands.words import KindArgument, told
from drivers.simulation import Simulation, simulate

control_option = click.option(
    "--control", metavar="HOST:PORT", help="控制口，端口 0 自动挑选。The HTTP door; port 0 picks one."
)


@click.command("simulate")
@click.argument("kind", type=KindArgument())
@click.option("--link", default="pty", show_default=True, metavar="pty|tcp:PORT|evdev", help="链接。The link to offer.")
@control_option
@click.option("--model", metavar="NAME", help="打印机型号：escpos、vkp80ii、vkp80iii、kpm。A printer's model.")
def simulate_(kind: str, link: str, control: str | None, model: str | None) -> None:
    """模拟一台设备，直到被结束；第一行输出 JSON。Simulates a device until ended; prints one JSON line.

    \b
    code-scanner 的 evdev 链接是一个键盘。The link evdev of a code scanner is a keyboard.
    social-card 要先装好并启动 pcscd 和 vsmartcard-vpcd；链接可写 vpcd:端口。
    social-card needs pcscd with vsmartcard-vpcd running; its link may be vpcd:PORT.
    """
    from drivers.receipt_printer.simulated.model import MODELS

    if model is not None and (kind != "receipt_printer" or model not in MODELS):
        raise click.UsageError(
            f"没有型号为 {model} 的 {kind}。There is no such model; printers have {', '.join(MODELS)}."
        )
    with told():
        simulation = simulate(kind) if model is None else simulate(kind, model=model)
    run(kind, simulation, link, control)


def run(kind: str, simulation: Simulation, link: str, control: str | None) -> None:
    """Until the process is told to end."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with told():
        simulation.start(link=link, control=control)
    with simulation:
        click.echo(json.dumps({"kind": kind, "link": simulation.link, "control": simulation.control}))
        ending.wait()
