"""Pictures and models for the face tests, and the films they are fed: heads, prints, replays, swaps."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from drivers.camera.cv import cv2
from drivers.camera.head import FaceSpot
from drivers.camera.paper import Hold
from drivers.camera.port import Frame, Pixels
from drivers.camera.scene import LiveHead, Print, Scene, picture_of, spot_of_eyes
from kiosk.face.check import FaceCheck
from kiosk.face.liveness import Holding, Plan, Returning, Rules, Turning
from kiosk.face.models import Missing, Models, find_models
from kiosk.face.result import FaceProgress, FaceResult, Turn
from kiosk.face.wlt import CardPicture, WltDecoder

MANIFEST = Path(__file__).parent / "mobilefacenet.yaml"
TURN_DEG = 34.0
STEP_S = 0.1
QUICK = Rules(turn_timeout_s=2.5)


@cache
def models() -> Models:
    """The networks; skips with the reason where the folder is not there."""
    folder = os.environ.get("ZHIZHU_MODELS")
    if not folder:
        pytest.skip("no face models: ZHIZHU_MODELS is not set")
    found = find_models(None, {"ZHIZHU_MODELS": folder, "ZHIZHU_MANIFEST": str(MANIFEST)})
    if isinstance(found, Missing):
        pytest.skip(f"no face models: {found.sentence}")
    return found


@cache
def portrait(name: str) -> Pixels:
    """One of the lent portraits; skips with the reason where the folder is not there."""
    folder = os.environ.get("ZHIZHU_FACES")
    if not folder or not Path(folder, f"{name}.jpg").is_file():
        pytest.skip(f"no portrait {name}: ZHIZHU_FACES is not set or does not hold it")
    pixels = cv2.imread(str(Path(folder, f"{name}.jpg")))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


@cache
def close(name: str) -> Pixels:
    """The portrait cut to head and shoulders, as a person stands before the terminal."""
    face = models().detector.faces(portrait(name))[0]
    top, bottom = face.y - face.height * 0.6, face.y + face.height * 1.8
    middle, half = face.x + face.width / 2, (bottom - top) / 2
    rows = slice(max(0, round(top)), round(bottom))
    return np.ascontiguousarray(portrait(name)[rows, max(0, round(middle - half)) : round(middle + half)])


@cache
def spot(name: str) -> FaceSpot:
    """Where the portrait's face is."""
    right, left = models().detector.faces(close(name))[0].points[:2]
    return spot_of_eyes((float(right[0]), float(right[1])), (float(left[0]), float(left[1])))


def card_sized(name: str) -> Pixels:
    """The portrait cut and shrunk to an ID card's 102 × 126."""
    face = models().detector.faces(portrait(name))[0]
    height = face.height * 1.9
    width = height * 102 / 126
    x, y = face.x + face.width / 2, face.y + face.height / 2
    move = np.array([[102 / width, 0, 51 - x * 102 / width], [0, 126 / height, 60 - y * 126 / height]], np.float64)
    return np.asarray(
        cv2.warpAffine(portrait(name), move, (102, 126), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def head(name: str, yaw_deg: float) -> Scene:
    """A living head."""
    return Scene(LiveHead(close(name), spot(name), yaw_deg))


def paper(name: str, **hold: float) -> Scene:
    """A print."""
    return Scene(Print(close(name), Hold(**hold)))


def new_check(seed: int = 7) -> FaceCheck:
    """A check whose turns are drawn from a known source."""
    return FaceCheck(models(), WltDecoder(None), random.Random(seed), QUICK)


def begin(check: FaceCheck, card: str) -> None:
    """Starts with a card that carries this portrait at card size."""
    assert check.begin(CardPicture(card_sized(card)), 0.0) is None


@dataclass
class Actor:
    """Follows the check's phase as a person follows the screen; `wanted` is where the head wants to be."""

    check: FaceCheck
    yaw_deg: float = 0.0

    def wanted(self) -> float:
        """The yaw asked for now."""
        match self.phase():
            case Turning(index):
                return -TURN_DEG if self.plan().turns[index] is Turn.left else TURN_DEG
            case _:
                return 0.0

    def move(self) -> float:
        """One frame's movement towards it, never a jump."""
        self.yaw_deg += max(-9.0, min(9.0, self.wanted() - self.yaw_deg))
        return self.yaw_deg

    def phase(self) -> object:
        """Where the check is."""
        return self.check._run.phase if self.check._run is not None else None

    def plan(self) -> Plan:
        """What it drew."""
        assert self.check._run is not None
        return self.check._run.plan

    def index(self) -> int:
        """Which turn it is at; -1 before the first."""
        match self.phase():
            case Holding(index) | Turning(index) | Returning(index):
                return index
            case _:
                return -1


def play(check: FaceCheck, scenes: Iterable[Scene], frames_max: int = 90) -> FaceResult | FaceProgress:
    """Feeds scenes until there is a result or the film ends; then the last word."""
    said: FaceResult | FaceProgress = FaceProgress("", 0.0)
    for n, scene in enumerate(scenes):
        if n >= frames_max:
            break
        said = check.feed(Frame(picture_of(scene, n), n * STEP_S))
        if not isinstance(said, FaceProgress):
            return said
    return said


def acted(check: FaceCheck, scene_at: Callable[[Actor, float], Scene]) -> Iterator[Scene]:
    """A film whose every scene depends on how far the actor has turned."""
    actor = Actor(check)
    while True:
        yield scene_at(actor, actor.move())
