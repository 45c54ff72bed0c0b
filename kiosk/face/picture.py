"""Pictures on their way out of the check: small for the screen, JPEG for a clerk's later look."""

from __future__ import annotations

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels
from kiosk.face.result import Preview


def preview_of(pixels: Pixels, width: int = 320) -> Preview:
    """The frame as a mirror would show it."""
    height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return Preview(width, height, np.ascontiguousarray(small[:, ::-1, ::-1]).tobytes())


def jpeg_of(pixels: Pixels, quality: int = 85) -> bytes:
    """The frame as JPEG; it is personal data from here on and is to be sealed before it rests anywhere."""
    ok, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert ok, "a frame of three channels can always be encoded"
    return data.tobytes()
