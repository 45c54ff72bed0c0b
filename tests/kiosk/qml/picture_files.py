"""Reference pictures as small files: few colours, best compression, the same bytes for the same picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtGui import QImage

COLORS: Final = 64


def whole(image: QImage) -> Image.Image:
    """The picture in all its colours."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1
    )


def saved(image: QImage, path: Path) -> None:
    """Writes the picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = BytesIO()
    whole(image).quantize(COLORS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    path.write_bytes(file.getvalue())


def kept(path: Path) -> Image.Image:
    """Reads a reference picture."""
    with Image.open(path) as image:
        return image.convert("RGB")
