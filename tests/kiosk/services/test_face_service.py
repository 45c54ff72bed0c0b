"""A camera that is covered or blinks in the middle of a check: said at once, costs no try, and the check can go on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drivers.camera.port import Frame
from drivers.health import Cause, Health, State
from kiosk.doors import ManualDoor
from kiosk.face.result import FaceProgress, FaceResult, Passed, Unavailable
from kiosk.journey import acts
from kiosk.journey.acts import Act
from kiosk.journey.screens import FaceStage, Reason
from kiosk.services.face_service import DARK_MOST_S, NO_FRAMES_MOST, FaceService
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from tests.kiosk.journey.people import NOW

COVERED = acts.FaceProgress(1, FaceStage.LOOKING, "journey.face.covered", 0.0)
LOOKING = acts.FaceProgress(1, FaceStage.LOOKING, "face.prompt.look", 0.0)


class PlayedCamera:
    def __init__(self) -> None:
        self.state = "ready"

    def open(self) -> None:
        if self.state == "gone":
            raise OSError("gone")

    def grab(self, timeout_s: float) -> Frame | Health:
        if self.state == "gone":
            raise OSError("gone")
        return self.health() if self.state == "hung" else Frame(np.zeros((2, 2, 3), np.uint8), 0.0)

    def health(self) -> Health:
        states = {"covered": State.limited, "hung": State.failed}
        state = states.get(self.state, State.ready)
        cause = None if state is State.ready else Cause.environment
        return Health(state, cause, f"camera.{self.state}", "", "", NOW)

    def close(self) -> None:
        pass


class PlayedCheck:
    remembers = False

    def __init__(self) -> None:
        self.fed = 0

    def available(self) -> Unavailable | None:
        return None

    def begin(self, photo: bytes, now: float) -> Unavailable | None:
        return None

    def feed(self, frame: Frame) -> FaceProgress | FaceResult:
        self.fed += 1
        return FaceProgress("face.prompt.look", 0.0) if self.fed < 3 else Passed(0.9, "model", ())

    def end(self) -> None:
        pass


class Stand:
    """One check under way, its door turned by hand."""

    def __init__(self, begins: str = "ready") -> None:
        self.camera, self.check, self.door = PlayedCamera(), PlayedCheck(), ManualDoor()
        self.camera.state = begins
        self.told: list[Act] = []
        self.lost: list[tuple[str, bool]] = []
        self.time = 0.0
        self.slot = Slot(
            "face_camera",
            DeviceSetting("face_camera", "camera", None, "played://"),
            self.door,
            changed=lambda role, ready: self.lost.append((role, ready)),
            make=self._make,
        )
        self.service = FaceService(
            self.slot,
            self.check,
            self.told.append,
            lambda _: None,
            deadline_s=30.0,
            monotonic=lambda: self.time,
        )
        self.service.start(1, b"photo")
        self.door.turn()

    def _make(self, _: DeviceSetting) -> Any:
        return self.camera

    def frame(self, seconds: float = 0.0) -> None:
        self.time += seconds
        self.door.turn()


@pytest.fixture
def stand() -> Stand:
    return Stand()


def test_a_covered_lens_is_said_and_the_check_goes_on_when_it_is_free(stand: Stand) -> None:
    stand.camera.state = "covered"
    stand.frame()
    stand.frame(DARK_MOST_S - 1)
    assert stand.told == [COVERED, COVERED]
    assert stand.check.fed == 0
    stand.camera.state = "ready"
    stand.frame()
    stand.camera.state = "covered"
    stand.frame(DARK_MOST_S - 1)  # a hand that passes twice is no cover
    stand.camera.state = "ready"
    stand.frame()
    stand.frame()
    assert stand.told[2:] == [LOOKING, COVERED, LOOKING, acts.FacePassed(1, 0.9, "model")]


def test_a_lens_that_stays_covered_ends_the_check_and_is_remembered(stand: Stand) -> None:
    stand.camera.state = "covered"
    stand.frame()
    stand.frame(DARK_MOST_S)
    assert stand.told[-1] == acts.FaceFailed(1, Reason.FACE_COVERED)
    stand.door.turn_all()
    assert (stand.slot.health.state, stand.slot.health.code) == (State.limited, "camera.covered")
    assert stand.slot.ready


def test_a_camera_that_blinks_ends_the_check_so_that_it_can_be_tried_again(stand: Stand) -> None:
    stand.camera.state = "gone"
    stand.frame()
    assert stand.told == [acts.FaceFailed(1, Reason.FACE_NO_CAMERA)]
    assert stand.lost == []


def test_a_camera_that_hangs_says_so_itself_and_is_lost_at_once(stand: Stand) -> None:
    stand.camera.state = "hung"
    for _ in range(NO_FRAMES_MOST):
        stand.frame()
    assert stand.lost == [("face_camera", False)]
    assert stand.told == [acts.FaceFailed(1, Reason.FACE_NO_CAMERA)]


def test_a_check_that_the_journey_stopped_says_nothing_more(stand: Stand) -> None:
    stand.camera.state = "covered"
    stand.service.stop()
    stand.door.turn_all()
    assert stand.told == []


def test_a_camera_that_cannot_be_opened_can_be_tried_again_too() -> None:
    stand = Stand(begins="gone")
    assert stand.told == [acts.FaceFailed(1, Reason.FACE_NO_CAMERA)]
    assert stand.lost == []
