"""What is the driver's and the simulator's own; what every camera must do stands in the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest

from drivers.camera.cv import cv2
from drivers.camera.head import FaceSpot
from drivers.camera.opencv import OpencvCamera
from drivers.camera.paper import Hold, held
from drivers.camera.port import Frame, Pixels
from drivers.camera.scene import LiveHead, fitted, picture_of
from drivers.camera.simulator import SceneAsked, SimulatedCamera
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
    # in a process of its own: here another test's library may have imported it first
    asked = (
        "import os, drivers.camera.cv; print(sorted({'QT_QPA_PLATFORM_PLUGIN_PATH', 'QT_QPA_FONTDIR'} & {*os.environ}))"
    )
    for before, after in (({}, []), ({"QT_QPA_FONTDIR": "/mine"}, ["QT_QPA_FONTDIR"])):
        others = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA_")}
        done = subprocess.run(
            [sys.executable, "-c", asked], env={**others, **before}, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == str(after)


def _answer(simulator: SimulatedCamera, path: str, asked: dict[str, object]) -> httpx.Response:
    door = ControlServer("127.0.0.1:0", simulator)
    with closing(door), httpx.Client(base_url=door.url) as client:
        return client.post(path, json=asked)


def _newest(simulator: SimulatedCamera) -> Pixels:
    """A frame rendered after what was asked."""
    simulator.render()
    with simulator.lock:  # none is taken away meanwhile
        newest = max(Path(simulator.link.removeprefix("images://")).glob("frame-*.jpg"))
        data = newest.read_bytes()
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    return np.asarray(shown, np.uint8)


def _detail(pixels: Pixels) -> float:
    return float(cv2.Laplacian(pixels, cv2.CV_64F).var())


def test_a_print_is_held_as_it_was_asked(simulator: SimulatedCamera, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "p.png"), _picture())
    straight = _answer(simulator, "/scene", {"print": str(tmp_path / "p.png")}).json()
    assert (straight["scene"], straight["yaw_deg"]) == ("print", 0.0)
    middle = _newest(simulator)[240, 320]
    assert middle[2] > 200 > 60 > middle[0]
    assert _answer(simulator, "/scene", {"print": str(tmp_path / "p.png"), "yaw_deg": 20}).json()["yaw_deg"] == 20.0
    # moved out of the middle, the wall is seen there
    _answer(simulator, "/scene", {"print": str(tmp_path / "p.png"), "shift_x": 0.9})
    assert np.ptp(_newest(simulator)[240, 320].astype(int)) < 60


def test_a_recording_is_shown_frame_by_frame_and_from_its_start_again(
    simulator: SimulatedCamera, tmp_path: Path
) -> None:
    names = [str(tmp_path / f"{value}.png") for value in (40, 200)]
    for name, value in zip(names, (40, 200), strict=True):
        cv2.imwrite(name, np.full((480, 640, 3), value, np.uint8))
    assert _answer(simulator, "/scene", {"replay": names}).json()["scene"] == "replay"
    scene = simulator.scene_of(SceneAsked(replay=tuple(names)))
    assert [round(float(picture_of(scene, n).mean()), -1) for n in range(4)] == [40, 200, 40, 200]


@pytest.mark.parametrize(("dark", "most"), [(True, 30), (0.5, 90)])
def test_a_dark_hall_is_dark(simulator: SimulatedCamera, dark: object, most: int) -> None:
    usual = float(_newest(simulator).mean())
    _answer(simulator, "/scene", {"dark": dark})
    assert float(_newest(simulator).mean()) < most < usual


def test_a_file_that_is_no_picture_cannot_be_shown(simulator: SimulatedCamera, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"no picture")
    refused = _answer(simulator, "/scene", {"head": str(tmp_path / "p.png")})
    assert (refused.status_code, "not a picture" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    "asked",
    [{"text": True}, {"codes": ["ZZ-0042"]}, {"permit": ["<" * 30] * 3}],
    ids=["text", "codes", "permit"],
)
def test_a_paper_on_the_table_is_seen_and_a_blank_one_is_not_an_empty_table(
    simulator: SimulatedCamera, asked: dict[str, object]
) -> None:
    assert _answer(simulator, "/table", {}).json()["scene"] == "table"
    empty = _newest(simulator)
    _answer(simulator, "/table", {"blank": True})
    blank = _newest(simulator)
    assert blank.mean() > empty.mean() + 20
    _answer(simulator, "/table", asked)
    assert _detail(_newest(simulator)) > _detail(empty) + 10


@pytest.mark.parametrize("lines", [["<" * 30] * 2, ["<" * 30, "<" * 29, "<" * 30]])
def test_a_permit_of_no_known_layout_cannot_be_laid(simulator: SimulatedCamera, lines: list[str]) -> None:
    refused = _answer(simulator, "/table", {"permit": lines})
    assert (refused.status_code, "a permit has" in refused.json()["error"]) == (400, True)


def test_what_goes_wrong_on_a_table_lays_a_page_on_it_first(simulator: SimulatedCamera) -> None:
    empty = _newest(simulator)
    simulator.fault("second_page")
    assert _newest(simulator).shape != empty.shape
    simulator.clear()
    assert _newest(simulator).shape == empty.shape


def test_a_worn_lens_is_less_sharp(simulator: SimulatedCamera, tmp_path: Path) -> None:
    checked = np.kron(np.indices((12, 16)).sum(0) % 2 * 255, np.ones((40, 40))).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "p.png"), checked)
    _answer(simulator, "/scene", {"replay": [str(tmp_path / "p.png")]})
    sharp = _detail(_newest(simulator))
    simulator.quality = 0.3
    assert _detail(_newest(simulator)) < sharp / 2


def test_a_camera_without_a_folder_of_its_own_takes_one_and_removes_it() -> None:
    device = SimulatedCamera()
    with pytest.raises(RuntimeError, match="has not been started"):
        _ = device.link
    device.stop()  # harmless before it was started
    device.start("")
    folder = Path(device.link.removeprefix("images://"))
    assert list(folder.glob("frame-*.jpg"))
    device.stop()
    device.stop()
    assert not folder.exists()


def test_a_folder_that_was_named_stays_and_its_frames_go(tmp_path: Path) -> None:
    device = SimulatedCamera()
    device.start(f"images://{tmp_path}")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    device.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_camera_that_is_pulled_out_files_nothing_and_comes_back(simulator: SimulatedCamera) -> None:
    folder = Path(simulator.link.removeprefix("images://"))
    simulator.plug()  # harmless while it is there
    simulator.fault("unplugged")
    simulator.render()
    assert not folder.exists()
    simulator.clear()
    assert _newest(simulator).shape == (480, 640, 3)


def test_without_the_model_the_face_is_taken_to_be_where_a_card_photo_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHIZHU_MODELS", str(tmp_path / "nothing"))
    cv2.imwrite(str(tmp_path / "p.png"), _picture())
    scene = SimulatedCamera().scene_of(SceneAsked(head=str(tmp_path / "p.png"), yaw_deg=3))
    assert isinstance(scene.subject, LiveHead)
    assert scene.subject.spot == FaceSpot.of_card_photo(160, 200)


WALL = np.full((480, 640, 3), 120, np.uint8)


@pytest.mark.parametrize("hold", [Hold(yaw_deg=95), Hold(shift_x=9)], ids=["turned away", "beside the frame"])
def test_a_print_that_cannot_be_seen_leaves_the_wall(hold: Hold) -> None:
    assert (held(_picture(), hold, WALL) == WALL).all()


def test_a_bent_print_is_narrower_than_a_flat_one() -> None:
    def red_columns(hold: Hold) -> int:
        return int((held(_picture(), hold, WALL)[240, :, 2] > 200).sum())

    assert 0 < red_columns(Hold(bend_deg=70)) < red_columns(Hold()) - 20


def test_a_head_wider_than_the_frame_fills_it() -> None:
    frame, _ = fitted(np.full((100, 400, 3), (0, 0, 255), np.uint8), FaceSpot(200, 50, 40))
    assert frame.shape == (480, 640, 3)
    assert (frame[:, :, 2] == 255).all()
