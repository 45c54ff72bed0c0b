"""The live picture of the face check: the newest frame only, forgotten when the check ends."""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickImageProvider

NAME: Final = "preview"
EMPTY_PX: Final = 8
EMPTY_COLOR: Final = "#D9CBB0"


class FacePreview(QQuickImageProvider):
    """QML asks for `image://preview/<number>`; Qt may ask from a thread of its own, hence the lock."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._lock = threading.Lock()
        self._frame: QImage | None = None

    def put(self, width: int, height: int, rgb: bytes) -> None:
        """The newest frame, red-green-blue, mirrored as people know themselves."""
        frame = QImage(rgb, width, height, width * 3, QImage.Format.Format_RGB888).copy()
        with self._lock:
            self._frame = frame

    def forget(self) -> None:
        """Nothing of this person remains."""
        with self._lock:
            self._frame = None

    @property
    def holds_picture(self) -> bool:
        """Whether a frame is still here."""
        with self._lock:
            return self._frame is not None

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002
        """The newest frame, or an empty picture."""
        with self._lock:
            frame = self._frame
        if frame is None:
            frame = QImage(EMPTY_PX, EMPTY_PX, QImage.Format.Format_RGB32)
            frame.fill(QColor(EMPTY_COLOR))
        return frame
