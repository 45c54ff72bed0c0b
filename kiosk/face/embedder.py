"""The embedding: a face as a direction, compared by cosine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels
from kiosk.face.detector import Points

Embedding = npt.NDArray[np.float32]
"""A vector of length one."""


class Embedder:
    """Turns an aligned face into its embedding; one instance belongs to one thread."""

    def __init__(self, path: Path, input_px: int, template: tuple[tuple[float, float], ...], *, swap: bool) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(path))
        self._size = (input_px, input_px)
        self._template = np.array(template, np.float32)
        self._swap = swap

    def aligned(self, pixels: Pixels, points: Points) -> Pixels:
        """The face cut out so that its landmarks lie on the template."""
        # OpenCV's stubs leave out that there may be no transform.
        move: npt.NDArray[np.float64] | None = cv2.estimateAffinePartial2D(  # type: ignore[assignment]
            points, self._template, method=cv2.LMEDS
        )[0]
        if move is None:  # landmarks all on one spot: no face that anything could be said about
            return np.zeros((self._size[1], self._size[0], 3), np.uint8)
        return np.asarray(cv2.warpAffine(pixels, move, self._size), np.uint8)

    def embed(self, aligned: Pixels) -> Embedding:
        """The embedding of an aligned face (pixels 0–255; the graph scales them itself)."""
        self._net.setInput(cv2.dnn.blobFromImage(aligned, 1.0, self._size, swapRB=self._swap))
        vector = np.asarray(self._net.forward(), np.float32).reshape(-1)
        return np.asarray(vector / max(1e-9, float(np.linalg.norm(vector))), np.float32)


def cosine(one: Embedding, other: Embedding) -> float:
    """1 the same direction, 0 unrelated."""
    return float(one @ other)
