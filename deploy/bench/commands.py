"""`zhizhu bench NAME`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Final

import click

from deploy.bench.report import Report
from deploy.trouble import RoofTrouble

BENCHES: Final = {
    "reader": "读卡：从找到卡到各项读出，对照线上必需的时间。Card reading against the time the wire needs.",
    "receipt": "打凭条：字节数、首字节、查状态，对照 python-escpos。Slips, beside python-escpos.",
    "outbox": "发件箱：放入、签收、断电，对照几个现成的队列。The outbox beside other queues, power cut too.",
    "sync": "送达：一万条事件经 TLS 送到中枢并存妥。A full outbox to a hub over TLS, until stored durably.",
    "face": "人脸：一次判断对照裸调 OpenCV，以及误判数。A face decision against bare OpenCV, and its errors.",
}


@click.command(epilog="\n\n".join(f"{name}: {line}" for name, line in BENCHES.items()))
@click.argument("name", type=click.Choice(sorted(BENCHES)))
@click.option("--full", is_flag=True, help="全量，时间更长。The full scale; takes longer.")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把表格写进这个文件，如 README.md。Writes the table.",
)
def bench(name: str, full: bool, as_json: bool, write: Path | None) -> None:
    """测一项性能；有界限不成立就以 1 结束。Measures one claim; ends with 1 where a gate fails."""
    from deploy.bench.table import put, table_of

    try:
        report: Report = importlib.import_module(f"deploy.bench.{name}").run(full=full)
        if write is not None:
            write.write_text(put(write.read_text(encoding="utf-8"), report), encoding="utf-8")
    except RoofTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    except OSError as error:
        raise click.ClickException(f"读写不了 {write}：{error.strerror}。请检查路径和权限。Check the path.") from error
    click.echo(json.dumps(report.record(), ensure_ascii=False, indent=1) if as_json else table_of(report))
    if not report.ok:
        sys.exit(1)
