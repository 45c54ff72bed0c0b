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

Seen = Literal["fleet seen", "real hardware seen", "simulator only", "not yet"]


@dataclass(frozen=True)
class Driver:
    """One driver of a kind: `where` is `module:class`, `links` the URL schemes it opens, the rest its proof.

    `usb` are the numbers (VVVV:PPPP) of the USB devices it is for, where it opens those itself. `other_ends` are the
    programs, real and not ours, that stand at the other end of the contract's wire in tests/drivers/KIND. `captured`
    says whether its traffic can be recorded, where that of its kind can be blanked.
    """

    name: str
    where: str
    links: tuple[str, ...]
    speaks: str
    seen: Seen
    usb: tuple[str, ...] = ()
    other_ends: tuple[str, ...] = ()
    captured: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of device; where no driver is named, the first that opens the link. `simulator` is `module:class`.

    `blanking` is the `module:class` that takes what is personal out of a capture; a kind without one is not captured.
    `opening` opens its links.
    """

    name: str
    title: str
    drivers: tuple[Driver, ...]
    simulator: str
    blanking: str = ""
    opening: str = "drivers.link:open_link"


_SERIAL: Final = ("path", "serial", "socket", "rfc2217")

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "id_card",
                "身份证阅读器",
                (
                    Driver(
                        "sam",
                        "drivers.id_card.sam:SamReader",
                        (*_SERIAL, "usb"),
                        "SAM_V / GA 467",
                        "simulator only",
                        usb=("0400:c35a", "261a:0007", "261a:0011", "261a:0012", "261a:001c"),
                    ),
                ),
                "drivers.id_card.simulator:SimulatedIdCardReader",
                "drivers.id_card.blanking:SamBlanker",
                "drivers.id_card.sam_link:open_sam_link",
            ),
            Kind(
                "receipt_printer",
                "凭条打印机",
                (
                    Driver(
                        "escpos",
                        "drivers.receipt_printer.escpos:EscposPrinter",
                        _SERIAL,
                        "ESC/POS, GB18030, Custom",
                        "simulator only",
                    ),
                ),
                "drivers.receipt_printer.simulator:SimulatedReceiptPrinter",
                "drivers.receipt_printer.blanking:EscposBlanker",
            ),
            Kind(
                "document_printer",
                "文件打印机",
                (
                    Driver(
                        "ipp",
                        "drivers.document_printer.ipp:IppPrinter",
                        ("ipp", "ipps"),
                        "IPP 1.1, PDF, CUPS",
                        "simulator only",
                        other_ends=("ippeveprinter", "cupsd"),
                    ),
                ),
                "drivers.document_printer.simulator:SimulatedDocumentPrinter",
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
            Kind(
                "code_scanner",
                "扫码器",
                (
                    Driver(
                        "serial",
                        "drivers.code_scanner.serial_line:SerialScanner",
                        _SERIAL,
                        "text lines, GM65, Honeywell",
                        "simulator only",
                    ),
                    Driver(
                        "evdev",
                        "drivers.code_scanner.evdev:EvdevScanner",
                        ("evdev",),
                        "Linux input events, US layout, ASCII",
                        "simulator only",
                        captured=False,
                    ),
                ),
                "drivers.code_scanner.simulator:SimulatedCodeScanner",
                "drivers.code_scanner.blanking:CodeBlanker",
                "drivers.code_scanner.serial_line:open_at_9600",
            ),
            Kind(
                "social_card",
                "社保卡读卡器",
                (
                    Driver(
                        "pcsc",
                        "drivers.social_card.pcsc_reader:PcscSocialCardReader",
                        ("pcsc",),
                        "PC/SC, basic files, no PSAM",
                        "simulator only",
                        other_ends=("pcscd", "vsmartcard-vpcd"),
                    ),
                ),
                "drivers.social_card.simulator:SimulatedSocialCard",
            ),
            Kind(
                "power",
                "不间断电源",
                (
                    Driver(
                        "nut",
                        "drivers.power.nut:NutSupply",
                        ("nut",),
                        "Network UPS Tools, RFC 9271",
                        "simulator only",
                        other_ends=("upsd", "dummy-ups"),
                    ),
                ),
                "drivers.power.simulator:SimulatedPower",
                "drivers.power.blanking:NutBlanker",
                "drivers.power.tcp_link:connect_tcp",
            ),
            Kind(
                "audio",
                "喇叭和话筒",
                (
                    Driver(
                        "alsa",
                        "drivers.audio.alsa:AlsaAudio",
                        ("alsa",),
                        "ALSA, aplay/arecord",
                        "simulator only",
                        other_ends=("aplay", "arecord"),
                    ),
                    Driver(
                        "null", "drivers.audio.null:NullAudio", ("null",), "level meter, no sound", "simulator only"
                    ),
                ),
                "drivers.audio.simulator:SimulatedAudio",
            ),
            Kind(
                "digital_line",
                "门磁和感应器",
                (
                    Driver(
                        "modem",
                        "drivers.digital_line.modem_line:ModemLine",
                        ("lines",),
                        "TIOCMGET: CTS DSR DCD RI",
                        "simulator only",
                    ),
                    Driver(
                        "gpio",
                        "drivers.digital_line.gpio_line:GpioLine",
                        ("gpio",),
                        "Linux GPIO uAPI v2",
                        "simulator only",
                    ),
                ),
                "drivers.digital_line.simulator:SimulatedDigitalLine",
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
    of the kind: IdCardReader, ReceiptPrinter, DocumentPrinter, Camera, PowerSupply and so on.
    """
    device = make_device(kind, driver, link, **options)
    device.open()
    return device


