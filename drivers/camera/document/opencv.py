"""The document camera's driver: frames from the camera's child process, looked at in a child of the same kind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from drivers.camera.document.diagnosis import DIAGNOSIS
from drivers.camera.document.mrz.codec import NotMrz, decode
from drivers.camera.document.port import CodesRead, Glimpse, Page, PermitRead, Reason, Refused
from drivers.camera.document.straighten import FORMATS, Shape
from drivers.camera.document.wire import GREETING, packed, unpacked
from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Pixels
from drivers.child import Child, ChildGone, Hear
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.trouble import WrongState

LOOK_S: Final = 20.0
"""How long the child may look at one frame; it needs about one second of a slow processor."""

_Answer = tuple[dict[str, Any], Pixels | None]


class OpencvDocumentCamera:
    """A camera over a table behind `v4l2:///dev/video2?width=2592&height=1944` or `images://DIR`."""

    def __init__(
        self,
        link: str,
        *,
        camera_command: tuple[str, ...] = (sys.executable, "-m", "drivers.camera.child"),
        reader_command: tuple[str, ...] = (sys.executable, "-m", "drivers.camera.document.child"),
        look_s: float = LOOK_S,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._camera = OpencvCamera(link, child_command=camera_command, now=now)
        self._reader = Child(reader_command, len(GREETING))
        self._look_s = look_s
        self._chart = Chart(DIAGNOSIS, now, "unknown")
        self._opened = False

    def open(self) -> None:
        """Starts both children; whether a camera answers shows in the first picture."""
        self._opened = True
        self._camera.open()
        self._reader.start()

    def glimpse(self, timeout_s: float) -> Glimpse | Health:
        """See DocumentCamera.glimpse."""
        got = self._look("glimpse", timeout_s)
        if not isinstance(got, tuple):
            return got.health if isinstance(got, Refused) else got
        said, pixels = got
        assert pixels is not None
        return Glimpse(pixels, tuple((int(x), int(y)) for x, y in said["corners"]))

    def page(self, shape: Shape, timeout_s: float) -> Page | Refused | Health:
        """See DocumentCamera.page."""
        got = self._look("page", timeout_s, shape.value)
        if not isinstance(got, tuple):
            return got
        pixels = got[1]
        assert pixels is not None
        return Page(pixels, shape, FORMATS[shape].dpi)

    def permit(self, timeout_s: float) -> PermitRead | Refused | Health:
        """See DocumentCamera.permit."""
        got = self._look("zone", timeout_s)
        if not isinstance(got, tuple):
            return got
        said, _ = got
        try:
            return PermitRead(decode(said["lines"]), said["likeness"], said["weakest"])
        except NotMrz as error:
            return self._refused(Reason.bad_zone, str(error))

    def codes(self, timeout_s: float) -> CodesRead | Refused | Health:
        """See DocumentCamera.codes."""
        got = self._look("codes", timeout_s)
        if not isinstance(got, tuple):
            return got
        return CodesRead(tuple(got[0]["texts"]))

    def health(self) -> Health:
        """What the last picture showed; unknown before the first."""
        return self._chart.health

    @property
    def replaced(self) -> int:
        """How many child processes had to be replaced so far; each was also told as the health of its call."""
        return self._camera.replaced + self._reader.replaced

    def close(self) -> None:
        """Ends both children."""
        self._opened = False
        self._camera.close()
        self._reader.kill()

    def _look(self, task: str, timeout_s: float, shape: str = "") -> _Answer | Refused | Health:
        if not self._opened:
            raise WrongState(task, "closed")
        frame = self._camera.grab(timeout_s)
        if isinstance(frame, Health):
            return self._chart.know(frame.code.rpartition(".")[2])
        if self._camera.health().code == "camera.covered":
            return self._chart.know("covered")

        def hear(read: Hear) -> _Answer:
            said, pixels = unpacked(read)
            if not _answers(task, said, pixels):
                raise EOFError("the child speaks another language")
            return said, pixels

        try:
            said, pixels = self._reader.ask(packed({"task": task, "shape": shape}, frame.pixels), hear, self._look_s)
        except ChildGone as gone:
            return self._chart.know(f"reader_{gone.how}")
        if "trouble" in said:
            return self._chart.know("font")
        if "refused" in said:
            return self._refused(Reason(said["refused"]))
        self._chart.know("ready")
        return said, pixels

    def _refused(self, reason: Reason, detail: str = "") -> Refused:
        return Refused(reason, self._chart.know(reason.value), detail)


def _answers(task: str, said: dict[str, Any], pixels: Pixels | None) -> bool:
    """Whether this is an answer to the question that was asked."""
    if "refused" in said:
        return isinstance(said["refused"], str) and said["refused"] in set(Reason)
    if "trouble" in said:
        return bool(said["trouble"] == "font")
    match task:
        case "page":
            return pixels is not None
        case "glimpse":
            return pixels is not None and _points(said.get("corners"))
        case "zone":
            numbers = (said.get("likeness"), said.get("weakest"))
            return _texts(said.get("lines")) and all(isinstance(number, float) for number in numbers)
        case _:
            return _texts(said.get("texts"))


def _points(said: object) -> bool:
    if not isinstance(said, list) or len(said) not in (0, 4):
        return False
    return all(isinstance(each, list) and len(each) == 2 and all(isinstance(n, int) for n in each) for each in said)


def _texts(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(each, str) for each in said)
