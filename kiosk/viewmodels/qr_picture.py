"""A QR code as a picture that QML paints; made anew each time it is asked for, so that nothing of it is kept."""

from __future__ import annotations

import base64
from typing import Final

import qrcode
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickImageProvider
from qrcode.constants import ERROR_CORRECT_M

NAME: Final = "qr"
_QUIET_MODULES: Final = 4  # ISO/IEC 18004
_MAX_CHARS: Final = 1200


def qr_address(text: str) -> str:
    """Under which QML asks for the code of a text; empty for none, and for one that no phone could read whole."""
    if len(text) > _MAX_CHARS:
        return ""
    return f"image://{NAME}/{base64.urlsafe_b64encode(text.encode()).decode('ascii')}" if text else ""


class QrPictures(QQuickImageProvider):
    """Answers `image://qr/…`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002
        """The code, its modules as large as the wanted size has room for whole pixels."""
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_MODULES)
        code.add_data(base64.urlsafe_b64decode(id))
        code.make(fit=True)
        rows = code.get_matrix()
        picture = QImage(len(rows), len(rows), QImage.Format.Format_RGB32)
        picture.fill(QColor("white"))
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    picture.setPixelColor(x, y, QColor("black"))
        module_px = max(1, requestedSize.width() // len(rows))
        side = module_px * len(rows)
        return picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation)
