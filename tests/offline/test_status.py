"""The terminal's word about itself counts for thirty seconds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from offline.status import read_status, write_status
from offline.wire.heartbeat import DeviceReport, TerminalStatus
from tests.offline.ground import NOON

ALIVE = TerminalStatus(screen="alive", at=NOON, devices={"id_card": DeviceReport(state="ready")})


def test_a_fresh_status_is_believed(tmp_path: Path) -> None:
    write_status(tmp_path, ALIVE)
    assert read_status(tmp_path, NOON + timedelta(seconds=29)) == ALIVE
    assert [path.name for path in tmp_path.iterdir()] == ["status.json"]


@pytest.mark.parametrize("seconds", [31, 86400, -31])
def test_an_old_or_future_status_means_unknown(tmp_path: Path, seconds: int) -> None:
    write_status(tmp_path, ALIVE)
    seen = read_status(tmp_path, NOON + timedelta(seconds=seconds))
    assert seen.screen == "unknown"
    assert seen.devices["id_card"].state == "unknown"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"screen": "fine"}', b'{"screen": "alive"}', b"x" * 300_000])
def test_an_unreadable_status_means_unknown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "status.json").write_bytes(content)
    assert read_status(tmp_path, NOON).screen == "unknown"


def test_no_status_means_unknown(tmp_path: Path) -> None:
    assert read_status(tmp_path, NOON) == TerminalStatus(screen="unknown")
