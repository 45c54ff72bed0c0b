"""A portrait given depth: an ellipsoid with a nose, turned about the neck (pure).

What it is for: the simulated camera shows a *living* head that can turn, so that the liveness check can be tried
without a person. Negative yaw turns to the resident's own left, which is the right-hand side of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels


@dataclass(frozen=True, slots=True)
class FaceSpot:
    """Where the face sits in a portrait, in pixels: the middle between the eyes, the eye distance, the roll."""

    eyes_x: float
    eyes_y: float
    eye_distance: float
    roll_deg: float = 0.0

    @classmethod
    def of_card_photo(cls, width: int, height: int) -> FaceSpot:
        """The usual place in an ID card's photograph (102 × 126: head about half the width, eyes at two fifths)."""
        return cls(width * 0.5, height * 0.42, width * 0.25)


def _depth(u: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Depth towards the camera, in eye distances, at u (a row) right of and v (a column) below the eyes' middle."""
    half_width, half_height, bulge, middle_v = 1.35, 1.85, 1.15, 0.35
    inside = 1.0 - (u / half_width) ** 2 - ((v - middle_v) / half_height) ** 2
    skull = bulge * np.sqrt(np.clip(inside, 0.0, None))
    # The nose: a ridge that grows from the root between the eyes to its tip 0.62 eye distances below them.
    along = np.clip((v + 0.05) / 0.67, 0.0, 1.0) * np.clip((0.92 - v) / 0.25, 0.0, 1.0)
    nose: npt.NDArray[np.float64] = 0.42 * along * np.exp(-((u / 0.2) ** 2))
    depth: npt.NDArray[np.float64] = skull + nose
    return depth


def turned(portrait: Pixels, spot: FaceSpot, yaw_deg: float) -> Pixels:
    """The portrait as it looks when its head has turned by `yaw_deg`; the background stays where it is."""
    if yaw_deg == 0.0:
        return portrait.copy()
    height, width = portrait.shape[:2]
    upright = cv2.getRotationMatrix2D((spot.eyes_x, spot.eyes_y), spot.roll_deg, 1.0)
    level = cv2.warpAffine(portrait, upright, (width, height), borderMode=cv2.BORDER_REPLICATE)
    d = spot.eye_distance
    columns = np.arange(width, dtype=np.float64)
    u, v = (columns - spot.eyes_x) / d, (np.arange(height, dtype=np.float64)[:, None] - spot.eyes_y) / d
    angle = math.radians(-yaw_deg)
    shift = u * (math.cos(angle) - 1.0) + _depth(u, v) * math.sin(angle)
    # The turn fades out beyond the head, so that shoulders and wall stay.
    reach = np.sqrt((u / 1.9) ** 2 + ((v - 0.35) / 2.6) ** 2)
    fade = np.clip((1.0 - reach) / 0.35, 0.0, 1.0)
    landed = np.maximum.accumulate(columns + shift * fade * d + columns * 1e-6, axis=1)
    sources = np.empty((height, width), np.float32)
    for row in range(height):
        sources[row] = np.interp(columns, landed[row], columns)
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
    warped = cv2.remap(level, sources, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    back = cv2.invertAffineTransform(upright)
    return np.asarray(cv2.warpAffine(warped, back, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)
