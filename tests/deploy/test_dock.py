"""The dock's buttons follow from the stage, and each makes its move on the world."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from deploy.dock.dock_window import DockViewModel
from deploy.dock.move import Move, rows
from deploy.dock.moves import moves
from deploy.dock.troubles import MOST_PER_DEVICE, TITLES, happenings
from deploy.journey.world import World
from deploy.stage import Stage, TerminalPlace
from deploy.trouble import RoofTrouble
from drivers.simulation import simulate
from seeds.people import People

NOWHERE = "http://127.0.0.1:9"
KINDS = {
    "id_card": "id_card",
    "receipt_printer": "receipt_printer",
    "face_camera": "camera",
    "code_scanner": "code_scanner",
    "ups": "power",
    "door": "digital_line",
}
GROUPS = (("身份证", "放上"), ("身份证", "取走"), ("网络", "断网"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def controls() -> Iterator[dict[str, str]]:
    """The doors of real simulators, by role."""
    with ExitStack() as running:
        yield {
            role: running.enter_context(simulate(kind).start(control="127.0.0.1:0")).control or ""
            for role, kind in KINDS.items()
        }


def stage(photos: Path, webcam: str, controls: dict[str, str]) -> Stage:
    devices = {role: door for role, door in controls.items() if not (webcam and role == "face_camera")}
    place = TerminalPlace(name="village", config="terminal.toml", door="door.sock", devices=devices)
    return Stage(control=NOWHERE, hub=NOWHERE, staff=(), terminals=(place,), photos=str(photos), webcam=webcam)


@pytest.fixture
def webcam(tmp_path: Path) -> str:
    folder = tmp_path / "camera"
    folder.mkdir()
    grey = np.tile(np.arange(256, dtype=np.uint8), (240, 1))
    Image.fromarray(grey).convert("RGB").save(folder / "frame.png")
    return f"images://{folder}"


@contextmanager
def made(at: Stage) -> Iterator[tuple[World, tuple[Move, ...]]]:
    world = World(at, at.terminals[0])
    try:
        yield world, moves(world, People.load(), at, at.terminals[0].devices)
    finally:
        world.close()


def test_the_dock_breaks_only_devices_that_it_simulates(photos: Path, webcam: str, controls: dict[str, str]) -> None:
    with made(stage(photos, "", controls)) as (_, all_simulated), made(stage(photos, webcam, controls)) as (_, own):
        simulated, with_own = {move.label for move in all_simulated}, {move.label for move in own}
    assert "挡住摄像头" in simulated
    assert "挡住摄像头" not in with_own
    assert {"断网", "拔电再通电", "全部修好", "放上 林月兰", "取走身份证", "停电", "柜门打开"} <= simulated & with_own


def test_what_can_happen_comes_from_the_simulators_own_door_situations_first(
    photos: Path, controls: dict[str, str]
) -> None:
    with made(stage(photos, "", controls)) as (world, all_moves):
        for role, title in TITLES.items():
            if role not in controls:
                continue
            told = world.device(role, "GET", "/situations").json()
            labels = [move.label for move in all_moves if move.group == f"{title}出毛病"]
            titles = list(told["situations"].values())
            assert labels[: len(titles) + 1] == ["修好", *titles]
            assert len(set(labels)) == len(labels)
            assert len(labels) <= MOST_PER_DEVICE + 1


def test_a_fault_and_a_situation_begin_and_end_on_the_device_itself(photos: Path, controls: dict[str, str]) -> None:
    with made(stage(photos, "", controls)) as (world, all_moves):
        by_label = {(move.group, move.label): move for move in all_moves}

        def wrong(role: str) -> list[str]:
            faults: list[str] = world.device(role, "GET", "/state").json()["faults"]
            return faults

        by_label["凭条打印机出毛病", "又卡纸又没纸"].make()
        by_label["凭条打印机出毛病", "修好"].make()
        assert wrong("receipt_printer") == []
        by_label["凭条打印机出毛病", "打印纸用完"].make()
        by_label["不间断电源出毛病", "停电"].make()
        by_label["柜门出毛病", "柜门打开"].make()
        by_label["身份证阅读器出毛病", "放了别的卡"].make()
        assert wrong("receipt_printer") == ["paper_end"]
        assert [wrong("ups"), wrong("door"), wrong("id_card")] == [["on_battery"], ["active"], ["wrong_card"]]
        by_label["全部设备", "全部修好"].make()
        assert [wrong(role) for role in controls] == [[]] * len(controls)


def test_what_happens_only_later_is_said_to_begin_later_and_what_has_begun_is_well(
    photos: Path, controls: dict[str, str], qtbot: QtBot
) -> None:
    with made(stage(photos, "", controls)) as (world, all_moves):
        view = DockViewModel(all_moves)
        said = {}
        for label in ("用了一阵以后停电", "停电"):
            index = next(n for n, move in enumerate(all_moves) if move.label == label)
            with qtbot.waitSignal(view.told_changed, timeout=10_000):
                view.make(index)
            said[label] = str(view.told)
            state = world.device("ups", "GET", "/state").json()
            assert state["faults"] == ([] if label == "用了一阵以后停电" else ["on_battery"])
        view.close()
    assert said == {
        "用了一阵以后停电": "不间断电源出毛病：用了一阵以后停电。还没有开始：设备再工作 3 次以后才会这样",
        "停电": "不间断电源出毛病：停电。好了",
    }


def test_a_code_is_held_before_the_scanner_and_a_slip_only_once_there_is_one(
    photos: Path, controls: dict[str, str]
) -> None:
    with made(stage(photos, "", controls)) as (world, all_moves):
        by_label = {(move.group, move.label): move for move in all_moves}
        with pytest.raises(RoofTrouble, match="还没有带二维码的凭条"):
            by_label["扫码口", "对准最新凭条的二维码"].make()
        by_label["扫码口", "对准别处的二维码"].make()
        assert world.device("code_scanner", "GET", "/state").json()["reads"] == 1


def test_a_device_with_very_many_faults_has_a_bounded_number_of_buttons() -> None:
    faults = {f"fault_{n}": f"毛病 {n}" for n in range(1000)}
    found = happenings({"situations": {"one": "毛病 3"}, "faults": faults})
    assert len(found) == MOST_PER_DEVICE
    assert [one.title for one in found[:3]] == ["毛病 3", "毛病 0", "毛病 1"]
    assert [one.title for one in found].count("毛病 3") == 1


def test_one_group_at_a_time_is_unfolded() -> None:
    made = tuple(Move(group, label, _never) for group, label in GROUPS)
    assert [row["text"] for row in rows(made, "身份证")] == ["身份证", "放上", "取走", "网络"]
    assert [row["index"] for row in rows(made, "网络")] == [-1, -1, 2]
    assert [row["unfolded"] for row in rows(made, "")] == [False, False]


def test_the_button_that_is_pressed_makes_its_move_and_no_other(qapp: object) -> None:
    del qapp
    cut = threading.Event()
    view = DockViewModel(tuple(Move(group, label, cut.set if label == "断网" else _never) for group, label in GROUPS))
    view.make(2)
    assert cut.wait(timeout=10)
    view.close()


def _never() -> None:
    raise AssertionError("another button than the one that was pressed")


def test_a_person_before_an_own_camera_lends_a_picture_to_the_card(
    photos: Path, webcam: str, controls: dict[str, str]
) -> None:
    with made(stage(photos, webcam, controls)) as (_, all_moves):
        next(move for move in all_moves if "证件照" in move.label).make()
    with Image.open(photos / "lin-yuelan.jpg") as picture:
        assert picture.size == (256, 240)
