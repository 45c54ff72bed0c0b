"""A made-up machine: /dev and /sys with real symlinks, into which devices are plugged the way the kernel does it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CONTROLLER = "pci0000:00/0000:00:14.0"


class Tree:
    """Sockets are named as on a USB bus: 1, 2, 1.4 …; the kernel deals out the lowest free name."""

    def __init__(self, root: Path, *, udev: bool = True) -> None:
        self.dev, self.sys = root / "dev", root / "sys"
        self._udev = udev
        for folder in (self.dev, self.sys / "class", self.sys / "bus" / "usb" / "devices"):
            folder.mkdir(parents=True)

    def device(self, socket: str, numbers: str, product: str, *, bus: int = 1, device_class: str = "00") -> Path:
        folder = self.sys / "devices" / CONTROLLER / f"usb{bus}" / f"{bus}-{socket}"
        folder.mkdir(parents=True)
        vendor, _, of = numbers.partition(":")
        for name, value in (
            ("idVendor", vendor),
            ("idProduct", of),
            ("manufacturer", "示例"),
            ("product", product),
            ("bDeviceClass", device_class),
        ):
            (folder / name).write_text(f"{value}\n", encoding="utf-8")
        _link(self.sys / "bus" / "usb" / "devices" / folder.name, folder)
        return folder

    def interface(self, device: Path, name: str = "1.0", interface_class: str = "ff") -> Path:
        folder = device / f"{device.name}:{name}"
        folder.mkdir()
        (folder / "bInterfaceClass").write_text(f"{interface_class}\n")
        _link(self.sys / "bus" / "usb" / "devices" / folder.name, folder)
        return folder

    def adapter(self, socket: str, *, bus: int = 1) -> Path:
        """A serial adapter without a serial number, one like the other; its node is handed back."""
        interface = self.interface(self.device(socket, "1a86:7523", "USB Serial", bus=bus))
        name = self._free("ttyUSB")
        port = interface / name
        port.mkdir()
        (port / "port_number").write_text("0\n")
        return self._node("tty", name, port, self.dev / name, "serial", f"usb-0:{socket}:1.0-port0")

    def camera(self, socket: str, name: str) -> Path:
        interface = self.interface(self.device(socket, "0bda:5844", name), interface_class="0e")
        node = self._free("video")
        made = self._node("video4linux", node, interface, self.dev / node, "v4l", f"usb-0:{socket}:1.0-video-index0")
        (self.sys / "class" / "video4linux" / node / "name").write_text(f"{name}\n")
        (self.sys / "class" / "video4linux" / node / "index").write_text("0\n")
        return made

    def keyboard(self, socket: str, name: str) -> Path:
        interface = self.interface(self.device(socket, "0c2e:0b61", name), interface_class="03")
        device = interface / "0003:0C2E:0B61.0007" / "input" / "input19"
        device.mkdir(parents=True)
        (device / "name").write_text(f"{name}\n")
        return self._node("input", "event3", device, self.dev / "input" / "event3", "input", f"usb-{socket}-event-kbd")

    def pull(self, socket: str, *, bus: int = 1) -> None:
        """Out it goes, with everything that named it."""
        folder = self.sys / "devices" / CONTROLLER / f"usb{bus}" / f"{bus}-{socket}"
        shutil.rmtree(folder)
        for entry in (*self.sys.glob("class/*/*"), *self.sys.glob("bus/usb/devices/*")):
            target = entry if entry.is_symlink() else entry / "device"
            if target.is_symlink() and not target.exists():
                entry.unlink() if entry.is_symlink() else shutil.rmtree(entry)
                for node in self.dev.rglob(entry.name):
                    node.unlink()
        for link in self.dev.rglob("by-path/*"):
            if not link.exists():
                link.unlink()

    def _node(self, family: str, name: str, device: Path, node: Path, by: str, path: str) -> Path:
        entry = self.sys / "class" / family / name
        entry.mkdir(parents=True)
        _link(entry / "device", device)
        node.parent.mkdir(parents=True, exist_ok=True)
        # A file that can be neither read nor written: a listing that touches it would fail.
        node.touch(mode=0)
        if self._udev:
            _link(self.dev / by / "by-path" / f"pci-0000:00:14.0-{path}", node)
        return node

    def _free(self, stem: str) -> str:
        return next(name for n in range(100) if not os.path.lexists(self.dev / (name := f"{stem}{n}")))


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
