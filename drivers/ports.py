"""What is plugged into this machine, read from the kernel's own lists. No port is opened: a byte can upset a device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serial.tools import list_ports

_DEV: Final = Path("/dev")
_SYS: Final = Path("/sys")


@dataclass(frozen=True)
class Port:
    """One place a device can be plugged into; `link` is what to write, `stable` whether it survives re-plugging."""

    link: str
    title: str
    hardware: str
    stable: bool


def ports(dev: Path = _DEV, sys: Path = _SYS) -> tuple[Port, ...]:
    """Serial ports and cameras; another `dev` and `sys` are for trying this out."""
    return (*_serial_ports(dev), *_cameras(dev, sys))


def _serial_ports(dev: Path) -> Iterator[Port]:
    # By path, not by id: two adapters without a serial number have the same id.
    by_path = {link.resolve(): link for link in sorted((dev / "serial" / "by-path").glob("*"))}
    known = {} if dev != _DEV else {Path(info.device): info for info in list_ports.comports()}
    for device in sorted({*known, *by_path}):
        info = known.get(device)
        link = by_path.get(device)
        yield Port(
            link=f"serial://{link or device}",
            title=_known(info.description if info is not None else None) or device.name,
            hardware=_known(info.hwid if info is not None else None),
            stable=link is not None,
        )


def _known(words: str | None) -> str:
    """pyserial writes n/a where the kernel says nothing."""
    return "" if words in (None, "n/a") else str(words)


def _cameras(dev: Path, sys: Path) -> Iterator[Port]:
    by_path = {link.resolve(): link for link in sorted((dev / "v4l" / "by-path").glob("*"))}
    for device in sorted(dev.glob("video[0-9]*")):
        name = sys / "class" / "video4linux" / device.name / "name"
        link = by_path.get(device.resolve())
        yield Port(
            link=f"v4l2://{link or device}",
            title=name.read_text(encoding="utf-8", errors="replace").strip() if name.is_file() else device.name,
            hardware="",
            stable=link is not None,
        )
