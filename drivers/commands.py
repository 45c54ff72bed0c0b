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
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from drivers.health import Health, State
from drivers.registry import KINDS, blanker_of, kind_named, make_device, open_device
from drivers.settlement import NotPrinted, Printed, PrintResult
from drivers.simulation import Simulation, simulate
from drivers.texts import text
from drivers.trouble import DeviceTrouble

if TYPE_CHECKING:
    from drivers.receipt_printer.port import Place

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
    from drivers.presence.ports import has_driver, ports

    found = ports()
    matrix = [
        {"kind": kind.name, "title": kind.title, **asdict(driver)} for kind in KINDS.values() for driver in kind.drivers
    ]
    if as_json:
        listed = [{**asdict(port), "driver": has_driver(port)} for port in found]
        click.echo(json.dumps({"ports": listed, "drivers": matrix}, ensure_ascii=False))
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
    """读一次：身份证、摄像头的一帧、供电情况，或设备的状态。Reads once: a card, a frame, the power, or a state."""
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
            case "social_card":
                _read_social_card(driver, link, wait_s, as_json)
            case "code_scanner":
                _read_code(driver, link, wait_s, as_json)
            case "document_printer":
                _read_printer(driver, link, as_json)
            case "power":
                _read_power(driver, link, as_json)
            case "digital_line":
                _read_line(driver, link, as_json)
            case _:
                _read_health(kind, driver, link, as_json)


@device.command("print")
@click.argument("kind", type=KindArgument())
@_link_option
@_driver_option
@click.option("--text", "words", metavar="TEXT", help="要打的字。Text to print.")
@click.option("--slip", type=click.Path(dir_okay=False, path_type=Path), help="凭条文件（YAML）。A slip file.")
@click.option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="PDF 文件。A PDF file.")
@click.option(
    "--paper-width-mm", type=click.Choice(["58", "80"]), default="80", show_default=True, help="纸宽。Paper width."
)
@click.option("--profile", metavar="NAME", help="打印机型号，如 vkp80iii，默认按纸宽通用。The printer's model.")
@_json_option
def print_(
    kind: str,
    link: str,
    driver: str | None,
    words: str | None,
    slip: Path | None,
    file: Path | None,
    paper_width_mm: str,
    profile: str | None,
    as_json: bool,
) -> None:
    """打一张凭条或一份 PDF，并等打印机亲口说打好了。Prints a slip or a PDF and waits for the printer's word on it.

    \b
    凭条文件的例子 A slip file:
      - 智助
      - rule
      - {text: 取件码, width: 2, height: 2, align: center, bold: true}
      - {qr: "https://example.org/verify/1", size: 6}
      - {feed: 2}
    """
    given = [each for each in (words, slip, file) if each is not None]
    place: Place | None = None
    match kind:
        case "receipt_printer":
            if len(given) != 1 or file is not None:
                raise click.UsageError("请在 --text 和 --slip 中选一个。Give either --text or --slip.")
            outcome, place = _print_slip(driver, link, words, slip, paper_width_mm=int(paper_width_mm), profile=profile)
        case "document_printer":
            if len(given) != 1 or file is None:
                raise click.UsageError("请用 --file 给一个 PDF 文件。Give a PDF with --file.")
            outcome = _print_document(driver, link, file)
        case _:
            raise click.UsageError(f"{kind} 不能打印。{kind} prints nothing.")
    _tell_outcome(outcome, place, as_json)


def _print_slip(
    driver: str | None, link: str, words: str | None, slip: Path | None, **options: Any
) -> tuple[PrintResult, Place]:
    from drivers.receipt_printer.port import Line, ReceiptPrinter
    from drivers.slip_file import read_slip

    with _told():
        content = (Line(words),) if words is not None else read_slip(slip or Path())
        try:
            printer: ReceiptPrinter = open_device("receipt_printer", driver, link, **options)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        try:
            return printer.print(str(uuid.uuid4()), content), printer.place()
        finally:
            printer.close()


def _print_document(driver: str | None, link: str, file: Path) -> PrintResult:
    from drivers.document_printer.pdf_file import read_document
    from drivers.document_printer.port import DocumentPrinter

    with _told():
        document = read_document(file)
        printer: DocumentPrinter = open_device("document_printer", driver, link)
        try:
            return printer.print(str(uuid.uuid4()), document)
        finally:
            printer.close()


