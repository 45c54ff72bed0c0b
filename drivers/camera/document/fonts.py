"""The fonts that machine-readable zones and simulated pages are set in; they come from Debian packages, by file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from drivers.trouble import DeviceTrouble

OCR_B: Final = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")
OCR_B_SHARP: Final = Path("/usr/share/fonts/opentype/ocr-b/OCRBS.otf")
HANZI: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_PACKAGES: Final = {OCR_B: "fonts-ocr-b", OCR_B_SHARP: "fonts-ocr-b", HANZI: "fonts-noto-cjk"}


@cache
def font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at so many pixels; raises DeviceTrouble where its package is not installed."""
    try:
        return ImageFont.truetype(str(file), size)
    except OSError as error:
        raise DeviceTrouble(
            "document_camera.font", f"缺少字体文件 {file.name}。", f"请安装软件包 {_PACKAGES.get(file, file.name)}。"
        ) from error
