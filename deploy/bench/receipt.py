"""What a slip costs in bytes and time, beside python-escpos with the same slip on the same simulated printer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from deploy.bench.report import Gate, Report, middle_ms, percentile
from deploy.trouble import RoofTrouble
from drivers.receipt_printer.encoder import INIT, encode
from drivers.receipt_printer.port import Line, Qr, Rule, Slip
from drivers.receipt_printer.profile import PROFILES
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.registry import open_device
from drivers.settlement import Printed
from drivers.simulation import Simulation
from kiosk.journey.claim import ClaimView, Stage
from kiosk.services.slip_seals import SlipSeals
from kiosk.slips import Place, slip_of
from offline.wire.claims import new_code
from offline.wire.signing import new_signing_key
from seeds.texts import Texts

PEER: Final = "python-escpos 3.1"
_PROFILE: Final = PROFILES["generic-80"]
_QR_COMMANDS_BYTES: Final = 8 + 8 + 8 + 8 + 8
"""The five commands by which a printer draws a QR code itself (model, size, correction, store, print), data apart."""


class WatchedPrinter(SimulatedReceiptPrinter):
    """A printer that notes when the first byte of a job came."""

    def __init__(self) -> None:
        super().__init__()
        self.began_at: float | None = None
        self.heard_bytes = 0

    def await_job(self) -> None:
        """The next job is to be noted."""
        self.began_at = None

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        if self.began_at is None and INIT in data:
            self.began_at = time.monotonic()
        self.heard_bytes += len(data)
        super().hear(data)


def full_slip() -> Slip:
    """The slip of an application kept here, as the terminal prints it."""
    claim = ClaimView(
        item_name="养老待遇资格认证",
        item="pension-qualification",
        stage=Stage.KEPT,
        masked_name="林*兰",
        kept_at="2026-11-23T07:04:00Z",
        claim_code=new_code(),
        event_id="0193",
    )
    place = Place("示例村党群服务中心", "云潭镇示例村", "https://zhizhu.example", "12345")
    at = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    return slip_of(claim, place, Texts.load(language="zh-Hans"), at, seal=SlipSeals(new_signing_key()).seal)


def run(*, full: bool) -> Report:
    """Bytes first, then time to the first byte, then status queries."""
    times = 100 if full else 20
    slip = full_slip()
    job = sum(len(part) for part in encode(slip, _PROFILE))
    text, symbols = _least_bytes(slip)
    device = WatchedPrinter()
    firsts: list[float] = []
    with Simulation(device).start("pty"):
        printer = open_device("receipt_printer", None, device.link, quiet_s=0.05)
        for n in range(times):
            device.await_job()
            decided = time.monotonic()
            if printer.print(f"bench-{n}", slip) != Printed() or device.began_at is None:
                raise RoofTrouble("模拟打印机没有打出凭条。The simulated printer printed nothing.", "请再运行一次。")
            firsts.append(device.began_at - decided)
        queries = [_timed(printer.health) for _ in range(times)]
        printer.close()
        peer_bytes, peer_query = _peer(device, slip)
    ours = percentile(queries, 0.5)
    byte_ratio = job / (text + symbols)
    gates = [
        Gate.at_most("凭条字节 ÷（GB18030 文字 + 打二维码的指令）job ÷ (text + QR commands)", byte_ratio, 1.2),
        Gate.at_most("决定打印到首字节 decision → first byte", percentile(firsts, 0.5) * 1000, 20, "ms"),
    ]
    faster = "查状态比 python-escpos 快 status query faster than python-escpos"
    gates.append(Gate.missing(faster, "≥ 10 ×") if peer_query is None else Gate.at_least(faster, peer_query / ours, 10))
    return Report(
        name="receipt",
        scale=f"{times} 张 80 mm 凭条 slips, {times} 次查状态 queries, 伪终端 pseudo-terminal",
        figures={
            "凭条 slip, bytes": job,
            "其中文字 its text in GB18030, bytes": text,
            "打二维码的指令 QR commands with data, bytes": symbols,
            "首字节 first byte, ms (median)": middle_ms(firsts),
            "查一次状态 one status query, ms (median)": middle_ms(queries),
        },
        peers={
            PEER: {}
            if peer_query is None
            else {
                "凭条 slip, bytes": peer_bytes,
                "查一次状态 one status query, ms (median)": round(peer_query * 1000, 1),
            }
        },
        ratios={
            "job / (text + QR commands)": round(byte_ratio, 3),
            "job / (text + QR data alone)": round(job / (text + _qr_data(slip)), 3),
        },
        gates=tuple(gates),
    )


def _least_bytes(slip: Slip) -> tuple[int, int]:
    """(text with its line ends, QR commands with their data): what no printer could do with less."""
    text = symbols = 0
    for element in slip:
        match element:
            case Line():
                text += len(element.text.encode("gb18030")) + 1
            case Rule():
                text += _PROFILE.columns // 2 * 2 + 1
            case Qr():
                symbols += _QR_COMMANDS_BYTES + len(element.data.encode("utf-8"))
    return text, symbols


def _qr_data(slip: Slip) -> int:
    return sum(len(element.data.encode("utf-8")) for element in slip if isinstance(element, Qr))


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _peer(device: WatchedPrinter, slip: Slip) -> tuple[int, float | None]:
    """The same slip and question by python-escpos: (bytes, seconds a query); None where it is not installed."""
    try:
        from escpos.printer import Dummy, Serial
    except ImportError:
        return 0, None
    dummy = Dummy()
    for element in slip:
        match element:
            case Line():
                dummy.set(
                    align=element.align,
                    bold=element.bold,
                    custom_size=True,
                    width=element.width,
                    height=element.height,
                )
                dummy.textln(element.text)
            case Rule():
                dummy.textln("─" * (_PROFILE.columns // 2))
            case Qr():
                dummy.qr(element.data, native=True, size=element.size)
            case _:
                dummy.ln(1)
    dummy.cut()
    serial = Serial(devfile=device.link, baudrate=115200)
    try:
        seconds = [_timed(serial.is_online) for _ in range(3)]
    finally:
        serial.close()
    return len(dummy.output), percentile(seconds, 0.5)
