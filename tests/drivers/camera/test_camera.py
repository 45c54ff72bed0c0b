"""The driver against the simulator's folder, through its child process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest

from drivers.camera.cv import cv2
from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Frame, Pixels
from drivers.camera.scene import Print, Scene
from drivers.camera.simulator import SimulatedCamera
from drivers.health import Cause, Health, State
from drivers.simulation.control import ControlServer
from drivers.trouble import DeviceTrouble, WrongState


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatedCamera]:
    device = SimulatedCamera()
    device.start(f"images://{tmp_path}/frames")
    yield device
    device.stop()


@pytest.fixture
def camera(simulator: SimulatedCamera) -> Iterator[OpencvCamera]:
    driver = OpencvCamera(simulator.link)
    driver.open()
    yield driver
    driver.close()


def _until(camera: OpencvCamera, code: str) -> Frame | Health:
    """Grabs until the health says so; the pytest timeout bounds it."""
    while True:
        got = camera.grab(5.0)
        if camera.health().code == code:
            return got


def _picture() -> Pixels:
    return np.full((200, 160, 3), (0, 0, 255), np.uint8)


def test_frames_come_and_the_camera_is_ready(camera: OpencvCamera) -> None:
    assert camera.health().state is State.unknown
    first, second = camera.grab(5.0), camera.grab(5.0)
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert first.pixels.shape == (480, 640, 3)
    assert second.at > first.at
    assert camera.health().state is State.ready


def test_a_covered_lens_is_limited_and_clears(camera: OpencvCamera, simulator: SimulatedCamera) -> None:
    simulator.fault("covered")
    assert isinstance(_until(camera, "camera.covered"), Frame)
    assert camera.health().cause is Cause.environment
    simulator.clear()
    assert isinstance(_until(camera, "camera.ready"), Frame)


def test_an_unplugged_camera_is_absent_and_comes_back(camera: OpencvCamera, simulator: SimulatedCamera) -> None:
    simulator.fault("unplugged")
    assert isinstance(_until(camera, "camera.absent"), Health)
    simulator.clear()
    assert isinstance(_until(camera, "camera.ready"), Frame)


def test_a_print_is_seen_in_the_frames(camera: OpencvCamera, simulator: SimulatedCamera) -> None:
    simulator.show(Scene(Print(_picture())))
    seen = camera.grab(5.0)
    while isinstance(seen, Frame) and seen.pixels[240, 320, 2] < 200:
        seen = camera.grab(5.0)
    assert isinstance(seen, Frame)
    assert seen.pixels[240, 320, 0] < 60


def test_the_door_sets_a_scene_and_turns_it(simulator: SimulatedCamera, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "p.png"), _picture())
    door = ControlServer("127.0.0.1:0", simulator)
    with closing(door), httpx.Client(base_url=door.url) as client:
        state = client.post("/scene", json={"head": str(tmp_path / "p.png"), "yaw_deg": 5}).json()
        assert (state["scene"], state["yaw_deg"]) == ("head", 5.0)
        client.post("/turn", json={"yaw_deg": 8})
        simulator.render()
        assert simulator.state()["yaw_deg"] == 8.0
        assert client.post("/scene", json={"head": None}).json()["scene"] is None
        refused = client.post("/scene", json={"head": "/no/such.png"})
        assert refused.status_code == 400
        assert "/no/such.png" in refused.json()["error"]


def test_a_child_that_hangs_is_killed_and_the_health_says_so(tmp_path: Path) -> None:
    ready = "import sys,time; from drivers.camera.wire import HEAD; "
    ready += "sys.stdout.buffer.write(HEAD.pack(b'R',0,0,0,0)); sys.stdout.flush(); time.sleep(600)"
    driver = OpencvCamera(f"images://{tmp_path}", child_command=(sys.executable, "-c", ready))
    driver.open()
    got = driver.grab(0.1)
    assert isinstance(got, Health)
    assert got.code == "camera.hung"
    assert got.state is State.failed
    driver.close()


def test_a_sequence_is_shown_in_order_and_each_once(tmp_path: Path) -> None:
    for n, value in enumerate((50, 100, 150)):
        cv2.imwrite(str(tmp_path / f"{n}.png"), np.full((8, 8, 3), value, np.uint8))
    driver = OpencvCamera(f"images://{tmp_path}?play=sequence")
    driver.open()
    shown = [driver.grab(5.0) for _ in range(3)]
    assert [frame.pixels[0, 0, 0] for frame in shown if isinstance(frame, Frame)] == [50, 100, 150]
    after = driver.grab(0.05)
    assert isinstance(after, Health)
    assert after.code == "camera.silent"
    driver.close()


def test_wrong_links_and_wrong_states_are_told() -> None:
    with pytest.raises(DeviceTrouble):
        OpencvCamera("ftp://nowhere")
    with pytest.raises(WrongState):
        OpencvCamera("v4l2:///dev/video0").grab(0.1)


def test_a_missing_webcam_is_absent() -> None:
    driver = OpencvCamera("v4l2:///dev/no-such-camera")
    driver.open()
    got = driver.grab(0.5)
    assert isinstance(got, Health)
    assert got.state is State.absent
    driver.close()


def test_opencv_leaves_no_qt_folders_in_the_environment() -> None:
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
    assert "QT_QPA_FONTDIR" not in os.environ
