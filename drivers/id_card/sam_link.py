"""What a reader with the SAM module can hang on: every link of `drivers.link`, and USB's bulk pipes."""

from __future__ import annotations

from drivers.id_card.usb_open import open_usb
from drivers.link import Link, open_link


def open_sam_link(url: str) -> Link:
    """The stream behind a link URL, `usb://0400:c35a?path=1-1.2` among them. Raises LinkRefused."""
    return open_usb(url) if url.startswith("usb:") else open_link(url)
