"""The document camera's driver: frames from the camera's child process, looked at in a child of the same kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from drivers.camera.document.diagnosis import DIAGNOSIS
from drivers.camera.document.mrz.codec import NotMrz, decode
from drivers.camera.document.port import CodesRead, Page, PermitRead, Reason, Refused
from drivers.camera.document.straighten import FORMATS, Shape
from drivers.camera.document.wire import packed, unpacked
from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Pixels
from drivers.camera.process import ChildProcess, module_command
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.trouble import WrongState

START_S: Final = 15.0
LOOK_S: Final = 20.0
"""How long the child may look at one frame; it needs about one second of a slow processor."""

_Answer = tuple[dict[str, Any], Pixels | None]


class OpencvDocumentCamera:
    """A camera over a table behind `v4l2:///dev/video2?width=2592&height=1944` or `images://DIR`."""

    def __init__(
        self,
        link: str,
        *,
        camera_command: tuple[str, ...] = module_command("drivers.camera.child"),
        reader_command: tuple[str, ...] = module_command("drivers.camera.document.child"),
        look_s: float = LOOK_S,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._camera = OpencvCamera(link, child_command=camera_command, now=now)
        self._reader = ChildProcess(reader_command)
        self._look_s = look_s
        self._chart = Chart(DIAGNOSIS, now, "unknown")
        self._opened = False
        self._awaiting_ready = False

    def open(self) -> None:
        """Starts both children; whether a camera answers shows in the first picture."""
        self._opened = True
        self._camera.open()
        self._start_reader()

    def page(self, shape: Shape, timeout_s: float) -> Page | Refused | Health:
        """See DocumentCamera.page."""
        got = self._look("page", timeout_s, shape.value)
        if not isinstance(got, tuple):
            return got
        _, pixels = got
        if pixels is None:
            return self._failed("reader_died")
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
        except (KeyError, TypeError):
            return self._failed("reader_died")

    def codes(self, timeout_s: float) -> CodesRead | Refused | Health:
        """See DocumentCamera.codes."""
        got = self._look("codes", timeout_s)
        if not isinstance(got, tuple):
            return got
        texts = got[0].get("texts")
        return CodesRead(tuple(map(str, texts))) if isinstance(texts, list) else self._failed("reader_died")

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
        try:
            said, pixels = self._ask(packed({"task": task, "shape": shape}, frame.pixels))
        except TimeoutError:
            return self._failed("reader_hung")
        except (EOFError, BrokenPipeError):
            return self._failed("reader_died")
        if said.get("trouble") == "font":
            return self._chart.know("font")
        if "refused" in said:
            reason = said["refused"]
            return self._refused(Reason(reason)) if reason in set(Reason) else self._failed("reader_died")
        self._chart.know("ready")
        return said, pixels

    def _start_reader(self) -> None:
        if not self._reader.running:
            self._reader.start()
            self._awaiting_ready = True

    def _ask(self, question: bytes) -> _Answer:
        self._start_reader()
        if self._awaiting_ready:
            self._hear(time.monotonic() + START_S)
            self._awaiting_ready = False
        until = time.monotonic() + self._look_s
        self._reader.write(question, until)
        return self._hear(until)

    def _hear(self, until: float) -> _Answer:
        return unpacked(lambda size: self._reader.read(size, until))

    def _refused(self, reason: Reason, detail: str = "") -> Refused:
        return Refused(reason, self._chart.know(reason.value), detail)

    def _failed(self, name: str) -> Health:
        self._reader.replace()
        return self._chart.know(name)
