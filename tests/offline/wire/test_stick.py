"""A stick holds whole files and says in a sentence what is wrong with it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from offline.wire.stick import FOLDER, MAX_FILE_BYTES, UNFINISHED, Stick
from offline.wire.trouble import BadPart, StickTrouble


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stick = Stick(tmp_path)
    stick.put("t-1", "a.zzc", b"first")

    def pulled(_handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", pulled)
        with pytest.raises(StickTrouble, match="拔出"):
            stick.put("t-1", "a.zzc", b"second")
        with pytest.raises(StickTrouble, match="拔出"):
            stick.put("t-1", "b.zzc", b"second")
    assert [(path.name, stick.read(path)) for path in stick.files()] == [("a.zzc", b"first")]
    # what was begun when somebody pulled it out for good
    for left in ("a", "b"):
        (tmp_path / FOLDER / "t-1" / f"{left}.zzc{UNFINISHED}").write_bytes(b"sec")
    assert [path.name for path in stick.files()] == ["a.zzc"]
    stick.tidy("t-1")
    assert [path.name for path in (tmp_path / FOLDER / "t-1").iterdir()] == ["a.zzc"]


def test_files_are_found_where_people_put_them(tmp_path: Path) -> None:
    stick = Stick(tmp_path)
    stick.put("t-1", "a.zzc", b"a")
    for place in (tmp_path / "top.zzc", tmp_path / FOLDER / "download.zzc", tmp_path / FOLDER / "holiday.jpg"):
        place.write_bytes(b"x")
    assert sorted(path.name for path in stick.files()) == ["a.zzc", "download.zzc", "top.zzc"]
    assert [path.name for path in stick.files_of("t-1")] == ["a.zzc"]
    assert stick.files_of("t-2") == ()


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "满"), (errno.EROFS, "只读"), (errno.EACCES, "权限"), (errno.ENODEV, "拔出")]
)
def test_what_the_kernel_says_of_a_stick_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StickTrouble, match=said):
        Stick(tmp_path).put("t-1", "a.zzc", b"a")


def test_a_stick_that_is_not_there_and_a_file_that_is_not_ours_are_told(tmp_path: Path) -> None:
    with pytest.raises(StickTrouble, match="找不到"):
        Stick(tmp_path / "nowhere")
    with (tmp_path / "huge.zzc").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    stick = Stick(tmp_path)
    (verdict,) = stick.parts(next(stick.files()), lambda _head: bytes(32))
    assert isinstance(verdict, BadPart)
    assert "太大" in verdict.sentence
    assert stick.free_bytes() > 0
