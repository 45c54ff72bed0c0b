"""Tables for a spreadsheet program, in which nothing that somebody wrote can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = "=+-@\t\r\n＝＋－＠"  # full-width ones are read as the plain ones where the keyboard is Chinese
_BOM: Final = "\ufeff"  # without it Excel reads UTF-8 as the machine's own code page


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """RFC 4180, for Excel and WPS; a cell that could be taken for a formula begins with an apostrophe (OWASP)."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return _BOM + out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ")[:1] in _FORMULA and cell.strip(" ") else cell