def _tell_outcome(outcome: PrintResult, place: Place | None, as_json: bool) -> None:
    if isinstance(outcome, Printed):
        where = {} if place is None or place.value == "unknown" else {"place": place.value}
        waits = "，请从出纸口取走" if place is not None and place.value == "in_mouth" else ""
        click.echo(json.dumps({"outcome": "printed"} | where) if as_json else f"已打印{waits}。Printed.")
        return
    name = "not_printed" if isinstance(outcome, NotPrinted) else "cannot_know"
    if as_json:
        click.echo(json.dumps({"outcome": name, "health": _health_record(outcome.health)}, ensure_ascii=False))
    said = "没有打印。" if name == "not_printed" else "不知道打没打出来，请看出纸口。"
    raise click.ClickException(f"{said}{text(outcome.health.technician)}")


@device.command("simulate")
@click.argument("kind", type=KindArgument())
@click.option("--link", default="pty", show_default=True, metavar="pty|tcp:PORT|evdev", help="链接。The link to offer.")
@click.option("--control", metavar="HOST:PORT", help="控制口，端口 0 自动挑选。The HTTP door; port 0 picks one.")
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
    with _told():
        simulation = simulate(kind) if model is None else simulate(kind, model=model)
    _run_simulation(kind, simulation, link, control)


@device.command("new")
@click.argument("kind", type=KindArgument())
@click.argument("name")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(__file__).resolve().parents[1],
    help="源码目录，默认是本程序自己的。The source tree, by default this program's own.",
)
def new(kind: str, name: str, root: Path) -> None:
    """为一种设备写一个新驱动的骨架：能过类型检查，契约测试会说缺什么。Writes the skeleton of a new driver.

    以后的步骤见 CONTRIBUTING.md“A new driver in an hour”。What comes next stands there.
    """
    from drivers.skeleton.writing import write_driver

    with _told():
        written = write_driver(root, kind_named(kind), name)
    for path in written:
        click.echo(str(path.relative_to(root)))


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


@device.command("baud")
@click.argument("kind", type=KindArgument())
@_link_option
@click.option("--to", "rate", type=int, required=True, metavar="BAUD", help="新的波特率。The new rate.")
@_json_option
def baud(kind: str, link: str, rate: int, as_json: bool) -> None:
    """改身份证阅读器的波特率，在新波特率上验证，不行就退回。Changes a card reader's rate, verifies it, or goes back."""
    from drivers.id_card.baud import BaudChanged, BaudKept, change_baud

    if kind != "id_card":
        raise click.UsageError(f"{kind} 不能改波特率。{kind} has no rate to change.")
    with _told():
        outcome = change_baud(link, rate)
    match outcome:
        case BaudChanged(new):
            told = json.dumps({"outcome": "changed", "link": new})
            click.echo(told if as_json else f"已改为 {rate}，请把设置里的 link 写成 {new}。Changed.")
            return
        case BaudKept(why):
            name, words = "kept", f"没有改，阅读器仍用原来的波特率。{text(f'id_card.{why}.technician')}"
        case _:
            name, words = "lost", "阅读器在新旧两个波特率上都不回答。请给它断电再通电，再用别的波特率试读。"
    if as_json:
        click.echo(json.dumps({"outcome": name}))
    raise click.ClickException(words)


def _read_card(driver: str | None, link: str, wait_s: float, as_json: bool) -> None:
    from drivers.id_card.port import TAKE_BACK, IdCardReader, ReadFault
    from drivers.id_card.record import to_record

    reader: IdCardReader = open_device("id_card", driver, link)
    try:
        if not _card_comes(reader, wait_s):
            _tell_of_no_card(reader, wait_s, as_json, "id_card.no_card", "请把身份证平放在读卡区，再试一次。")
        outcome = reader.read()
        module = reader.module_number()
    finally:
        reader.close()
    if isinstance(outcome, ReadFault):
        if as_json:
            fault = {"code": outcome.code, "sw": None if outcome.sw is None else bytes(outcome.sw).hex()}
            click.echo(json.dumps({"fault": fault, "health": _health_record(outcome.health)}, ensure_ascii=False))
        raise click.ClickException(f"{text(outcome.health.technician)}{text(TAKE_BACK)}")
    _tell_record(to_record(outcome) | {"module_number": module}, as_json)
    click.echo(text(TAKE_BACK), err=True)


