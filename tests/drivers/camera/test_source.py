"""Where pictures come from, in this process: folders as they fill, webcams as OpenCV tells of them, and the serving."""

from __future__ import annotations

import io
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
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
    """What OpenCV makes of a webcam: pictures of these shades until it is pulled."""

    opened = 0

    def __init__(self, there: bool, shades: Sequence[int]) -> None:
        self._there = there
        self._shades = deque(shades)
        self.released = False
        Webcam.opened += 1

    def set(self, what: int, value: float) -> None: ...

    def isOpened(self) -> bool:  # noqa: N802 — OpenCV's name
        return self._there

    def read(self) -> tuple[bool, Any]:
        if not self._shades:
            return False, None
        return True, np.full((4, 6, 3), self._shades.popleft(), np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def webcam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., V4l2Source]:
    node = tmp_path / "video0"
    node.touch()

    def made(there: bool, *shades: int) -> V4l2Source:
        Webcam.opened = 0
        monkeypatch.setattr(cv2, "VideoCapture", lambda *_: Webcam(there, shades))
        return V4l2Source(str(node))

    return made


def test_a_webcam_is_opened_once_and_anew_after_it_fell_silent(webcam: Callable[..., V4l2Source]) -> None:
    source = webcam(True, 70, 80, 90)
    assert [grey(source.next(1.0)) for _ in range(4)] == [80, 90, "silent", 70]
    assert Webcam.opened == 2


def test_a_webcam_that_shows_one_picture_for_ever_is_frozen_and_its_picture_is_not_shown(
    webcam: Callable[..., V4l2Source],
) -> None:
    source = webcam(True, *[70] * 12, 80, 80, 90)
    assert [grey(source.next(1.0)) for _ in range(2)] == ["frozen", "frozen"]
    shown = [grey(source.next(1.0)) for _ in range(9)]
    assert shown[-3:] == [80, 90, "silent"]
    assert set(shown[:-3]) == {"frozen"}


def test_a_webcam_behind_a_cap_may_send_the_same_black_for_ever(webcam: Callable[..., V4l2Source]) -> None:
    source = webcam(True, *[0] * 20)
    assert {grey(source.next(1.0)) for _ in range(20)} == {0}


def test_a_folder_that_fills_with_one_picture_is_frozen_until_another_comes(tmp_path: Path) -> None:
    folder = Filling(tmp_path)
    folder.coming.extend([70] * 12)
    source = FolderSource(tmp_path, sequence=False, monotonic=folder.now, sleep=folder.wait)
    assert source.next(1.0) == "frozen"
    folder.coming.clear()
    assert source.next(1.0) == "silent", "a pause makes no still picture of a stuck camera's"
    folder.coming.append(80)
    assert grey(source.next(1.0)) == 80


def test_a_stuck_camera_that_pauses_is_not_taken_for_a_still_picture(tmp_path: Path) -> None:
    folder = Filling(tmp_path)
    folder.coming.extend([70, 70])
    source = FolderSource(tmp_path, sequence=False, monotonic=folder.now, sleep=folder.wait)
    assert source.next(5.0) == "silent"


def test_the_first_picture_of_a_folder_that_fills_is_shown_to_nobody(tmp_path: Path) -> None:
    folder = Filling(tmp_path)
    folder.coming.extend([70, 80])
    source = FolderSource(tmp_path, sequence=False, monotonic=folder.now, sleep=folder.wait)
    assert grey(source.next(1.0)) == 80


class Filling:
    """A folder that gets its next picture whenever somebody waits, and the clock by which they wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._s = 0.0
        self.coming: deque[int] = deque()

    def now(self) -> float:
        return self._s

    def wait(self, s: float) -> None:
        self._s += s
        if self.coming:
            picture(self._folder, f"{self._s:.2f}.png", self.coming.popleft(), round(self._s * 100))


def test_a_webcam_that_does_not_open_or_has_no_node_is_absent(
    webcam: Callable[..., V4l2Source], tmp_path: Path
) -> None:
    source = webcam(False)
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
