"""One scanned code."""

from __future__ import annotations

from dataclasses import replace

from drivers.code_scanner.port import CodeScanner
from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import health_record, of_health
from drivers.health import Health
from drivers.texts import text


def read(scanner: CodeScanner, asked: Asked) -> Reading:
    """The code that is held before the scanner, with its bytes."""
    scanner.trigger(True)
    outcome = scanner.scan(asked.wait_s)
    if isinstance(outcome, Health):
        return replace(of_health(outcome), lines=(), failed=text(outcome.technician))  # no code, however well it is
    if outcome is None:
        scanner.trigger(False)
        return Reading(
            {"code": None, "health": health_record(scanner.health())},
            failed=f"等了 {asked.wait_s:g} 秒没有扫到码。请把码对准扫码窗，再试一次。",
        )
    code = {"text": outcome.text, "hex": outcome.raw.hex(), "symbology": outcome.symbology}
    return Reading(code, (outcome.text,))
