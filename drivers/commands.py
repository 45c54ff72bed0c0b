"""`zhizhu device …`: what is plugged in, one reading, one slip, one simulated device."""

from __future__ import annotations

import json
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

import click

from drivers.health import Health, State
from drivers.registry import KINDS, blanker_of, kind_named, make_device, open_device
from drivers.simulation import Simulation, simulate
from drivers.texts import text
from drivers.trouble import DeviceTrouble

POLL_S: Final = 0.35
"""Between two looks for a card; the module wants more than 300 ms."""
FRAME_WAIT_S: Final = 5.0

_link_option = click.option(
    "--link", required=True, metavar="LINK", help="设备链接，如 /dev/ttyUSB0。The device's link."
)
_driver_option = click.option("--driver", metavar="NAME", help="驱动，默认取该种设备的第一个。The driver.")
_json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")


@contextmanager
def _told() -> Iterator[None]:
    """Troubles of this room become one sentence and what to do."""
    try:
        yield
    except DeviceTrouble as trouble:
        raise click.ClickException(f"{trouble.sentence}{trouble.advice}") from trouble


def _kind(name: str) -> str:
    try:
        return kind_named(name).name
    except DeviceTrouble as trouble:
        raise click.UsageError(f"{trouble.sentence}{trouble.advice}") from trouble


class KindArgument(click.ParamType[str]):
    """The name of a kind, `-` and `_` alike."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind's own name; wrong use (exit 2) for one that does not exist."""
        return _kind(str(value))


@click.group()
def device() -> None:
    """设备：看接口、读一次、打一张、模拟一台。Devices: list, read, print, simulate."""


@device.command("list")
@_json_option
def list_(as_json: bool) -> None:
    """列出接口和支持的设备，绝不向接口写任何字节。Lists ports and the support matrix; never writes to a port."""
    from drivers.ports import ports

    found = ports()
    matrix = [
        {"kind": kind.name, "title": kind.title, **asdict(driver)} for kind in KINDS.values() for driver in kind.drivers
    ]
    if as_json:
        click.echo(json.dumps({"ports": [asdict(port) for port in found], "drivers": matrix}, ensure_ascii=False))
        return
    click.echo("接口 Ports")
    for port in found:
        note = "" if port.stable else "（重新插拔后可能改变 may change when re-plugged）"
        click.echo(f"  {port.link}  {port.title}  {port.hardware}{note}")
    if not found:
        click.echo("  没有找到接口。请插好设备，或用 zhizhu device simulate 模拟一台。No ports found.")
    click.echo("支持的设备 Support matrix")
    for row in matrix:
        click.echo(f"  {row['kind']:<16} {row['name']:<8} {row['speaks']:<20} {row['seen']}")