def make_device(kind: str, driver: str | None, link: str, **options: Any) -> Any:
    """The same device, not yet opened: for whoever wants to report its absence rather than fail.

    The option `capture` names a file into which the device's traffic is recorded, blanked (drivers/capture/FORMAT.md).
    """
    drivers = kind_named(kind).drivers
    chosen = (
        _for_link(drivers, link) if driver is None else next((each for each in drivers if each.name == driver), None)
    )
    if chosen is None:
        known = "、".join(each.name for each in drivers)
        raise UnknownKind("device.unknown_driver", f"{kind} 没有名为“{driver}”的驱动。", f"可以用的有：{known}。")
    if capture := str(options.pop("capture", "")):
        if not chosen.captured:
            others = "、".join(each.name for each in drivers if each.captured)
            raise DeviceTrouble(
                "capture.driver", f"{kind} 的 {chosen.name} 驱动还不能抓包。", f"能抓包的有：{others}。"
            )
        options["connect"] = _recorder(kind, capture).connect
    return load(chosen.where)(link, **options)


def _for_link(drivers: tuple[Driver, ...], link: str) -> Driver:
    """The first driver that opens links of this scheme; the first of all where none does, which then says so."""
    scheme, separator, _ = link.partition("://")
    wanted = scheme if separator else "path"
    return next((each for each in drivers if wanted in each.links), drivers[0])


def blanker_of(kind: str) -> Callable[[], Blanker]:
    """What takes the personal out of this kind's traffic; raises DeviceTrouble for a kind that has nothing for it."""
    known = kind_named(kind)
    if not known.blanking:
        can = "、".join(each.name for each in KINDS.values() if each.blanking)
        raise DeviceTrouble("capture.kind", f"{known.name} 还不能抓包。", f"能抓包的有：{can}。")
    return load(known.blanking)


def _recorder(kind: str, path: str) -> Recorder:
    from drivers.capture.recorder import Recorder

    known = kind_named(kind)
    return Recorder(Path(path), known.name, blanker_of(kind), load(known.opening))


def load(where: str) -> Callable[..., Any]:
    """What `module:attribute` names, imported only now."""
    module, _, attribute = where.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
