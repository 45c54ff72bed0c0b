"""Films for the face check: a cast of portraits as living heads and as paper, and an actor who follows the prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.head import FaceSpot
from drivers.camera.paper import Hold
from drivers.camera.port import Frame, Pixels
from drivers.camera.scene import LiveHead, Print, Scene, picture_of, spot_of_eyes
from kiosk.face.check import FaceCheck
from kiosk.face.liveness import Holding, Plan, Returning, Rules, Turning
from kiosk.face.models import Models
from kiosk.face.result import FaceProgress, FaceResult, Turn

TURN_DEG: Final = 34.0
STEP_S: Final = 0.1
FRAMES_MAX: Final = 90
QUICK: Final = Rules(turn_timeout_s=2.5)
"""The terminal's rules, with less patience for a turn that is not made: a film is not a person."""


class Cast:
    """Portraits in a folder, `NAME.jpg`, and what can be made of them."""

    def __init__(self, models: Models, folder: Path) -> None:
        self._models = models
        self._folder = folder
        self._portraits: dict[str, Pixels] = {}
        self._spots: dict[str, tuple[Pixels, FaceSpot]] = {}

    def portrait(self, name: str) -> Pixels:
        """The portrait as it was taken; raises FileNotFoundError."""
        if name not in self._portraits:
            pixels = cv2.imdecode(
                np.frombuffer((self._folder / f"{name}.jpg").read_bytes(), np.uint8), cv2.IMREAD_COLOR
            )
            assert pixels is not None
            self._portraits[name] = np.asarray(pixels, np.uint8)
        return self._portraits[name]

    def close(self, name: str) -> tuple[Pixels, FaceSpot]:
        """The portrait cut to head and shoulders, as a person stands before the terminal, and where its face is."""
        if name not in self._spots:
            whole = self.portrait(name)
            face = self._models.detector.faces(whole)[0]
            top, bottom = face.y - face.height * 0.6, face.y + face.height * 1.8
            middle, half = face.x + face.width / 2, (bottom - top) / 2
            rows = slice(max(0, round(top)), round(bottom))
            cut = np.ascontiguousarray(whole[rows, max(0, round(middle - half)) : round(middle + half)])
            right, left = self._models.detector.faces(cut)[0].points[:2]
            spot = spot_of_eyes((float(right[0]), float(right[1])), (float(left[0]), float(left[1])))
            self._spots[name] = cut, spot
        return self._spots[name]

    def card_sized(self, name: str) -> Pixels:
        """The portrait cut and shrunk to an ID card's 102 × 126."""
        face = self._models.detector.faces(self.portrait(name))[0]
        height = face.height * 1.9
        width = height * 102 / 126
        x, y = face.x + face.width / 2, face.y + face.height / 2
        move = np.array([[102 / width, 0, 51 - x * 102 / width], [0, 126 / height, 60 - y * 126 / height]], np.float64)
        small = cv2.warpAffine(
            self.portrait(name), move, (102, 126), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(small, np.uint8)

    def head(self, name: str, yaw_deg: float) -> Scene:
        """A living head."""
        pixels, spot = self.close(name)
        return Scene(LiveHead(pixels, spot, yaw_deg))

    def paper(self, name: str, **hold: float) -> Scene:
        """A print."""
        return Scene(Print(self.close(name)[0], Hold(**hold)))


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
        run = self.check.run
        return None if run is None else run.phase

    def plan(self) -> Plan:
        """What it drew."""
        assert self.check.run is not None
        return self.check.run.plan

    def index(self) -> int:
        """Which turn it is at; -1 before the first."""
        match self.phase():
            case Holding(index) | Turning(index) | Returning(index):
                return index
            case _:
                return -1


def play(check: FaceCheck, scenes: Iterable[Scene], frames_max: int = FRAMES_MAX) -> FaceResult | FaceProgress:
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