def _tell_record(record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    for name, value in record.items():
        click.echo(f"{name}: {value if value is not None else ''}")


def _card_comes(reader: Any, wait_s: float) -> bool:
    deadline = time.monotonic() + wait_s
    while not reader.find():
        if time.monotonic() + POLL_S > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _tell_of_no_card(reader: Any, wait_s: float, as_json: bool, code: str, advice: str) -> None:
    health: Health = reader.health()
    if as_json:
        fault = {"code": code if health.state is State.ready else health.code, "sw": None}
        click.echo(json.dumps({"fault": fault, "health": _health_record(health)}, ensure_ascii=False))
    if health.state is not State.ready:
        raise click.ClickException(text(health.technician))
    raise click.ClickException(f"等了 {wait_s:g} 秒没有卡。{advice}")


def _read_social_card(driver: str | None, link: str, wait_s: float, as_json: bool) -> None:
    from drivers.social_card.port import TAKE_BACK, ReadFault, SocialCardReader
    from drivers.social_card.record import to_record

    reader: SocialCardReader = open_device("social_card", driver, link)
    try:
        if not _card_comes(reader, wait_s):
            _tell_of_no_card(reader, wait_s, as_json, "social_card.no_card", "请把社保卡芯片朝里插到底，再试一次。")
        outcome = reader.read()
    finally:
        reader.close()
    if isinstance(outcome, ReadFault):
        if as_json:
            fault = {"code": outcome.code, "sw": None if outcome.sw is None else f"{outcome.sw:04x}"}
            click.echo(json.dumps({"fault": fault, "health": _health_record(outcome.health)}, ensure_ascii=False))
        raise click.ClickException(f"{text(outcome.health.technician)}{text(TAKE_BACK)}")
    _tell_record(to_record(outcome), as_json)
    click.echo(text(TAKE_BACK), err=True)


def _read_code(driver: str | None, link: str, wait_s: float, as_json: bool) -> None:
    scanner = open_device("code_scanner", driver, link)
    try:
        scanner.trigger(True)
        outcome = scanner.scan(wait_s)
        if outcome is None:
            scanner.trigger(False)
            health: Health = scanner.health()
    finally:
        scanner.close()
    if isinstance(outcome, Health):
        _tell_health(outcome, as_json, well=False)
        return
    if outcome is None:
        if as_json:
            click.echo(json.dumps({"code": None, "health": _health_record(health)}, ensure_ascii=False))
        raise click.ClickException(f"等了 {wait_s:g} 秒没有扫到码。请把码对准扫码窗，再试一次。")
    code = {"text": outcome.text, "hex": outcome.raw.hex(), "symbology": outcome.symbology}
    click.echo(json.dumps(code, ensure_ascii=False) if as_json else outcome.text)


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


def _read_power(driver: str | None, link: str, as_json: bool) -> None:
    from drivers.power.port import PowerSupply, PowerUnknown
    from drivers.power.record import to_record

    supply: PowerSupply = open_device("power", driver, link)
    try:
        said = supply.read()
        health = said.health if isinstance(said, PowerUnknown) else supply.health()
    finally:
        supply.close()
    if not as_json:
        _tell_health(health, as_json)
        return
    click.echo(json.dumps({**to_record(said), "health": _health_record(health)}, ensure_ascii=False))
    if isinstance(said, PowerUnknown):
        raise click.ClickException(text(health.technician))


def _read_line(driver: str | None, link: str, as_json: bool) -> None:
    from drivers.digital_line.port import Active, DigitalLine, LineUnknown

    line: DigitalLine = open_device("digital_line", driver, link)
    try:
        said = line.read()
        health = said.health if isinstance(said, LineUnknown) else line.health()
    finally:
        line.close()
    known = None if isinstance(said, LineUnknown) else isinstance(said, Active)
    if as_json:
        click.echo(json.dumps({"active": known, "health": _health_record(health)}, ensure_ascii=False))
    elif known is not None:
        click.echo("接通。Active." if known else "断开。Inactive.")
    if known is None:
        raise click.ClickException(text(health.technician))


def _read_health(kind: str, driver: str | None, link: str, as_json: bool) -> None:
    subject = make_device(kind, driver, link)
    subject.open()
    try:
        health = subject.health()
    finally:
        subject.close()
    _tell_health(health, as_json)


def _read_printer(driver: str | None, link: str, as_json: bool) -> None:
    from drivers.document_printer.port import DocumentPrinter, Loaded

    printer: DocumentPrinter = open_device("document_printer", driver, link)
    try:
        health, loaded = printer.health(), printer.loaded()
    finally:
        printer.close()
    if not isinstance(loaded, Loaded):
        _tell_health(loaded, as_json)
        return
    if not as_json:
        click.echo(f"纸 Paper: {'、'.join(loaded.media) or '不知道 unknown'}")
        for supply in loaded.supplies:
            click.echo(f"{supply.name}: {'不知道 unknown' if supply.percent is None else f'{supply.percent} %'}")
    _tell_health(health, as_json, loaded=asdict(loaded))


def _tell_health(health: Health, as_json: bool, well: bool | None = None, **more: Any) -> None:
    """The health as JSON or text; exit 1 where the device is not fit for use, or where `well` says that it failed."""
    if well is None:
        well = health.state in (State.ready, State.limited)
    if as_json:
        click.echo(json.dumps(_health_record(health) | more, ensure_ascii=False))
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
