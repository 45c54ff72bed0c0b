"""From `usb://VVVV:PPPP?path=1-1.2` to the pipes of one device that lies on this bus and port.

Every transfer has a time-out that the kernel keeps, so a reader that hangs does not. What has none of ours is opening:
choosing a configuration waits for the kernel's own five seconds, and a host controller that is itself broken may hold
a call until it is reset. That is why `sam_link` lets a child process open and move it, which can be killed.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

import usb.core
import usb.util

from drivers.id_card.usb_pipes import Pipe, Pipes, UsbPipesLink
from drivers.id_card.usb_products import PRODUCTS
from drivers.link import Link, LinkRefused

Laying = Literal["split", "single"]

_NUMBERS: Final = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")
_PATH: Final = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")
_SPLIT: Final = (0x02, 0x06, 0x81, 0x85)
"""Where a module with split pipes has them: head out, body out, head in, body in."""


@dataclass(frozen=True)
class UsbAddress:
    """Which device is meant: `path` is its place on the bus, needed where two alike are plugged in."""

    vendor: int
    product: int
    path: str | None
    pipes: Laying | None

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.vendor:04x}:{self.product:04x}"


def parse(url: str) -> UsbAddress:
    """The address in a link URL; raises LinkRefused."""
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError as error:
        raise _unreadable(url) from error
    numbers = _NUMBERS.fullmatch(parts.netloc)
    path, pipes = options.pop("path", None), options.pop("pipes", None)
    wrong = parts.path or options or (path is not None and not _PATH.fullmatch(path))
    if parts.scheme != "usb" or numbers is None or wrong or pipes not in (None, "split", "single"):
        raise _unreadable(url)
    laying: Laying | None = "split" if pipes == "split" else "single" if pipes == "single" else None
    return UsbAddress(int(numbers[1], 16), int(numbers[2], 16), path, laying)


def open_usb(url: str, backend: Any = None) -> Link:
    """The link to the one device that is meant; `backend` is pyusb's, another than libusb for trying this out.

    Raises LinkRefused, whose sentence and advice are fit for the person who typed the link.
    """
    address = parse(url)
    _must_be_spoken(address)
    try:
        device = _the_one(address, backend)
        try:
            pipes = _opened(device, address, url)
        except BaseException:
            usb.util.dispose_resources(device)
            raise
    except usb.core.NoBackendError as error:
        raise LinkRefused("link.no_libusb", "这台机器没有 USB 库。", "请安装软件包 libusb-1.0-0。") from error
    except usb.core.USBError as error:
        raise _refused(url, error) from error
    return UsbPipesLink(device, pipes, url, lambda: usb.util.dispose_resources(device))


def _must_be_spoken(address: UsbAddress) -> None:
    """A device that nobody vouches for is not tried: what bytes do to it, nobody knows."""
    known = PRODUCTS.get((address.vendor, address.product))
    if known is None and address.pipes is None:
        raise LinkRefused(
            "link.unknown_product",
            f"不认识 USB 设备 {address.name}。",
            "如果确知它是 SAM 协议的身份证阅读器，请在链接后面写上 pipes=split 或 pipes=single。",
        )
    if known is not None and known.speaks != "bulk":
        raise LinkRefused(
            "link.unsupported",
            f"还不支持 {known.title} 的 USB 方式（{known.speaks}）。",
            "请改用它的串口，或换一台列表里支持的阅读器。",
        )


def _the_one(address: UsbAddress, backend: Any) -> Any:
    found = {
        _path_of(device): device
        for device in usb.core.find(find_all=True, backend=backend, idVendor=address.vendor, idProduct=address.product)
    }
    wanted = found if address.path is None else {path: found[path] for path in found if path == address.path}
    if not wanted:
        at = "" if address.path is None else f"（接口 {address.path}）"
        raise LinkRefused("link.missing", f"没有找到 USB 阅读器 {address.name}{at}。", "请插好它的 USB 线。")
    if len(wanted) > 1:
        raise LinkRefused(
            "link.ambiguous",
            f"插着 {len(wanted)} 台一样的阅读器 {address.name}。",
            f"请在链接后面写上是哪一台：path={' 或 path='.join(sorted(wanted))}。",
        )
    return next(iter(wanted.values()))


def _path_of(device: Any) -> str:
    """As the kernel names the place: bus, and the ports on the way."""
    return f"{device.bus}-{'.'.join(str(port) for port in device.port_numbers or ())}"


def _opened(device: Any, address: UsbAddress, url: str) -> Pipes:
    for interface in _configured(device):
        pipes = _pipes(tuple(interface), address.pipes)
        if pipes is None:
            continue
        number = interface.bInterfaceNumber
        if _kernel_holds(device, number):
            device.detach_kernel_driver(number)
        usb.util.claim_interface(device, number)
        return pipes
    raise LinkRefused(
        "link.no_pipes",
        f"USB 设备 {url} 没有阅读器该有的数据通道。",
        "请检查链接里的编号和 pipes 是否写对，或改用它的串口。",
    )


def _configured(device: Any) -> Iterator[Any]:
    """The interfaces of the configuration in use; choosing one anew would reset a device that is at work."""
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    return iter(configuration)


def _kernel_holds(device: Any, number: int) -> bool:
    try:
        return bool(device.is_kernel_driver_active(number))
    except NotImplementedError:
        return False


def _pipes(endpoints: tuple[Any, ...], laying: Laying | None) -> Pipes | None:
    """How this interface lays its pipes; where nothing is told, all four of the module's own mean split."""
    bulk = {
        end.bEndpointAddress: Pipe(end.bEndpointAddress, end.wMaxPacketSize)
        for end in endpoints
        if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
    }
    if laying != "single" and all(address in bulk for address in _SPLIT):
        return Pipes(*(bulk[address] for address in _SPLIT))
    # Of several, the last ones: so does the one program known to speak through a single pair.
    outs = [pipe for address, pipe in bulk.items() if address < 0x80]
    ins = [pipe for address, pipe in bulk.items() if address >= 0x80]
    if laying == "split" or not outs or not ins:
        return None
    return Pipes(outs[-1], outs[-1], ins[-1], ins[-1])


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable",
        f"看不懂 USB 链接“{url}”。",
        "请写成 usb://0400:c35a 或 usb://0400:c35a?path=1-1.2。",
    )


def _refused(url: str, error: usb.core.USBError) -> LinkRefused:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return LinkRefused(
                "link.permission", f"没有权限打开 {url}。", "请给运行本程序的用户这台 USB 设备的读写权限（udev 规则）。"
            )
        case errno.EBUSY:
            return LinkRefused("link.busy", f"{url} 正被别的程序占用。", "请先关掉占用它的程序，再试一次。")
        case _:
            return LinkRefused("link.refused", f"打不开 USB 阅读器 {url}。", "请重新插拔它的 USB 线，再试一次。")
