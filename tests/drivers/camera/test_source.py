"""Where pictures come from, in this process: folders as they fill, webcams as OpenCV tells of them, and the serving."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.camera import child
from drivers.camera.cv import cv2
from drivers.camera.source import FolderSource, V4l2Source, source_of
from drivers.camera.wire import HEAD, QUESTION, TAGS


def picture(folder: Path, name: str, grey: int, at_s: int = 0) -> Path:
    path = folder / name
    cv2.imwrite(str(path), np.full((4, 6, 3), grey, np.uint8))
    os.utime(path, (at_s, at_s))
    return path


def grey(got: object) -> object:
    return int(got[0, 0, 0]) if isinstance(got, np.ndarray) else got


def test_a_folder_shows_its_newest_picture_and_again_where_it_stands_still(tmp_path: Path) -> None:
    picture(tmp_path, "old.png", 10, 100)
    picture(tmp_path, "new.png", 20, 200)
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / ".hidden.png").write_bytes(b"half written")
    source = FolderSource(tmp_path, sequence=False)
    assert grey(source.next(1.0)) == 20
    assert grey(source.next(5.0)) == 20
    picture(tmp_path, "newer.png", 30, 300)
    assert grey(source.next(1.0)) == 30


def test_a_sequence_shows_each_picture_once_by_name(tmp_path: Path) -> None:
    for name, value in (("b.png", 20), ("a.png", 10)):
        picture(tmp_path, name, value)
    source = FolderSource(tmp_path, sequence=True)
    assert [grey(source.next(0.0)) for _ in range(3)] == [10, 20, "silent"]


def test_a_folder_without_pictures_is_silent_and_one_that_is_not_there_absent(tmp_path: Path) -> None:
    assert FolderSource(tmp_path, sequence=False).next(0.0) == "silent"
    assert FolderSource(tmp_path / "none", sequence=False).next(0.0) == "absent"


@pytest.mark.parametrize("content", [b"", b"no picture at all"])
def test_a_file_that_is_no_picture_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    assert FolderSource(tmp_path, sequence=True).next(0.0) == "unreadable"


def test_a_picture_pruned_between_listing_and_reading_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = picture(tmp_path, "gone.png", 10, 200)
    picture(tmp_path, "there.png", 20, 100)
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        path.unlink() if path == gone else None
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert grey(FolderSource(tmp_path, sequence=False).next(5.0)) == 20


class Webcam:
    """What OpenCV makes of a webcam: pictures until it is pulled."""

    opened = 0

    def __init__(self, there: bool, pictures: int) -> None:
        self._there = there
        self._pictures = pictures
        self.released = False
        Webcam.opened += 1

    def set(self, what: int, value: float) -> None: ...

    def isOpened(self) -> bool:  # noqa: N802 — OpenCV's name
        return self._there

    def read(self) -> tuple[bool, Any]:
        self._pictures -= 1
        return self._pictures >= 0, np.full((4, 6, 3), 7, np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def webcam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool, int], V4l2Source]:
    node = tmp_path / "video0"
    node.touch()

    def made(there: bool, pictures: int) -> V4l2Source:
        Webcam.opened = 0
        monkeypatch.setattr(cv2, "VideoCapture", lambda *_: Webcam(there, pictures))
        return V4l2Source(str(node))

    return made


def test_a_webcam_is_opened_once_and_anew_after_it_fell_silent(webcam: Callable[[bool, int], V4l2Source]) -> None:
    source = webcam(True, 2)
    assert [grey(source.next(1.0)) for _ in range(4)] == [7, 7, "silent", 7]
    assert Webcam.opened == 2


def test_a_webcam_that_does_not_open_or_has_no_node_is_absent(
    webcam: Callable[[bool, int], V4l2Source], tmp_path: Path
) -> None:
    source = webcam(False, 0)
    assert source.next(1.0) == "absent"
    (tmp_path / "video0").unlink()
    assert source.next(1.0) == "absent"
    assert Webcam.opened == 1


@pytest.mark.parametrize("link", ["", "v4l2://", "ftp://host/x", "images://"])
def test_a_link_that_is_not_a_cameras_names_no_source(link: str) -> None:
    assert source_of(link) is None


def test_each_question_is_answered_by_one_frame_or_the_reason_for_none(tmp_path: Path) -> None:
    picture(tmp_path, "a.png", 9)
    answers = io.BytesIO()
    child.serve(FolderSource(tmp_path, sequence=True), io.BytesIO(QUESTION.pack(0.0) * 2 + b"\0"), answers)
    data = answers.getvalue()
    ready, frame = HEAD.unpack_from(data, 0), HEAD.unpack_from(data, HEAD.size)
    assert (TAGS[ready[0]], TAGS[frame[0]]) == ("ready", "frame")
    assert frame[2:] == (4, 6, 72)
    assert data[2 * HEAD.size :][:72] == bytes([9]) * 72
    assert TAGS[HEAD.unpack_from(data, 2 * HEAD.size + 72)[0]] == "silent"
    assert len(data) == 3 * HEAD.size + 72


class Pipes:
    """Standard input and output of the child."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()


@pytest.mark.parametrize(("words", "code"), [(["images://{}"], 0), (["ftp://x"], 2), ([], 2)])
def test_the_child_ends_with_its_parent_and_refuses_a_link_that_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    said = Pipes()
    monkeypatch.setattr(sys, "argv", ["child", *(word.format(tmp_path) for word in words)])
    monkeypatch.setattr(sys, "stdin", Pipes())
    monkeypatch.setattr(sys, "stdout", said)
    ended = child.main()
    monkeypatch.undo()
    assert ended == code
    assert len(said.buffer.getvalue()) == (HEAD.size if code == 0 else 0)
