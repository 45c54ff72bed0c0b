"""Which kinds of device there are, by which drivers, and how far each is proven. Data; nothing is loaded to read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from drivers.trouble import DeviceTrouble

if TYPE_CHECKING:
    from drivers.capture.blanking import Blanker
    from drivers.capture.recorder import Recorder

Seen = Literal["real hardware seen", "simulator only", "not yet"]


@dataclass(frozen=True)
class Driver:
    """One driver of a kind: `where` is `module:class`, `links` the URL schemes it opens, the rest its proof."""

    name: str
    where: str
    links: tuple[str, ...]
    speaks: str
    seen: Seen


@dataclass(frozen=True)
class Kind:
    """One kind of device; the first driver is the one taken where none is named. `simulator` is `module:class`.

    `blanking` is the `module:class` that takes what is personal out of a capture; a kind without one is not captured.
    """

    name: str
    title: str
    drivers: tuple[Driver, ...]
    simulator: str
    blanking: str = ""


_SERIAL: Final = ("path", "serial", "socket", "rfc2217")

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "id_card",
                "身份证阅读器",
                (Driver("sam", "drivers.id_card.sam:SamReader", _SERIAL, "SAM_V / GA 467", "simulator only"),),
                "drivers.id_card.simulator:SimulatedIdCardReader",
                "drivers.id_card.blanking:SamBlanker",
            ),
            Kind(
                "receipt_printer",
                "凭条打印机",
                (
                    Driver(
                        "escpos",
                        "drivers.receipt_printer.escpos:EscposPrinter",
                        _SERIAL,
                        "ESC/POS, GB18030",
                        "simulator only",
                    ),
                ),
                "drivers.receipt_printer.simulator:SimulatedReceiptPrinter",
                "drivers.receipt_printer.blanking:EscposBlanker",
            ),
            Kind(
                "camera",
                "摄像头",
                (
                    Driver(
                        "opencv",
                        "drivers.camera.opencv:OpencvCamera",
                        ("v4l2", "images"),
                        "V4L2, image files",
                        "simulator only",
                    ),
                    Driver(
                        "document",
                        "drivers.camera.document.opencv:OpencvDocumentCamera",
                        ("v4l2", "images"),
                        "pages, MRZ, QR",
                        "simulator only",
                    ),
                ),
                "drivers.camera.simulator:SimulatedCamera",
            ),
        )
    }
)


class UnknownKind(DeviceTrouble):
    """A kind or driver that this program does not have."""


def kind_named(name: str) -> Kind:
    """The kind with this name, `-` and `_` alike; raises UnknownKind."""
    kind = KINDS.get(name.replace("-", "_"))
    if kind is None:
        known = "、".join(sorted(KINDS))
        raise UnknownKind("device.unknown_kind", f"没有“{name}”这种设备。", f"可以用的有：{known}。")
    return kind


def open_device(kind: str, driver: str | None, link: str, **options: Any) -> Any:
    """A device of this kind, already opened (its port's `open` was called); options go to the driver's constructor.

    Raises UnknownKind, or what the driver's `open` raises (LinkRefused and its family). What comes back is the port
    of the kind: IdCardReader, ReceiptPrinter or Camera.
    """
    device = make_device(kind, driver, link, **options)
    device.open()
    return device


def make_device(kind: str, driver: str | None, link: str, **options: Any) -> Any:
    """The same device, not yet opened: for whoever wants to report its absence rather than fail.

    The option `capture` names a file into which the device's traffic is recorded, blanked (drivers/capture/FORMAT.md).
    """
    drivers = kind_named(kind).drivers
    chosen = drivers[0] if driver is None else next((each for each in drivers if each.name == driver), None)
    if chosen is None:
        known = "、".join(each.name for each in drivers)
        raise UnknownKind("device.unknown_driver", f"{kind} 没有名为“{driver}”的驱动。", f"可以用的有：{known}。")
    if capture := str(options.pop("capture", "")):
        options["connect"] = _recorder(kind, capture).connect
    return load(chosen.where)(link, **options)


def blanker_of(kind: str) -> Callable[[], Blanker]:
    """What takes the personal out of this kind's traffic; raises DeviceTrouble for a kind that has nothing for it."""
    known = kind_named(kind)
    if not known.blanking:
        can = "、".join(each.name for each in KINDS.values() if each.blanking)
        raise DeviceTrouble("capture.kind", f"{known.name} 还不能抓包。", f"能抓包的有：{can}。")
    return load(known.blanking)


def _recorder(kind: str, path: str) -> Recorder:
    from drivers.capture.recorder import Recorder
    from drivers.link import open_link

    return Recorder(Path(path), kind_named(kind).name, blanker_of(kind), open_link)


def load(where: str) -> Callable[..., Any]:
    """What `module:attribute` names, imported only now."""
    module, _, attribute = where.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
