"""What a reader with the SAM module can hang on: every link of `drivers.link`, and USB's bulk pipes."""

from __future__ import annotations

from typing import Final

from drivers.link import Link, open_link
from drivers.link_child import open_in_child

USB_OPENER: Final = "drivers.id_card.usb_open:open_usb"


def open_sam_link(url: str) -> Link:
    """The stream behind a link URL, `usb://0400:c35a?path=1-1.2` among them. Raises LinkRefused.

    USB is moved by a process of its own: libusb can hang where no time-out of ours reaches.
    """
    return open_in_child(USB_OPENER, url) if url.startswith("usb:") else open_link(url)
