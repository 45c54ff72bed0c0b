"""What every driver of a camera must do, in every situation. A driver's tests subclass this and give `stand`."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import pytest

from drivers.camera.document.spoiling import FAULTS as TABLE_FAULTS
from drivers.camera.port import Camera, Frame, Pixels
from drivers.camera.simulator import SimulatedCamera
from drivers.health import Cause, Health, State
from drivers.trouble import WrongState

PATIENCE_S: Final = 5.0
SITUATIONS: Final = tuple(
    name for name, situation in SimulatedCamera.situations.items() if not set(situation.faults) & set(TABLE_FAULTS)
)
"""What happens to any camera; what lies on a table is for the document camera's contract to tell."""
RED: Final[Pixels] = np.full((480, 640, 3), (20, 20, 220), np.uint8)


class Stand(Protocol):
    """An opened camera on the table, and somebody who holds pictures before it."""

    @property
    def camera(self) -> Camera: ...

    def show(self, picture: Pixels) -> None:
        """Hold this picture before the lens, so that it fills a good part of the middle."""

    def happen(self, situation: str) -> None:
        """Let one of SITUATIONS happen."""

    def repair(self) -> None:
        """Everything is well again."""


class CameraContract:
    """Frames come, each once; what stands in their way is told with whose fault it is, and ends."""

    def test_nothing_is_known_of_a_camera_before_the_first_frame(self, stand: Stand) -> None:
        assert stand.camera.health().state is State.unknown

    def test_frames_come_and_the_camera_is_ready(self, stand: Stand) -> None:
        first, second = stand.camera.grab(PATIENCE_S), stand.camera.grab(PATIENCE_S)
        assert isinstance(first, Frame)
        assert isinstance(second, Frame)
        assert first.pixels.ndim == 3
        assert first.pixels.shape[2] == 3
        assert second.at > first.at
        assert stand.camera.health().state is State.ready

    def test_what_is_held_before_the_lens_is_in_the_frames(self, stand: Stand) -> None:
        stand.show(RED)
        while True:  # a frame may be under way already; the time limit of the test bounds it
            seen = stand.camera.grab(PATIENCE_S)
            assert isinstance(seen, Frame)
            height, width = seen.pixels.shape[:2]
            blue, _, red = seen.pixels[height // 2, width // 2]
            if red > 180 and blue < 60:
                return

    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_in_every_situation_the_truth_is_told_and_it_ends(self, stand: Stand, situation: str) -> None:
        stand.happen(situation)
        match situation:
            case "a hand before the lens":
                seen = _until(stand.camera, State.limited)
                assert isinstance(seen, Frame)
                assert stand.camera.health().code == "camera.covered"
            case "the plug falls out":
                seen = _until(stand.camera, State.absent)
                assert isinstance(seen, Health)
                assert seen == stand.camera.health()
            case _:
                pytest.fail(f"the contract does not say what is to be told of {situation!r}")
        assert stand.camera.health().cause is Cause.environment
        stand.repair()
        assert isinstance(_until(stand.camera, State.ready), Frame)

    def test_since_stays_while_the_camera_does(self, stand: Stand) -> None:
        stand.happen("the plug falls out")
        _until(stand.camera, State.absent)
        ill = stand.camera.health()
        stand.camera.grab(0.1)
        assert stand.camera.health() == ill

    def test_a_closed_camera_grabs_nothing_and_can_be_opened_again(self, stand: Stand) -> None:
        stand.camera.close()
        stand.camera.close()
        with pytest.raises(WrongState):
            stand.camera.grab(0.1)
        stand.camera.open()
        assert isinstance(_until(stand.camera, State.ready), Frame)


def _until(camera: Camera, state: State) -> Frame | Health:
    """Grabs until the health says so; the time limit of the test bounds it."""
    while True:
        got = camera.grab(PATIENCE_S)
        if camera.health().state is state:
            return got
