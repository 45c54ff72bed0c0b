"""A file is whole or not there, and a disk that refuses is heard and leaves nothing behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from offline.wire.whole_file import draft_of, renew_folder, write_flushed, write_whole


def test_a_file_takes_the_place_of_the_one_before_with_rights_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    write_whole(path, b"before")
    write_whole(path, b"after", mode=0o640)
    assert path.read_bytes() == b"after"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_the_content_is_flushed_before_the_name_and_the_name_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, fsync, replace = list[str](), os.fsync, Path.replace

    def flushed(handle: int) -> None:
        done.append(f"flush {Path(f'/proc/self/fd/{handle}').readlink().name}")
        fsync(handle)

    def renamed(old: Path, new: Path) -> Path:
        done.append(f"rename {old.name} {new.name}")
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    write_whole(tmp_path / "kept", b"whole", draft=tmp_path / "draft")
    assert done == ["flush draft", "rename draft kept", f"flush {tmp_path.name}"]


def test_a_disk_that_refuses_leaves_the_file_before_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "kept"
    write_whole(path, b"before")
    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_whose_flush_fails_is_heard_though_the_file_is_there(tmp_path: Path) -> None:
    def refuses(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        write_whole(tmp_path / "kept", b"whole", flush=refuses)
    assert (tmp_path / "kept").read_bytes() == b"whole"


def test_a_draft_is_known_by_its_writer_alone_and_thrown_away_as_its_writer_wants(tmp_path: Path) -> None:
    thrown = list[Path]()
    draft, missing = draft_of(tmp_path / "kept"), tmp_path / "gone" / "kept"
    assert draft != draft_of(tmp_path / "kept")
    write_flushed(draft, b"half")
    with pytest.raises(FileNotFoundError):
        write_whole(missing, b"whole", draft=draft, discard=thrown.append)
    assert thrown == [draft]


def test_a_folder_is_written_again_by_a_name_that_comes_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, fsync = list[int](), os.fsync

    def flushed(handle: int) -> None:
        seen.append(tmp_path.stat().st_mtime_ns)
        fsync(handle)

    before = tmp_path.stat().st_mtime_ns
    os.utime(tmp_path, ns=(before, before - 10**9))
    monkeypatch.setattr(os, "fsync", flushed)
    renew_folder(tmp_path)
    assert len(seen) == 1
    assert seen[0] > before - 10**9
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_another_name_is_flushed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    renew_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        renew_folder(tmp_path)