@device.command("read")
@click.argument("kind", type=KindArgument())
@_link_option
@_driver_option
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 600),
    default=10.0,
    show_default=True,
    metavar="S",
    help="最多等卡多少秒。How long to wait for a card.",
)
@click.option("--image", type=click.Path(dir_okay=False, path_type=Path), help="把画面存成 PNG。Saves the frame.")
@click.option(
    "--as",
    "table",
    type=click.Choice(["document", "mrz", "qr"]),
    help="桌上的纸、通行证机读码或二维码。A page on the table, a permit's zone, or QR codes.",
)
@click.option(
    "--shape",
    type=click.Choice(["a4", "card", "small_page"]),
    default="a4",
    show_default=True,
    help="纸的大小。The paper's size, for --as document.",
)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="把这一页存成 PDF。Saves the page.")
@_json_option
def read(
    kind: str,
    link: str,
    driver: str | None,
    wait_s: float,
    image: Path | None,
    table: Literal["document", "mrz", "qr"] | None,
    shape: str,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """读一次：身份证的全部内容、摄像头的一帧，或打印机的状态。Reads once: a card, a frame, or the printer's state."""
    if (image or table) and kind != "camera":
        raise click.UsageError("--image 和 --as 只用于 camera。--image and --as are for cameras.")
    if (pdf and table != "document") or (image and table in ("mrz", "qr")):
        raise click.UsageError("--pdf 和扫描图只用于 --as document。--pdf and scans are for --as document.")
    if table is not None:
        from drivers.camera.document.command import read_table, tell
        from drivers.camera.document.straighten import Shape

        with _told():
            record, failed = read_table(table, link, shape=Shape(shape), image=image, pdf=pdf)
        tell(record, failed, as_json=as_json)
        return
    with _told():
        match kind:
            case "id_card":
                _read_card(driver, link, wait_s, as_json)
            case "camera":
                _read_frame(driver, link, image, as_json)
            case _:
                _read_health(kind, driver, link, as_json)


@device.command("print")
@click.argument("kind", type=KindArgument())
@_link_option
@_driver_option
@click.option("--text", "words", metavar="TEXT", help="要打的字。Text to print.")
@click.option("--slip", type=click.Path(dir_okay=False, path_type=Path), help="凭条文件（YAML）。A slip file.")
@click.option(
    "--paper-width-mm", type=click.Choice(["58", "80"]), default="80", show_default=True, help="纸宽。Paper width."
)
@_json_option
def print_(
    kind: str, link: str, driver: str | None, words: str | None, slip: Path | None, paper_width_mm: str, as_json: bool
) -> None:
    """打一张凭条，并等打印机亲口说打好了。Prints one slip and waits for the printer's word on it.

    \b
    凭条文件的例子 A slip file:
      - 智助
      - rule
      - {text: 取件码, width: 2, height: 2, align: center, bold: true}
      - {qr: "https://example.org/verify/1", size: 6}
      - {feed: 2}
    """
    from drivers.receipt_printer.port import Line, NotPrinted, Printed
    from drivers.slip_file import read_slip

    if kind != "receipt_printer":
        raise click.UsageError(f"{kind} 不能打印。{kind} prints nothing.")
    if (words is None) == (slip is None):
        raise click.UsageError("请在 --text 和 --slip 中选一个。Give either --text or --slip.")
    with _told():
        content = (Line(words),) if words is not None else read_slip(slip or Path())
        printer = open_device(kind, driver, link, paper_width_mm=int(paper_width_mm))
        try:
            outcome = printer.print(str(uuid.uuid4()), content)
        finally:
            printer.close()
    if isinstance(outcome, Printed):
        click.echo(json.dumps({"outcome": "printed"}) if as_json else "已打印。Printed.")
        return
    name = "not_printed" if isinstance(outcome, NotPrinted) else "cannot_know"
    if as_json:
        click.echo(json.dumps({"outcome": name, "health": _health_record(outcome.health)}, ensure_ascii=False))
    said = "没有打印。" if name == "not_printed" else "不知道打没打出来，请看出纸口。"
    raise click.ClickException(f"{said}{text(outcome.health.technician)}")


@device.command("simulate")
@click.argument("kind", type=KindArgument())
@click.option("--link", default="pty", show_default=True, metavar="pty|tcp:PORT", help="链接。The link to offer.")
@click.option("--control", metavar="HOST:PORT", help="控制口，端口 0 自动挑选。The HTTP door; port 0 picks one.")
def simulate_(kind: str, link: str, control: str | None) -> None:
    """模拟一台设备，直到被结束；第一行输出 JSON。Simulates a device until ended; prints one JSON line."""
    with _told():
        simulation = simulate(kind)
    _run_simulation(kind, simulation, link, control)


@device.command("capture")
@click.argument("kind", type=KindArgument())
@_link_option
@_driver_option
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="抓包文件。The capture file."
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 600),
    default=10.0,
    show_default=True,
    metavar="S",
    help="抓多少秒。How long to record.",
)
def capture(kind: str, link: str, driver: str | None, out: Path, seconds: float) -> None:
    """记录设备线上的字节，姓名号码先抹掉再写；格式见 drivers/capture/FORMAT.md。Records a device's traffic, blanked.

    在终端上长期记录，就在 terminal.toml 的 [devices.…] 里写 capture = "文件"。For a running terminal, set it there.
    """
    with _told():
        subject = open_device(kind, driver, link, capture=str(out))
        try:
            _exercise(kind, subject, seconds)
        finally:
            subject.close()
    click.echo(f"已写入 {out}。Written.")


