"""Room in the write-ahead log before the first act: it changes no byte that counts, and no disk must grant it."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from offline import log_file
from offline.bounds import Bounds, Priority
from offline.store import TerminalStore, TerminalView
from offline.terminal_store import LOG_BYTES
from offline.trouble import DiskFault
from offline.wire.chain import Head
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol

ACTS: Final = 5


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    enrol(folder, HubKeys())
    return folder


def opened(state_dir: Path, free: int = 2**40) -> TerminalStore:
    """The store on a disk with so many free bytes."""
    return TerminalStore.open(state_dir, lambda: NOON, free=lambda _: free)


def log(state_dir: Path) -> Path:
    """The log of the terminal's file."""
    return state_dir / "terminal.db-wal"


def test_an_opened_terminal_has_its_log_ready_and_keeping_acts_writes_it_over(state_dir: Path) -> None:
    with closing(opened(state_dir)) as store:
        assert log(state_dir).stat().st_size == LOG_BYTES
        for _ in range(ACTS):
            store.keep(APPLIED, {"item": ITEM})
        store.flush()
        store.keep(APPLIED, {"item": ITEM})
        assert log(state_dir).stat().st_size == LOG_BYTES
        assert store.verify() == store.head()


def test_what_stands_before_the_zeros_is_read_by_whoever_finds_the_files_after_a_power_cut(
    state_dir: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    with closing(opened(state_dir)) as store:
        kept = [store.keep(APPLIED, {"item": ITEM}).id for _ in range(ACTS)]
        shutil.copytree(state_dir, left, ignore=shutil.ignore_patterns("*-shm"))
    with closing(TerminalView.open(left)) as view:
        assert [event.id for event in view.events_after(0, 100)] == kept
        assert view.damage() == ()
        assert isinstance(view.verify(), Head)
    with closing(opened(left)) as store:
        kept.append(store.keep(APPLIED, {"item": ITEM}).id)
        assert [event.id for event in store.events_after(0, 100)] == kept
        assert isinstance(store.verify(), Head)


def test_a_log_of_nothing_but_zeros_is_an_empty_log(state_dir: Path) -> None:
    with closing(opened(state_dir)) as store:
        kept = store.keep(APPLIED, {"item": ITEM}).id
    log(state_dir).write_bytes(bytes(LOG_BYTES))
    with closing(opened(state_dir)) as store:
        assert store.has_event(kept)
        store.keep(APPLIED, {"item": ITEM})
        assert isinstance(store.verify(), Head)


def test_a_disk_at_its_reserve_is_asked_for_no_room(state_dir: Path) -> None:
    with closing(opened(state_dir, free=Bounds().reserve_bytes + LOG_BYTES - 1)):
        assert log(state_dir).stat().st_size < LOG_BYTES
    with closing(opened(state_dir, free=Bounds().reserve_bytes + LOG_BYTES)):
        assert log(state_dir).stat().st_size == LOG_BYTES


def test_a_disk_that_cannot_be_asked_keeps_no_terminal_from_opening(state_dir: Path) -> None:
    def refuses(_: Path) -> int:
        raise DiskFault("terminal.db")

    with closing(TerminalStore.open(state_dir, lambda: NOON, free=refuses)) as store:
        assert store.head().seq == 0


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_disk_that_refuses_the_room_keeps_no_terminal_from_opening(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with closing(opened(state_dir, free=Bounds().reserve_bytes)) as store:
        kept = store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL).id
        before = log(state_dir).read_bytes()
        assert 0 < len(before) < LOG_BYTES
        done = _fails_after_the_first(monkeypatch, call)
        with pytest.raises(OSError, match="No space"):
            log_file.lengthen(state_dir / "terminal.db", LOG_BYTES)
        assert done
        assert log(state_dir).read_bytes() == before
        store._lengthen_log(lambda _: 2**40, state_dir)
        monkeypatch.undo()
        assert store.has_event(kept)
        assert store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL).seq == 2
        assert isinstance(store.verify(), Head)


def _fails_after_the_first(monkeypatch: pytest.MonkeyPatch, call: str) -> list[int]:
    """A disk that takes half of the zeros and is full then, or whose flush fails; what it was asked."""
    write, asked = os.pwrite, list[int]()

    def full(handle: int, data: bytes, at: int) -> int:
        asked.append(at)
        if len(asked) % 2 == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[: len(data) // 2], at)

    def unflushed(handle: int) -> None:
        asked.append(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full if call == "pwrite" else unflushed)
    return asked
