"""`zhizhu demo` and `zhizhu journey run`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from deploy.children import PROGRAM
from deploy.trouble import RoofTrouble


@click.command()
@click.option("--headless", is_flag=True, help="不开窗口。Without a window.")
@click.option(
    "--journey",
    "journeys",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="演完这个剧本就结束。Plays this script, then ends.",
)
@click.option("--seconds", type=float, help="到这么多秒就结束。Ends after so many seconds.")
@click.option("--report", type=click.Path(dir_okay=False), help="剧本的报告写到这里。Where the report goes (JSON).")
@click.option("--screens", type=click.Path(file_okay=False), help="每一步的截图放到这里。Where the pictures go.")
@click.option(
    "--screens-of", "shown", multiple=True, metavar="NAME", help="只截这些剧本的图。Pictures of these scripts alone."
)
@click.option("--webcam", default="", metavar="LINK", help="用自己的摄像头，如 v4l2:///dev/video0。Your own camera.")
@click.option("--no-models", is_flag=True, help="不用人脸模型，也不下载。Without face models.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="改终端的一项设置。One setting of the terminals."
)
def demo(
    headless: bool,
    no_models: bool,
    overrides: tuple[str, ...],
    webcam: str,
    journeys: tuple[str, ...],
    seconds: float | None,
    report: str | None,
    screens: str | None,
    shown: tuple[str, ...],
) -> None:
    """在这台机器上演示：终端、模拟设备、中枢。A terminal, simulated devices and a hub on this machine."""
    from deploy.demo import Demo, has_display
    from deploy.face_models import FaceModels, folder_of
    from deploy.journey import script

    if not headless and not has_display():
        raise click.ClickException(
            "这里没有显示器。请加 --headless，或在有桌面的机器上运行。"
            " There is no display here: use --headless or a desktop."
        )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running: Demo | None = None
    failed = False
    try:
        scripts = [script.read(Path(name)) for name in journeys]
        two = any(step.do == "terminal" for read in scripts for step in read.steps)
        models = FaceModels(None if no_models else folder_of(), click.echo)
        running = Demo(headless, 2 if two else 1, webcam, overrides, models=models)
        running.start()
        _greet(running)
        if journeys:
            command = [str(PROGRAM), "journey", "run", *journeys, "--config", running.stage.terminals[0].config]
            command += ["--json", report] if report else []
            command += ["--screens", screens] if screens else []
            command += [word for name in shown for word in ("--screens-of", name)]
            with subprocess.Popen(command) as player:
                running.watch(lambda: player.poll() is not None)
                code = player.wait()
            if code:
                failed = True
                sys.exit(code)
        else:
            end = None if seconds is None else time.monotonic() + seconds
            running.watch(lambda: end is not None and time.monotonic() > end)
    except RoofTrouble as trouble:
        failed = True
        raise click.ClickException(str(trouble)) from trouble
    finally:
        if running is not None:
            running.close(keep_logs=failed)
            if failed:
                click.echo(f"日志留在 The logs are kept in {running.logs}", err=True)


def _greet(running: object) -> None:
    from deploy.demo import Demo

    assert isinstance(running, Demo)
    click.echo(f"控制台 Console: {running.hub_url}/console")
    for person in running.staff:
        click.echo(f"  演示账号 demo account: {person.name} / {person.password} ({person.role})")
        click.echo(f"    动态码 its code: zhizhu hub staff code '{person.codes}'")
    click.echo(f"  村委会测试章的动态码 codes of the village's test seal: zhizhu hub staff code '{running.seal_codes}'")
    for place in running.stage.terminals:
        click.echo(f"终端 Terminal {place.name}: --config {place.config}")


@click.group()
def journey() -> None:
    """按剧本操作真正的屏幕。Plays journey scripts on the real screen."""


@journey.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--config", required=True, type=click.Path(dir_okay=False), help="终端的 terminal.toml。")
@click.option("--json", "report", type=click.Path(dir_okay=False), help="报告写到这里。Where the report goes.")
@click.option("--screens", type=click.Path(file_okay=False), help="截图放到这里。Where the pictures go.")
@click.option(
    "--screens-of", "shown", multiple=True, metavar="NAME", help="只截这些剧本的图。Pictures of these scripts alone."
)
def run(files: tuple[str, ...], config: str, report: str | None, screens: str | None, shown: tuple[str, ...]) -> None:
    """演剧本 FILES；有一步不成就以 1 结束。Plays the scripts; ends with 1 where a step fails."""
    from deploy.journey import script
    from deploy.journey.player import Player
    from deploy.journey.report import written
    from deploy.stage import Stage
    from seeds.people import People

    pictures = Path(screens).resolve() if screens else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    try:
        stage = Stage.of(Path(config))
        place = next(p for p in stage.terminals if Path(p.config).resolve() == Path(config).resolve())
        reports = []
        for name in files:
            seen = pictures if not shown or Path(name).stem in shown else None
            reports.append(Player(stage, place, People.load(), seen).play(script.read(Path(name))))
            _tell(reports[-1])
            if not reports[-1].ok:
                break  # the next would begin on a screen that nobody has left
        if report:
            Path(report).write_text(written(reports), encoding="utf-8")
    except RoofTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    if not all(done.ok for done in reports):
        sys.exit(1)


def _tell(report: object) -> None:
    from deploy.journey.report import JourneyReport

    assert isinstance(report, JourneyReport)
    for step in report.steps:
        click.echo(
            f"{'✓' if step.ok else '✗'} {step.n:2d} {step.do}  [{step.screen}] {step.ms} ms"
            + (f"\n    {step.why}" if step.why else "")
        )
    click.echo(
        f"{'通过 passed' if report.ok else '没有通过 failed'}: {report.journey}, "
        f"{report.touches} 次触摸 touches, {report.seconds} s"
    )
