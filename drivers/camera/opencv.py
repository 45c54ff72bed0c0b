"""The camera driver: OpenCV in a child process, so that a V4L2 call that never returns cannot hold the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import numpy as np

from drivers.camera.lens import covered
from drivers.camera.port import Frame
from drivers.camera.source import source_of
from drivers.camera.wire import BYTES_MAX, HEAD, QUESTION, TAGS, Tag
from drivers.child import Child, ChildGone, Hear
from drivers.health import Cause, Health, State
from drivers.trouble import DeviceTrouble, WrongState

GRACE_S: Final = 1.5
MakeChild = Callable[[tuple[str, ...], int], Child]


class OpencvCamera:
    """A camera behind `v4l2:///dev/video0`, `images://DIR` (newest) or `images://DIR?play=sequence`."""

    def __init__(
        self,
        link: str,
        *,
        child_command: tuple[str, ...] = (sys.executable, "-m", "drivers.camera.child"),
        make_child: MakeChild = Child,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if source_of(link) is None:
            raise DeviceTrouble(
                "camera.link", f"看不懂摄像头的连接“{link}”。", "请写成 v4l2:///dev/video0 或 images://文件夹。"
            )
        self._child = make_child((*child_command, link), HEAD.size)
        self._now = now
        self._opened = False
        self._health = self._well_or(State.unknown, None, "unknown")

    def open(self) -> None:
        """Starts the child; whether a camera answers shows in the first grab."""
        self._opened = True
        self._child.start()

    def grab(self, timeout_s: float) -> Frame | Health:
        """The newest frame; a child that overstays is killed and started again at the next grab."""
        if not self._opened:
            raise WrongState("grab", "closed")
        try:
            answer = self._child.ask(QUESTION.pack(timeout_s), self._hear, timeout_s + GRACE_S)
        except ChildGone as gone:
            return self._become(State.failed, Cause.device, gone.how)
        match answer:
            case "absent":
                return self._become(State.absent, Cause.environment, "absent")
            case "silent" | "frozen":
                return self._become(State.failed, Cause.device, answer)
            case "unreadable" | "ready" | "frame":
                return self._become(State.failed, Cause.device, "unreadable")
            case Frame():
                if covered(answer.pixels):
                    self._become(State.limited, Cause.environment, "covered")
                else:
                    self._become(State.ready, None, "ready")
                return answer

    def health(self) -> Health:
        """What the last grab showed; unknown before the first."""
        return self._health

    @property
    def replaced(self) -> int:
        """How many children had to be replaced so far."""
        return self._child.replaced

    def close(self) -> None:
        """Ends the child."""
        self._opened = False
        self._child.kill()

    def _hear(self, read: Hear) -> Frame | Tag:
        letter, at, height, width, size = HEAD.unpack(read(HEAD.size))
        tag = TAGS.get(letter)
        if tag is None or size > BYTES_MAX or (tag == "frame" and size != height * width * 3):
            raise EOFError("the child speaks another language")
        if tag != "frame":
            return tag
        return Frame(np.frombuffer(read(size), np.uint8).reshape(height, width, 3).copy(), at)

    def _become(self, state: State, cause: Cause | None, code: str) -> Health:
        if self._health.code != f"camera.{code}":
            self._health = self._well_or(state, cause, code)
        return self._health

    def _well_or(self, state: State, cause: Cause | None, code: str) -> Health:
        name = f"camera.{code}"
        return Health(state, cause, name, f"{name}.resident", f"{name}.technician", self._now())
