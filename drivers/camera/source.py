"""Where frames come from, as seen inside the camera's child process: a V4L2 device or a folder of pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import parse_qs, urlsplit

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.lens import Doubt, covered
from drivers.camera.port import Pixels

Missing = Literal["absent", "silent", "frozen", "unreadable"]
"""Why there is no frame: nothing there, nothing came in time, always the same came, or what came is no picture."""

PICTURE_ENDINGS: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
SIDE_MAX: Final = 8192
_STILL_AFTER_S: Final = 0.15
_STILL_AT_FIRST_S: Final = 0.6
"""Before it has shown anything, a folder must stand still for longer: a slow camera also fills one."""
_LOOK_EVERY_S: Final = 0.01


class Source(Protocol):
    """One opened source."""

    def next(self, timeout_s: float) -> Pixels | Missing:
        """The next picture, or why there is none."""


class V4l2Source:
    """A webcam; `read` may hang in C for ever, which is why it runs in a process that can be killed."""

    def __init__(self, device: str, width: int = 640, height: int = 480) -> None:
        self._device = device
        self._size = (width, height)
        self._capture: cv2.VideoCapture | None = None
        self._doubt = Doubt()

    def next(self, timeout_s: float) -> Pixels | Missing:
        """One frame that differs from the one before; the device is opened when first asked and again after a loss."""
        if not Path(self._device).exists():
            self._capture = None
            return "absent"
        if self._capture is None:
            capture = cv2.VideoCapture(self._device, cv2.CAP_V4L2)
            if self._size[0] > 1280:
                # Raw pictures of this size do not fit through USB 2 at a useful rate.
                capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            if not capture.isOpened():
                return "absent"
            self._capture = capture
        while True:
            ok, read = self._capture.read()
            if not ok:
                self._capture.release()
                self._capture = None
                return "silent"
            pixels = np.asarray(read, dtype=np.uint8)
            # Behind a cap some cameras send plain black: that is no sign of being stuck.
            if self._doubt.moved(pixels.tobytes()) or covered(pixels):
                return pixels
            if self._doubt.frozen:
                return "frozen"


class FolderSource:
    """A folder: its newest picture, or with `?play=sequence` all of them by name, each once.

    A folder that fills is a camera, and one that fills with the same picture again and again a stuck camera.
    """

    def __init__(
        self,
        folder: Path,
        sequence: bool,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._sequence = sequence
        self._monotonic = monotonic
        self._sleep = sleep
        self._doubt = Doubt()
        self._shown = False
        """Whether the newest picture has been shown, and so may be again."""
        self._pictures = 0
        self._last: tuple[int, str] = (-1, "")

    def next(self, timeout_s: float) -> Pixels | Missing:
        """A picture newer than the last; a folder that stands still shows its newest picture again."""
        start = self._monotonic()
        while True:
            if not self._folder.is_dir():
                return "absent"
            last = self._last
            waited_s = self._monotonic() - start
            stands = waited_s >= (_STILL_AFTER_S if self._shown else _STILL_AT_FIRST_S)
            chosen = self._choose(again=stands and (self._shown or self._pictures <= 1))
            if chosen is not None:
                try:
                    data = chosen.read_bytes()
                except FileNotFoundError:  # the writer prunes old frames between listing and reading
                    continue
                still = self._last == last
                self._pictures += not still
                got = self._seen(data, still or self._sequence)
                self._shown = isinstance(got, np.ndarray)
                if got is not None:
                    return got
            if self._monotonic() - start >= timeout_s:
                return "silent"
            self._sleep(_LOOK_EVERY_S)

    def _seen(self, data: bytes, still: bool) -> Pixels | Missing | None:
        """What is to be said of a picture; None for one that may be a stuck camera's, so that another is needed."""
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        if pixels is None:
            return "unreadable"
        seen = np.asarray(pixels, dtype=np.uint8)
        if still or self._doubt.moved(data) or covered(seen):
            return seen
        return "frozen" if self._doubt.frozen else None

    def _choose(self, again: bool) -> Path | None:
        found: list[tuple[tuple[int, str], Path]] = []
        for path in self._folder.iterdir():
            if path.suffix.lower() in PICTURE_ENDINGS and not path.name.startswith("."):
                try:
                    stamp = 0 if self._sequence else path.stat().st_mtime_ns
                except FileNotFoundError:
                    continue
                found.append(((stamp, path.name), path))
        if not found:
            return None
        fresh = [entry for entry in found if entry[0] > self._last]
        newest_again = max(found) if again else None
        chosen = min(fresh, default=None) if self._sequence else max(fresh, default=newest_again)
        if chosen is None:
            return None
        self._last = chosen[0]
        return chosen[1]


def source_of(link: str) -> Source | None:
    """The source a link names (`v4l2://…?width=2592&height=1944`), or None where the link is not one of ours."""
    parts = urlsplit(link)
    where = parts.netloc + parts.path
    if not where:
        return None
    match parts.scheme:
        case "v4l2":
            options = parse_qs(parts.query)
            size = [options.get(name, [str(usual)])[-1] for name, usual in (("width", 640), ("height", 480))]
            if not all(each.isdecimal() and 0 < int(each) <= SIDE_MAX for each in size):
                return None
            return V4l2Source(where, int(size[0]), int(size[1]))
        case "images":
            return FolderSource(Path(where), parse_qs(parts.query).get("play") == ["sequence"])
        case _:
            return None
