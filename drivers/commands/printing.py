"""`zhizhu device print`: one slip or one document, and the printer's word on it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drivers.commands.reading.told import health_record
from drivers.commands.words import KindArgument, driver_option, json_option, link_option, told
from drivers.registry import open_device
from drivers.settlement import NotPrinted, Printed, PrintResult
from drivers.texts import text

if TYPE_CHECKING:
    from drivers.receipt_printer.port import Place


@click.command("print")
@click.argument("kind", type=KindArgument())
@link_option
@driver_option
@click.option("--text", "words", metavar="TEXT", help="要打的字。Text to print.")
@click.option("--slip", type=click.Path(dir_okay=False, path_type=Path), help="凭条文件（YAML）。A slip file.")
@click.option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="PDF 文件。A PDF file.")
@click.option(
    "--paper-width-mm", type=click.Choice(["58", "80"]), default="80", show_default=True, help="纸宽。Paper width."
)
@click.option("--profile", metavar="NAME", help="打印机型号，如 vkp80iii，默认按纸宽通用。The printer's model.")
@json_option
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

    with told():
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

    with told():
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
        click.echo(json.dumps({"outcome": name, "health": health_record(outcome.health)}, ensure_ascii=False))
    said = "没有打印。" if name == "not_printed" else "不知道打没打出来，请看出纸口。"
    raise click.ClickException(f"{said}{text(outcome.health.technician)}")
