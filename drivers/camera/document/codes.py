"""The QR codes in a picture (OpenCV), bounded and decoded to text (pure)."""

from __future__ import annotations

from typing import Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels

CODES_MAX: Final = 8
TEXT_BYTES_MAX: Final = 2953
"""What the largest code, 40-L, holds."""
_ENCODINGS: Final = ("utf-8", "gb18030")


def codes(picture: Pixels) -> tuple[str, ...]:
    """The texts of at most eight codes, each once, from the top of the picture to its foot, then left to right."""
    # Of clean codes on a screen OpenCV's other detector does not read every tenth, of turned and dim ones two in three.
    detector = cv2.QRCodeDetectorAruco()
    found, corners = detector.detectMulti(picture)
    if not found or corners is None:
        return ()
    places = np.asarray(corners, dtype=np.float32)[: 2 * CODES_MAX]
    _, contents, _ = detector.decodeBytesMulti(picture, places)
    # Rows of codes are seldom exactly level: what overlaps by height is one row.
    height = float(np.ptp(places[:, :, 1], axis=1).mean())
    order = sorted(range(len(contents)), key=lambda at: (round(places[at, :, 1].mean() / height), places[at, 0, 0]))
    texts = [text for at in order if (text := text_of(bytes(contents[at]))) is not None]
    return tuple(dict.fromkeys(texts))[:CODES_MAX]


def text_of(content: bytes) -> str | None:
    """The text of a code's bytes: UTF-8, else GB 18030; None for nothing, too much, or bytes that are neither."""
    if not 0 < len(content) <= TEXT_BYTES_MAX:
        return None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
