"""The bench of sync: a true outbox reaches a true hub over TLS, whole and once; what was not looked at is no pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.bench.sync import ENGINES, Drained, drained_outbox, report
from hub.serve import TlsFiles
from hub.trouble import HubTrouble

EVENTS = 120
FOUND = Drained(
    events=10,
    seconds=0.005,
    up_bytes=5_000,
    down_bytes=1_000,
    agent_s=0.01,
    hub_s=0.02,
    worker_s=0.1,
    stored=10,
    head=10,
    decided=1,
)


@pytest.mark.night
def test_a_real_agent_empties_a_real_outbox_over_tls(tmp_path: Path) -> None:
    found = drained_outbox(tmp_path / "sqlite", f"sqlite:///{tmp_path / 'sqlite' / 'hub.db'}", EVENTS)
    assert (found.events, found.stored, found.head) == (EVENTS, EVENTS, EVENTS)
    assert EVENTS * 300 < found.up_bytes < EVENTS * 2_000, "an event is neither empty nor sent twice"
    assert found.down_bytes > 0
    assert found.seconds > 0


def test_a_database_that_was_not_there_is_no_pass() -> None:
    notes = {"SQLite": "WAL", "PostgreSQL": "not installed"}
    alone = report(10, {"SQLite": FOUND}, notes)
    assert [gate.ok for gate in alone.gates] == [True, True, True, False, False, False]
    assert not alone.ok
    assert alone.peers["PostgreSQL"] == {"设置 settings": "not installed"}
    assert report(10, dict.fromkeys(ENGINES, FOUND), notes).ok


@pytest.mark.parametrize("worse", [{"seconds": 0.02}, {"up_bytes": 12_000}, {"stored": 9}, {"stored": 11}, {"head": 9}])
def test_what_is_slow_large_lost_or_doubled_fails(worse: dict[str, float]) -> None:
    found = {"SQLite": replace(FOUND, **worse), "PostgreSQL": FOUND}  # type: ignore[arg-type]
    assert [gate.ok for gate in report(10, found, dict.fromkeys(ENGINES, "")).gates].count(False) == 1


def test_tls_files_that_cannot_be_used_are_told_before_the_hub_starts(tmp_path: Path) -> None:
    with pytest.raises(HubTrouble, match="用不了"):
        TlsFiles(tmp_path / "none.pem", tmp_path / "none.key").check()
    for name in ("odd.pem", "odd.key"):
        (tmp_path / name).write_text("nonsense", encoding="ascii")
    with pytest.raises(HubTrouble, match="用不了"):
        TlsFiles(tmp_path / "odd.pem", tmp_path / "odd.key").check()