def _exercise(kind: str, subject: Any, seconds: float) -> None:
    """What a terminal does with an idle device: asks how it is and, of a reader, looks for a card and reads it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if kind == "id_card" and subject.find():
            subject.read()
        else:
            subject.health()
        time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))


@device.command("replay")
@click.argument("kind", type=KindArgument())
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--link", default="pty", show_default=True, metavar="pty|tcp:PORT", help="链接。The link to offer.")
@click.option("--control", metavar="HOST:PORT", help="控制口，端口 0 自动挑选。The HTTP door; port 0 picks one.")
def replay(kind: str, file: Path, link: str, control: str | None) -> None:
    """把抓包当作设备来回放，直到被结束；第一行输出 JSON。Plays a capture as the device; prints one JSON line."""
    from drivers.capture.replay import ReplayedDevice
    from drivers.capture.text import parse

    with _told():
        played = parse(_capture_text(file))
        if played.kind != kind:
            raise DeviceTrouble("capture.kind", f"{file} 录的是 {played.kind}，不是 {kind}。", "请写对设备种类。")
        simulation = Simulation(ReplayedDevice(played, blanker_of(kind)))
    _run_simulation(kind, simulation, link, control)


def _capture_text(file: Path) -> str:
    from drivers.capture.text import CAPTURE_BYTES_MAX

    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(CAPTURE_BYTES_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceTrouble("capture.unreadable", f"读不了抓包文件 {file}。", "请检查路径和权限。") from error


def _run_simulation(kind: str, simulation: Simulation, link: str, control: str | None) -> None:
    """Until the process is told to end."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with _told():
        simulation.start(link=link, control=control)
    with simulation:
        click.echo(json.dumps({"kind": kind, "link": simulation.link, "control": simulation.control}))
        ending.wait()


def _read_card(driver: str | None, link: str, wait_s: float, as_json: bool) -> None:
    from drivers.id_card.port import TAKE_BACK, IdCardReader, ReadFault
    from drivers.id_card.record import to_record

    reader: IdCardReader = open_device("id_card", driver, link)
    try:
        if not _card_comes(reader, wait_s):
            _tell_of_no_card(reader, wait_s, as_json)
        outcome = reader.read()
    finally:
        reader.close()
    if isinstance(outcome, ReadFault):
        if as_json:
            fault = {"code": outcome.code, "sw": None if outcome.sw is None else bytes(outcome.sw).hex()}
            click.echo(json.dumps({"fault": fault, "health": _health_record(outcome.health)}, ensure_ascii=False))
        raise click.ClickException(f"{text(outcome.health.technician)}{text(TAKE_BACK)}")
    record = to_record(outcome)
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
    else:
        for name, value in record.items():
            click.echo(f"{name}: {value if value is not None else ''}")
    click.echo(text(TAKE_BACK), err=True)


def _card_comes(reader: Any, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while not reader.find():
        if time.monotonic() + POLL_S > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _tell_of_no_card(reader: Any, wait_s: float, as_json: bool) -> None:
    health: Health = reader.health()
    if as_json:
        click.echo(
            json.dumps(
                {"fault": {"code": "id_card.no_card", "sw": None}, "health": _health_record(health)}, ensure_ascii=False
            )
        )
    if health.state is not State.ready:
        raise click.ClickException(text(health.technician))
    raise click.ClickException(f"等了 {wait_s:g} 秒没有卡。请把身份证平放在读卡区，再试一次。")


def _read_frame(driver: str | None, link: str, image: Path | None, as_json: bool) -> None:
    camera = open_device("camera", driver, link)
    try:
        outcome = camera.grab(FRAME_WAIT_S)
    finally:
        camera.close()
    if isinstance(outcome, Health):
        _tell_health(outcome, as_json)
        return
    height, width = outcome.pixels.shape[:2]
    if image is not None:
        from PIL import Image

        try:
            Image.fromarray(outcome.pixels[:, :, ::-1]).save(image)
        except (OSError, ValueError) as error:
            raise click.ClickException(f"画面存不到 {image}。请检查路径、权限和扩展名。") from error
    click.echo(json.dumps({"width": width, "height": height}) if as_json else f"一帧 {width} × {height}。One frame.")


def _read_health(kind: str, driver: str | None, link: str, as_json: bool) -> None:
    subject = make_device(kind, driver, link)
    subject.open()
    try:
        health = subject.health()
    finally:
        subject.close()
    _tell_health(health, as_json)


def _tell_health(health: Health, as_json: bool) -> None:
    """The health as JSON or text; exit 1 where the device is not fit for use."""
    well = health.state in (State.ready, State.limited)
    if as_json:
        click.echo(json.dumps(_health_record(health), ensure_ascii=False))
    elif well:
        click.echo(text(health.technician))
    if not well:
        raise click.ClickException(text(health.technician))


def _health_record(health: Health) -> dict[str, Any]:
    return {
        "state": health.state.value,
        "cause": None if health.cause is None else health.cause.value,
        "code": health.code,
        "resident": text(health.resident),
        "technician": text(health.technician),
        "since": health.since.isoformat(),
    }
