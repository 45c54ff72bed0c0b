"""What a person asked of one look, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Table = Literal["document", "mrz", "qr"]


@dataclass(frozen=True)
class Asked:
    """How long to wait for a card or a code, where a picture goes, and what to look for on a table."""

    wait_s: float
    image: Path | None = None
    pdf: Path | None = None
    table: Table | None = None
    shape: str = "a4"


@dataclass(frozen=True)
class Reading:
    """What one look led to, for a program and for a person.

    `failed` is the one sentence of a look that did not succeed; `aside` is told beside the result (take your card).
    """

    record: dict[str, Any]
    lines: tuple[str, ...] = field(default=())
    failed: str = ""
    aside: str = ""
