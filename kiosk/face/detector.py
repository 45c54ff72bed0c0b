"""YuNet: where faces are in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels

LONGEST_PX: Final = 640
"""Larger pictures are shrunk to this before detection: 15–30 ms on two cores."""
SCORE_MIN: Final = 0.6

Points = npt.NDArray[np.float32]
"""Five rows of (x, y) in pixels: the person's right eye, left eye, nose tip, right and left mouth corner."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face: its box (x, y, width, height) and landmarks in the picture's own pixels."""

    x: float
    y: float
    width: float
    height: float
    points: Points
    score: float

    @property
    def eye_distance(self) -> float:
        """Pixels between the eyes."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))

    @property
    def ratio(self) -> float:
        """(nose − middle of the eyes) along the eye line ÷ eye distance."""
        along = self.points[1] - self.points[0]
        nose = self.points[2] - (self.points[0] + self.points[1]) / 2
        return float(nose @ along / max(1e-6, float(along @ along)))

    @property
    def roll_deg(self) -> float:
        """How far the eye line leans."""
        dx, dy = self.points[1] - self.points[0]
        return float(np.degrees(np.arctan2(dy, dx)))


class Detector:
    """Finds faces; one instance belongs to one thread."""

    def __init__(self, path: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(str(path), "", (LONGEST_PX, LONGEST_PX), SCORE_MIN)

    def faces(self, pixels: Pixels) -> tuple[Face, ...]:
        """All faces, the largest first."""
        height, width = pixels.shape[:2]
        scale = min(1.0, LONGEST_PX / max(height, width))
        small = pixels if scale == 1.0 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._net.setInputSize((small.shape[1], small.shape[0]))
        # OpenCV's stubs leave out that there may be no rows.
        rows: npt.NDArray[np.float32] | None = self._net.detect(small)[1]  # type: ignore[assignment]
        if rows is None:
            return ()
        faces = [_face(np.asarray(row, np.float32), scale) for row in rows]
        return tuple(sorted(faces, key=lambda face: face.width * face.height, reverse=True))


def _face(row: npt.NDArray[np.float32], scale: float) -> Face:
    x, y, width, height = (float(value) / scale for value in row[:4])
    return Face(x, y, width, height, row[4:14].reshape(5, 2) / np.float32(scale), float(row[14]))
