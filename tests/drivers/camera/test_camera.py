"""What is the driver's and the simulator's own; what every camera must do stands in the contract."""

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


def _picture() -> Pixels:
    return np.full((200, 160, 3), (0, 0, 255), np.uint8)


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


@pytest.mark.parametrize("head", ["HEAD.pack(b'F',0,2,2,11)", "HEAD.pack(b'?',0,0,0,0)", "HEAD.pack(b'F',0,1,1,1<<31)"])
def test_a_child_that_speaks_another_language_is_ended(tmp_path: Path, head: str) -> None:
    says = "import sys,time; from drivers.camera.wire import HEAD; "
    says += f"sys.stdout.buffer.write(HEAD.pack(b'R',0,0,0,0) + {head}); sys.stdout.flush(); time.sleep(600)"
    driver = OpencvCamera(f"images://{tmp_path}", child_command=(sys.executable, "-c", says))
    driver.open()
    got = driver.grab(5.0)
    assert isinstance(got, Health)
    assert (got.code, got.state) == ("camera.died", State.failed)
    driver.close()


def test_a_file_that_is_no_picture_is_told_as_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    driver = OpencvCamera(f"images://{tmp_path}?play=sequence")
    driver.open()
    got = driver.grab(5.0)
    assert isinstance(got, Health)
    assert (got.code, got.cause) == ("camera.unreadable", Cause.device)
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


@pytest.mark.parametrize(("fault", "code"), [("frozen", "frozen"), ("silent", "silent"), ("black", "covered")])
def test_a_camera_that_shows_nothing_new_is_told_and_no_picture_of_before_is_shown(
    simulator: SimulatedCamera, fault: str, code: str
) -> None:
    simulator.fault(fault)
    simulator.render()
    driver = OpencvCamera(simulator.link)
    driver.open()
    got = driver.grab(3.0)
    assert driver.health().code == f"camera.{code}"
    assert isinstance(got, Health) is (fault != "black")
    simulator.clear()
    while driver.health().state is not State.ready:  # the time limit of the test bounds it
        driver.grab(3.0)
    driver.close()


def test_a_slow_camera_still_shows_what_is_there(simulator: SimulatedCamera) -> None:
    simulator.fault("slow")
    driver = OpencvCamera(simulator.link)
    driver.open()
    while not isinstance(driver.grab(3.0), Frame):  # the time limit of the test bounds it
        pass
    assert driver.health().state is State.ready
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
