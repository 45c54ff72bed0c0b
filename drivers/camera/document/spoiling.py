"""What goes wrong on a table in a village hall, as faults of the simulated camera (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from drivers.camera.document.sheets import permit_card
from drivers.camera.document.table import Lying, Table

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "glare": "灯光反光",
        "half_outside": "纸有一半在画面外",
        "hand": "手压在纸上",
        "blurred": "画面模糊",
        "dark": "大厅太暗",
        "second_page": "多放了一张",
        "page_taken": "纸被拿走",
    }
)
DARK: Final = 0.22
BLUR_PX: Final = 6.0
VIEW_HALF_MM: Final = 165.0


def spoilt(table: Table, fault: str) -> Table:
    """The table with this fault; another fault leaves it as it is."""
    where = (table.papers[0].x_mm, table.papers[0].y_mm) if table.papers else (0.0, 0.0)
    match fault:
        case "glare":
            return replace(table, glare_mm=where)
        case "half_outside":
            return replace(table, papers=tuple(replace(each, x_mm=VIEW_HALF_MM) for each in table.papers))
        case "hand":
            return replace(table, hand_mm=(where[0] + 12, where[1] - 5))
        case "blurred":
            return replace(table, blur_px=BLUR_PX)
        case "dark":
            return replace(table, light=DARK)
        case "second_page":
            # Two small papers side by side: where the first lay there may be no room for another.
            first = tuple(replace(each, x_mm=-95.0, roll_deg=90.0) for each in table.papers)
            card = permit_card(("<" * 30,) * 3)
            fitting = tuple(each for each in first if each.sheet.width_mm < card.width_mm * 1.5)
            return replace(table, papers=(*(fitting or (Lying(card, x_mm=-95.0),)), Lying(card, x_mm=70.0)))
        case "page_taken":
            return replace(table, papers=())
        case _:
            return table
