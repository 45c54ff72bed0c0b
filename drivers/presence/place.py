"""Where a device is plugged in, as the kernel's own tree tells it: a socket keeps its name through every re-plug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_BUS: Final = re.compile(r"usb[0-9]+")
_USB_DEVICE: Final = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")
_USB_INTERFACE: Final = re.compile(r"[0-9]+-([0-9]+(?:\.[0-9]+)*):([0-9]+\.[0-9]+)")


def place_of(device: Path, sys: Path, *more: str) -> str:
    """A device's place from its folder under /sys/devices: `pci0000:00/0000:00:14.0/usb/1.2:1.0`.

    The number of a bus is dealt out at boot and everything below an interface at each plugging in, so neither is part
    of it. `more` tells apart what shares one interface: the port of an adapter, the index of a camera's node.
    """
    folder = device.resolve()
    root = (sys / "devices").resolve()
    parts = folder.relative_to(root).parts if folder.is_relative_to(root) else folder.parts[1:]
    return "/".join((*kept(parts), *more))


def kept(parts: tuple[str, ...]) -> Iterator[str]:
    """What of a device's path below /sys/devices says where it is plugged in."""
    on_usb = False
    socket = ""
    for part in parts:
        interface = _USB_INTERFACE.fullmatch(part)
        if _BUS.fullmatch(part):
            on_usb = True
            yield "usb"
        elif on_usb and interface:
            yield f"{interface[1]}:{interface[2]}"
            return
        elif on_usb and _USB_DEVICE.fullmatch(part):
            socket = part.partition("-")[2]
        elif on_usb:
            break
        else:
            yield part
    if socket:
        yield socket


def is_inside(place: str, device: str) -> bool:
    """Whether this place is an interface of that USB device."""
    return place.startswith(f"{device}:")


def attribute(folder: Path, name: str) -> str:
    """What the kernel says in one of its small files; empty where it says nothing."""
    try:
        with (folder / name).open("rb") as file:
            return file.read(_ATTRIBUTE_MOST).decode("utf-8", "replace").strip()
    except OSError:
        return ""  # devices vanish while they are read: then there is nothing to say of them


_ATTRIBUTE_MOST: Final = 4096


def usb_device(folder: Path, sys: Path) -> Path | None:
    """The folder of the USB device that this one belongs to; None where it is not on USB."""
    root = sys.resolve()
    resolved = folder.resolve()
    for each in (resolved, *resolved.parents):
        if each == root:
            return None
        if (each / "idVendor").is_file():
            return each
    return None


def hardware(device: Path | None) -> str:
    """VVVV:PPPP of a USB device, as `usb://` links write it."""
    if device is None:
        return ""
    return f"{attribute(device, 'idVendor')}:{attribute(device, 'idProduct')}".lower()


def usb_title(device: Path | None) -> str:
    """What the device calls itself."""
    if device is None:
        return ""
    return " ".join(name for name in (attribute(device, "manufacturer"), attribute(device, "product")) if name)
