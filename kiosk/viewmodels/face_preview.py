"""The live picture of the face check: the newest frame only, forgotten when the check ends."""

from __future__ import annotations

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

NAME: Final = "preview"
EMPTY_PX: Final = 8


class FacePreview(QQuickImageProvider):
    """`put` from any thread; QML asks for `image://preview/<number>`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._lock = threading.Lock()
        self._frame: QImage | None = None

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """The newest frame (BGR, H x W x 3); mirrored, as people know themselves."""
        height, width, _ = pixels.shape
        flipped = np.ascontiguousarray(pixels[:, ::-1])
        frame = QImage(flipped.data, width, height, width * 3, QImage.Format.Format_BGR888).copy()
        with self._lock:
            self._frame = frame

    def forget(self) -> None:
        """Nothing of this person remains."""
        with self._lock:
            self._frame = None

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002
        """The newest frame, or an empty picture."""
        with self._lock:
            frame = self._frame
        if frame is None:
            frame = QImage(EMPTY_PX, EMPTY_PX, QImage.Format.Format_RGB32)
            frame.fill(Qt.GlobalColor.lightGray)
        return frame
