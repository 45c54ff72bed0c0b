"""`status.json`: the terminal in its own words, replaced whole; older than 30 s it means unknown."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from offline.wire.heartbeat import TerminalStatus

NAME: Final = "status.json"
STALE_AFTER: Final = timedelta(seconds=30)
_MAX_BYTES: Final = 256 * 1024


def write_status(state_dir: Path, status: TerminalStatus) -> None:
    """Replaces the file whole, so that a reader never sees half of it. `status.at` is when it was true."""
    draft = state_dir / f".{NAME}.{os.getpid()}"
    draft.write_text(status.model_dump_json(), encoding="utf-8")
    draft.chmod(0o660)
    draft.replace(state_dir / NAME)


def read_status(state_dir: Path, now: datetime) -> TerminalStatus:
    """The terminal's last word, or `unknown` when there is none, it is stale, from the future, or unreadable."""
    try:
        untrusted = (state_dir / NAME).read_bytes()[: _MAX_BYTES + 1]
        status = TerminalStatus.model_validate_json(untrusted) if len(untrusted) <= _MAX_BYTES else None
    except (OSError, ValidationError):
        return TerminalStatus(screen="unknown")
    if status is None or status.at is None:
        return TerminalStatus(screen="unknown")
    at = status.at if status.at.tzinfo else status.at.replace(tzinfo=UTC)
    if abs(now - at) > STALE_AFTER:
        unknown = {role: report.model_copy(update={"state": "unknown"}) for role, report in status.devices.items()}
        return status.model_copy(update={"screen": "unknown", "devices": unknown})
    return status
