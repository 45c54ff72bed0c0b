"""The contract, kept by the OpenCV driver on the simulator's folder, through its child process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Pixels
from drivers.camera.scene import Print, Scene
from drivers.camera.simulator import SimulatedCamera
from tests.drivers.camera.contract import CameraContract, Stand


@dataclass
class SimulatedStand:
    """A driver at work on a simulated camera."""

    device: SimulatedCamera
    camera: OpencvCamera

    def show(self, picture: Pixels) -> None:
        self.device.show(Scene(Print(picture)))

    def happen(self, situation: str) -> None:
        self.device.happen(situation)

    def repair(self) -> None:
        self.device.clear()


class TestOpencv(CameraContract):
    @pytest.fixture
    def stand(self, tmp_path: Path) -> Iterator[Stand]:
        device = SimulatedCamera()
        device.start(f"images://{tmp_path}/frames")
        camera = OpencvCamera(device.link)
        camera.open()
        yield SimulatedStand(device, camera)
        camera.close()
        device.stop()
