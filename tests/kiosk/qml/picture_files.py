"""Reference pictures as small files: few colours, best compression, the same bytes for the same picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtGui import QImage

COLORS: Final = 64


def reduced(image: QImage) -> Image.Image:
    """The picture in few colours; both sides of a comparison go through this."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    whole = Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1
    )
    return whole.quantize(COLORS, dither=Image.Dither.NONE)


def saved(image: QImage, path: Path) -> None:
    """Writes the picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = BytesIO()
    reduced(image).save(file, "PNG", optimize=True)
    path.write_bytes(file.getvalue())


def kept(path: Path) -> Image.Image:
    """Reads a reference picture."""
    with Image.open(path) as image:
        return image.convert("RGB")
