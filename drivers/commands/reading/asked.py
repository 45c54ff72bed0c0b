"""What a person asked of one look, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Asked:
    """How long to wait for a card or a code, and where a picture goes."""

    wait_s: float
    image: Path | None = None


@dataclass(frozen=True)
class Reading:
    """What one look led to, for a program and for a person.

    `failed` is the one sentence of a look that did not succeed; `aside` is told beside the result (take your card).
    """

    record: dict[str, Any]
    lines: tuple[str, ...] = field(default=())
    failed: str = ""
    aside: str = ""
