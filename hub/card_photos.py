"""The plug-in that turns a card's WLT bytes into a picture at the hub; the command is the installation's.

The protocol is that of the terminals: 1024 bytes on standard input, one PNG on standard output, exit 0; a text chunk
`Source` with 演示 in it says that a sandbox made the picture.
"""

from __future__ import annotations

import io
import logging
import subprocess
from dataclasses import dataclass
from typing import Final

from PIL import Image, PngImagePlugin, UnidentifiedImageError

WLT_BYTES: Final = 1024
PNG_BYTES_MAX: Final = 4 * 1024 * 1024
SIDE_MAX_PX: Final = 2000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A card's photograph as PNG; `sandbox` where a sandbox decoder made it."""

    png: bytes
    sandbox: bool


def decode_card_photo(command: tuple[str, ...], untrusted_photo: bytes, deadline_s: float) -> CardPicture | None:
    """The picture, or None where no decoder is set or this one cannot read it; takes at most the deadline."""
    if not command or len(untrusted_photo) != WLT_BYTES:
        return None
    try:
        ran = subprocess.run(command, input=untrusted_photo, capture_output=True, timeout=deadline_s, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        log.warning("the decoder of card photographs failed: %s", type(error).__name__)
        return None
    return None if ran.returncode != 0 else _checked(ran.stdout)


def _checked(untrusted_png: bytes) -> CardPicture | None:
    if len(untrusted_png) > PNG_BYTES_MAX:
        return None
    try:
        with Image.open(io.BytesIO(untrusted_png), formats=("PNG",)) as image:
            if max(image.size) > SIDE_MAX_PX:
                return None
            assert isinstance(image, PngImagePlugin.PngImageFile)
            image.load()
            return CardPicture(untrusted_png, "演示" in str(image.text.get("Source", "")))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
