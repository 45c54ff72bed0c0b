"""What stands before the simulated camera, as a value, and how it looks (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.document.table import Table, seen
from drivers.camera.head import FaceSpot, turned
from drivers.camera.paper import Hold, held
from drivers.camera.port import Pixels

WIDTH, HEIGHT = 640, 480
WALL_BGR = (150, 160, 165)
_NOISE = np.float32(1.5)
"""Standard deviation of what the sensor adds, in steps of brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveHead:
    """A portrait with depth; `yaw_deg` is negative towards the person's own left."""

    portrait: Pixels
    spot: FaceSpot
    yaw_deg: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A picture on paper or a screen, held before the lens."""

    portrait: Pixels
    hold: Hold = field(default_factory=Hold)


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """A recording shown frame by frame, again from the start when it ends."""

    frames: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Who or what is there, and the light (1 usual, 0 none)."""

    subject: LiveHead | Print | Replay | Table | None = None
    light: float = 1.0

    def with_yaw(self, yaw_deg: float) -> Scene:
        """The same scene with the head or the print turned."""
        if yaw_deg == self.yaw_deg:
            return self
        match self.subject:
            case LiveHead():
                return replace(self, subject=replace(self.subject, yaw_deg=yaw_deg))
            case Print(hold=hold):
                return replace(self, subject=replace(self.subject, hold=replace(hold, yaw_deg=yaw_deg)))
            case _:
                return self

    @property
    def yaw_deg(self) -> float:
        """How far the subject is turned now."""
        match self.subject:
            case LiveHead(yaw_deg=yaw):
                return yaw
            case Print(hold=hold):
                return hold.yaw_deg
            case _:
                return 0.0


def fitted(picture: Pixels, spot: FaceSpot) -> tuple[Pixels, FaceSpot]:
    """The portrait scaled into the frame's height before a wall, and where its face came to lie."""
    height, width = picture.shape[:2]
    scale = HEIGHT / height
    small = cv2.resize(
        picture, (max(1, round(width * scale)), HEIGHT), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    left = (WIDTH - small.shape[1]) // 2
    frame = wall()
    if left >= 0:
        frame[:, left : left + small.shape[1]] = small
    else:
        frame[:] = small[:, -left : -left + WIDTH]
    moved = FaceSpot(spot.eyes_x * scale + left, spot.eyes_y * scale, spot.eye_distance * scale, spot.roll_deg)
    return frame, moved


def wall() -> Pixels:
    """The empty village hall."""
    return np.full((HEIGHT, WIDTH, 3), WALL_BGR, np.uint8)


def picture_of(scene: Scene, n: int) -> Pixels:
    """Frame `n` of the scene; the same arguments give the same pixels, sensor noise included."""
    match scene.subject:
        case Table() as table:
            # A table has a light and a noise of its own, fit for five million pixels.
            return seen(replace(table, light=table.light * scene.light), n)
        case LiveHead() as head:
            frame = _head(head)
        case Print(portrait, hold):
            frame = held(portrait, hold, wall())
        case Replay(frames) if frames:
            frame = frames[n % len(frames)]
        case _:
            frame = wall()
    lit = np.random.default_rng(n).standard_normal(frame.shape, np.float32)  # half the time of the doubled precision
    lit *= _NOISE
    lit += frame if scene.light == 1.0 else frame * np.float32(scene.light)
    return np.clip(lit, 0, 255, out=lit).astype(np.uint8)


@lru_cache(maxsize=2)
def _head(head: LiveHead) -> Pixels:
    """A head is still for most frames; the noise is what differs between them."""
    frame, place = fitted(head.portrait, head.spot)
    return turned(frame, place, head.yaw_deg)


def spot_of_eyes(right: tuple[float, float], left: tuple[float, float]) -> FaceSpot:
    """The face's place from its two eyes (the person's right eye is the one further left in the picture)."""
    dx, dy = left[0] - right[0], left[1] - right[1]
    return FaceSpot(
        (right[0] + left[0]) / 2, (right[1] + left[1]) / 2, math.hypot(dx, dy), math.degrees(math.atan2(dy, dx))
    )
