"""The face camera without a process and without a wall clock, whose pictures tell whose visit they are of; and who
looks at them: a stand-in for the face check, and the judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, NoReturn, Protocol

import numpy as np

from drivers.camera.child import serve
from drivers.camera.document.spoiling import FAULTS as TABLE_FAULTS
from drivers.camera.lens import covered
from drivers.camera.port import Camera, Frame, Pixels
from drivers.camera.scene import Scene
from drivers.camera.simulator import FRAME_EVERY_S, SimulatedCamera
from drivers.camera.source import FolderSource
from drivers.camera.wire import HEAD
from drivers.child import Answer, Child, ChildGone, Hear
from drivers.health import Health, State
from drivers.simulation.device import UNPLUGGED
from kiosk.face.result import FaceProgress, FaceResult, Failed, Passed, Reason, Unavailable
from tests.soak.wire import Clock

BLOCK_PX: Final = 8
ROWS, COLUMNS = 6, 8
DARK, BRIGHT = 60, 200
LOOKS: Final = 3
"""So many frames a check wants to see."""
TOLD_AS: Final = {
    "unplugged": "absent",
    "silent": "silent",
    "frozen": "frozen",
    "hung": "hung",
    "died": "died",
    "covered": "covered",
    "black": "covered",
}
"""What the driver must say where this alone was wrong all the time that a frame was waited for."""


def coded(visit: int, n: int) -> Pixels:
    """A picture that says of which visit it is and which frame: 48 blocks, bright for 1."""
    body = visit.to_bytes(2, "big") + n.to_bytes(3, "big")
    bits = np.unpackbits(np.frombuffer(body + bytes([_check(body)]), np.uint8)).reshape(ROWS, COLUMNS)
    grey = np.where(bits, BRIGHT, DARK).astype(np.uint8)
    large = np.kron(grey, np.ones((BLOCK_PX, BLOCK_PX), np.uint8))
    return np.repeat(large[:, :, None], 3, axis=2)


def told_by(pixels: Pixels) -> tuple[int, int] | None:
    """Visit and frame number; None for a picture on which nothing can be read."""
    if pixels.shape[:2] != (ROWS * BLOCK_PX, COLUMNS * BLOCK_PX):
        return None
    blocks = pixels[:, :, 1].reshape(ROWS, BLOCK_PX, COLUMNS, BLOCK_PX).mean(axis=(1, 3))
    data = np.packbits(blocks > (DARK + BRIGHT) / 2).tobytes()
    if data[-1] != _check(data[:-1]):
        return None
    return int.from_bytes(data[:2], "big"), int.from_bytes(data[2:5], "big")


def _check(body: bytes) -> int:
    return (sum(body) ^ 0xA5) & 0xFF


class VisitCamera(SimulatedCamera):
    """The simulated camera, on a clock that moves when somebody waits; before it stands `visit`. `moment` is called at
    each frame (True) and each question (False)."""

    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {name: title for name, title in SimulatedCamera.faults.items() if name not in TABLE_FAULTS}
        | {"hung": "摄像头程序卡住", "died": "摄像头程序中断"}
    )

    def __init__(self, clock: Clock, moment: Callable[[bool], None]) -> None:
        super().__init__(runs=False, paint=self._painted)
        self.clock = clock
        self.moment = moment
        self.visit = 0
        self.changes = 0
        """How often something began or ceased to be wrong."""
        self.changed_at_frame = 0
        self.shown = -1
        self.shown_at = float("-inf")
        """The newest frame that was handed out, and its time."""
        self._due = 0.0

    def wait(self, seconds: float) -> None:
        """Lets time pass, in which frames are taken."""
        self.clock.now += seconds
        # While nobody waits for frames none is painted: they would be looked at by nobody.
        self._due = max(self._due, self.clock.now - 2 * FRAME_EVERY_S)
        while self._due <= self.clock.now:
            self._due += FRAME_EVERY_S
            self.moment(True)
            self.render()

    def on_fault(self, name: str) -> None:
        """See SimulatedDevice."""
        self._changed()

    def on_clear(self) -> None:
        """See SimulatedDevice."""
        self._changed()

    def pull(self) -> None:
        """See SimulatedDevice."""
        super().pull()
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        self.changed_at_frame = self._frame_n

    def _painted(self, scene: Scene, n: int) -> Pixels:
        noise = np.random.default_rng(n).normal(0.0, 1.5, (ROWS * BLOCK_PX, COLUMNS * BLOCK_PX, 3))
        return np.clip(coded(self.visit, n) * scene.light + noise, 0, 255).astype(np.uint8)


class MemoryChild(Child):
    """The camera's child process in this one: what it runs is the real thing, only the pipe and the kernel are not."""

    def __init__(self, camera: VisitCamera, greeting_bytes: int) -> None:
        super().__init__((), greeting_bytes)
        self._camera = camera
        self._source: FolderSource | None = None

    def start(self) -> None:
        """See Child.start."""
        if self._source is None:
            camera = self._camera
            folder = Path(camera.link.removeprefix("images://"))
            self._source = FolderSource(folder, sequence=False, monotonic=camera.clock, sleep=camera.wait)

    def ask(self, question: bytes, hear: Callable[[Hear], Answer], timeout_s: float) -> Answer:
        """See Child.ask."""
        self.start()
        assert self._source is not None
        self._camera.moment(False)
        if self._camera.has("hung"):
            self._camera.clock.now += timeout_s
            self._gone("hung")
        if self._camera.has("died"):
            self._gone("died")
        said = BytesIO()
        serve(self._source, BytesIO(question), said, self._camera.clock)
        said.seek(HEAD.size)
        return hear(said.read)

    def kill(self) -> None:
        """See Child.kill."""
        self._source = None

    def _gone(self, how: Any) -> NoReturn:
        self.kill()
        self.replaced += 1
        raise ChildGone(how)


