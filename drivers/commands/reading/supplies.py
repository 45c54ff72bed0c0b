"""What a document printer is loaded with."""

from __future__ import annotations

from dataclasses import asdict

from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import of_health
from drivers.document_printer.port import DocumentPrinter, Loaded


def read(printer: DocumentPrinter, _: Asked) -> Reading:
    """Its paper, its supplies and how it is."""
    health, loaded = printer.health(), printer.loaded()
    if not isinstance(loaded, Loaded):
        return of_health(loaded)
    lines = (
        f"纸 Paper: {'、'.join(loaded.media) or '不知道 unknown'}",
        *(
            f"{supply.name}: {'不知道 unknown' if supply.percent is None else f'{supply.percent} %'}"
            for supply in loaded.supplies
        ),
    )
    return of_health(health, lines=lines, loaded=asdict(loaded))
