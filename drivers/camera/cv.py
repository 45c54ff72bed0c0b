"""The one place that imports OpenCV.

The wheel of opencv-python carries a second Qt and points Qt's plug-in and font folders at it on import,
after which PySide6 would load the wrong platform plug-in. Everyone else writes `from drivers.camera.cv import cv2`.
"""

from __future__ import annotations

import os

_QT_NAMES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_NAMES}

import cv2  # noqa: E402  (the environment has to be remembered first)

for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value

# Two cores are shared with a painting thread, and OpenCV 5 announces on stderr that its engine ignores a target
# nobody asked for.
cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)

__all__ = ["cv2"]
