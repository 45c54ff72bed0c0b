"""The dock's buttons follow from the stage, and each makes its move on the world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from deploy.dock.moves import Move, moves
from deploy.journey.world import World
from deploy.stage import Stage, TerminalPlace
from seeds.people import People

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def stage(photos: Path, webcam: str) -> Stage:
    devices = {"id_card": NOWHERE, "receipt_printer": NOWHERE} | ({} if webcam else {"face_camera": NOWHERE})
    place = TerminalPlace(name="village", config="terminal.toml", door="door.sock", devices=devices)
    return Stage(control=NOWHERE, hub=NOWHERE, staff=(), terminals=(place,), photos=str(photos), webcam=webcam)


@pytest.fixture
def webcam(tmp_path: Path) -> str:
    folder = tmp_path / "camera"
    folder.mkdir()
    grey = np.tile(np.arange(256, dtype=np.uint8), (240, 1))
    Image.fromarray(grey).convert("RGB").save(folder / "frame.png")
    return f"images://{folder}"


def made(at: Stage) -> Iterator[Move]:
    world = World(at, at.terminals[0])
    try:
        yield from moves(world, People.load(), at, at.terminals[0].devices)
    finally:
        world.close()


def test_the_dock_breaks_only_devices_that_it_simulates(photos: Path, webcam: str) -> None:
    simulated = {move.label for move in made(stage(photos, ""))}
    own = {move.label for move in made(stage(photos, webcam))}
    assert "挡住摄像头" in simulated
    assert "挡住摄像头" not in own
    assert {"断网", "拔电再通电", "全部修好", "放上 林月兰", "取走身份证"} <= simulated & own


def test_a_person_before_an_own_camera_lends_a_picture_to_the_card(photos: Path, webcam: str) -> None:
    sit = next(move for move in made(stage(photos, webcam)) if "证件照" in move.label)
    sit.make()
    with Image.open(photos / "lin-yuelan.jpg") as picture:
        assert picture.size == (256, 240)