class PortraitCheck:
    """What stands in for the face check, whose models are not here: a few frames that are one visit's pass."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._seen: list[int] | None = None

    def available(self) -> Unavailable | None:
        """See Check."""
        return None

    def begin(self, photo: bytes, now: float) -> Unavailable | None:
        """See Check."""
        self._seen = []
        return None

    def feed(self, frame: Frame) -> FaceProgress | FaceResult:
        """See Check."""
        assert self._seen is not None
        told = told_by(frame.pixels)
        if told is not None:
            self._seen.append(told[0])
        if len(self._seen) < LOOKS:
            return FaceProgress("face.prompt.look", len(self._seen) / LOOKS)
        if len(set(self._seen)) > 1 or self._chance() < 0.1:
            return Failed(Reason.other_face)
        return Passed(0.8, "portrait", ())

    def end(self) -> None:
        """See Check."""
        self._seen = None

    @property
    def remembers(self) -> bool:
        """See Check."""
        return self._seen is not None


class Verdicts(Protocol):
    """Where the judge writes what it found."""

    frames: int
    stale: list[str]
    false_health: list[str]


class Judge:
    """A camera's driver, and somebody who compares all it hands out with what stands before the camera."""

    def __init__(self, camera: Camera, simulated: VisitCamera, verdicts: Verdicts) -> None:
        self._camera = camera
        self._simulated = simulated
        self._verdicts = verdicts

    def open(self) -> None:
        """See Camera.open."""
        self._camera.open()

    def grab(self, timeout_s: float) -> Frame | Health:
        """See Camera.grab."""
        wrong, changes = self._simulated.fault_now, self._simulated.changes
        got = self._camera.grab(timeout_s)
        steady = changes == self._simulated.changes
        if isinstance(got, Frame):
            self._verdicts.frames += 1
            self._frame(got, wrong if steady else None)
        else:
            self._ill(got, wrong or "nothing" if steady else None)
        return got

    def health(self) -> Health:
        """See Camera.health."""
        return self._camera.health()

    def close(self) -> None:
        """See Camera.close."""
        self._camera.close()

    def _frame(self, frame: Frame, wrong: str | None) -> None:
        told, health = told_by(frame.pixels), self._camera.health()
        if covered(frame.pixels):
            if health.code != "camera.covered":
                self._false_health(f"a dark picture is {health.code}")
            return
        if told is None:
            self._verdicts.stale.append(f"visit {self._simulated.visit}: a picture that nobody showed")
            return
        (visit, n), at = told, self._simulated
        if visit != self._simulated.visit:
            self._verdicts.stale.append(f"visit {self._simulated.visit}: a picture of visit {visit}")
        elif n <= at.shown or frame.at < at.shown_at:
            self._verdicts.stale.append(f"visit {visit}: frame {n} after {at.shown}")
        at.shown, at.shown_at = max(n, at.shown), frame.at
        if health.state is not State.ready:
            self._false_health(f"a good picture is {health.code}")
        elif wrong in TOLD_AS and n >= self._simulated.changed_at_frame:
            self._false_health(f"ready while {wrong}")

    def _ill(self, told: Health, wrong: str | None) -> None:
        """`wrong`: what alone was wrong all the time, "nothing" where nothing was; None where that changed."""
        if told != self._camera.health() or told.state in (State.ready, State.unknown):
            self._false_health(f"no picture, yet {self._camera.health().code}")
        elif wrong == "nothing" or (wrong in TOLD_AS and told.code != f"camera.{TOLD_AS[wrong]}"):
            self._false_health(f"{told.code} while {wrong}")

    def _false_health(self, what: str) -> None:
        self._verdicts.false_health.append(f"visit {self._simulated.visit}: {what}")


assert set(TOLD_AS) | {"slow"} == set(VisitCamera.faults) | {UNPLUGGED}
