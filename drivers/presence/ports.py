"""What is plugged into this machine, read from the kernel's own lists. No port is opened: a byte can upset a device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from drivers.presence.place import attribute, hardware, is_inside, place_of, usb_device, usb_title
from drivers.registry import KINDS, Kind

DEV: Final = Path("/dev")
SYS: Final = Path("/sys")

Sort = Literal["serial", "camera", "input", "gpio", "usb", "smart card"]
_HUB: Final = "09"
_CCID: Final = "0b"


@dataclass(frozen=True)
class Port:
    """One place a device can be plugged into; `link` is what to write, `stable` whether it survives re-plugging.

    `place` names the socket itself (drivers.presence.place): by it two adapters of the same make are told apart.
    `node` is the device's file, empty where it has none.
    """

    sort: Sort
    link: str
    title: str
    hardware: str
    stable: bool
    place: str
    node: str = ""


def ports(dev: Path = DEV, sys: Path = SYS) -> tuple[Port, ...]:
    """Each device once, the most useful way; another `dev` and `sys` are for trying this out."""
    found = every_port(dev, sys)
    used = [port.place for port in found if port.sort != "usb"]
    return tuple(
        port for port in found if port.sort != "usb" or not any(is_inside(place, port.place) for place in used)
    )


def every_port(dev: Path = DEV, sys: Path = SYS) -> tuple[Port, ...]:
    """All of them, a USB device also where its serial port or its camera stands in the list already."""
    return (
        *_serial_ports(dev, sys),
        *_cameras(dev, sys),
        *_inputs(dev, sys),
        *_gpio_chips(dev, sys),
        *_usb_devices(sys),
    )


def has_driver(port: Port, kinds: Mapping[str, Kind] = KINDS) -> bool:
    """Whether a driver of ours opens such a port; a USB device must also be one whose numbers the driver knows."""
    scheme = urlsplit(port.link).scheme
    return any(
        scheme in driver.links and (scheme != "usb" or port.hardware in driver.usb)
        for kind in kinds.values()
        for driver in kind.drivers
    )


def _by_path(folder: Path) -> dict[Path, Path]:
    # By path, not by id: two adapters without a serial number have the same id.
    return {link.resolve(): link for link in sorted(folder.glob("*"), reverse=True)}


def _serial_ports(dev: Path, sys: Path) -> Iterator[Port]:
    by_path = _by_path(dev / "serial" / "by-path")
    devices = {dev / entry.name: entry / "device" for entry in sorted((sys / "class" / "tty").glob("*"))}
    real = {node: device for node, device in devices.items() if device.exists() and not _never_wired(device)}
    for node in sorted({*real, *by_path}):
        device, link = real.get(node), by_path.get(node.resolve())
        number = "" if device is None else attribute(device, "port_number")
        usb = None if device is None else usb_device(device, sys)
        yield Port(
            sort="serial",
            link=f"serial://{link or node}",
            title=usb_title(usb) or node.name,
            hardware=hardware(usb),
            stable=link is not None,
            place="" if device is None else place_of(device, sys, *((f"port{number}",) if number else ())),
            node=str(node),
        )


def _never_wired(device: Path) -> bool:
    """The old PC ports that the kernel lists whether or not anybody soldered them."""
    return "serial8250" in device.resolve().parts


def _cameras(dev: Path, sys: Path) -> Iterator[Port]:
    by_path = _by_path(dev / "v4l" / "by-path")
    for node in sorted(dev.glob("video[0-9]*")):
        entry = sys / "class" / "video4linux" / node.name
        link = by_path.get(node.resolve())
        index = attribute(entry, "index")
        usb = usb_device(entry / "device", sys) if (entry / "device").exists() else None
        yield Port(
            sort="camera",
            link=f"v4l2://{link or node}",
            title=attribute(entry, "name") or node.name,
            hardware=hardware(usb),
            stable=link is not None,
            place="" if usb is None else place_of(entry / "device", sys, *((f"index{index}",) if index else ())),
            node=str(node),
        )


def _inputs(dev: Path, sys: Path) -> Iterator[Port]:
    """Keyboards, scanners and touch screens on USB; what is built in is nobody's to plug."""
    by_path = _by_path(dev / "input" / "by-path")
    for entry in sorted((sys / "class" / "input").glob("event[0-9]*")):
        usb = usb_device(entry / "device", sys) if (entry / "device").exists() else None
        if usb is None:
            continue
        node = dev / "input" / entry.name
        link = by_path.get(node.resolve())
        name = attribute(entry / "device", "name")
        yield Port(
            sort="input",
            link=f"evdev://{link or node}",
            title=name or usb_title(usb) or entry.name,
            hardware=hardware(usb),
            stable=link is not None,
            place=place_of(entry / "device", sys, *((name,) if name else ())),
            node=str(node),
        )


def _gpio_chips(dev: Path, sys: Path) -> Iterator[Port]:
    for entry in sorted((sys / "bus" / "gpio" / "devices").glob("gpiochip[0-9]*")):
        # Built into the board: the number is the same at every boot of the same kernel, and nothing else names it.
        yield Port(
            sort="gpio",
            link=f"gpio://{dev / entry.name}",
            title=attribute(entry.resolve().parent / "of_node", "name").rstrip("\0") or entry.resolve().parent.name,
            hardware="",
            stable=True,
            place=place_of(entry, sys),
            node=str(dev / entry.name),
        )


def _usb_devices(sys: Path) -> Iterator[Port]:
    readers = 0
    for entry in sorted((sys / "bus" / "usb" / "devices").glob("[0-9]*-[0-9]*")):
        if ":" in entry.name or attribute(entry, "bDeviceClass") == _HUB:
            continue
        numbers = hardware(entry)
        title = usb_title(entry) or numbers
        # The path is its place on this bus; the bus itself is numbered anew where another controller is added.
        yield Port("usb", f"usb://{numbers}?path={entry.name}", title, numbers, True, place_of(entry, sys))
        for interface in sorted(entry.glob("*:*")):
            if attribute(interface, "bInterfaceClass") == _CCID:
                # pcscd numbers its readers in the order of their coming.
                yield Port("smart card", f"pcsc://{readers}", title, numbers, False, place_of(interface, sys))
                readers += 1
