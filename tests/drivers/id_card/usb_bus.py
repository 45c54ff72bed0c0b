"""A USB bus below pyusb: real pyusb on top, the simulator's module in the device, 64-byte packets in between.

pyusb reaches libusb through a backend; this is one, so everything above it is what runs on a terminal.
"""

from __future__ import annotations

import errno
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

import usb.backend
import usb.core

from drivers.id_card.simulator import SimulatedIdCardReader

PACKET_BYTES: Final = 64
SPLIT: Final = (0x02, 0x06, 0x81, 0x85)
SINGLE: Final = (0x01, 0x82)
_BULK, _INTERRUPT = 2, 3
_NOT_BULK: Final = 0x83


class OverheardModule(SimulatedIdCardReader):
    """The simulated module without a wire: what it says is kept for the pipes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.said: deque[bytes] = deque()

    def say(self, data: bytes) -> None:
        self.said.append(data)


@dataclass
class UsbReader:
    """One device on the bus: its pipes, its place, and how it misbehaves."""

    module: OverheardModule = field(default_factory=OverheardModule)
    endpoints: Sequence[int] = SPLIT
    numbers: tuple[int, int] = (0x0400, 0xC35A)
    bus: int = 1
    ports: tuple[int, ...] = (1, 2)
    configured: bool = True
    empty_packets: bool = True
    """Whether a transfer of full packets is ended by an empty one, as it should be."""
    kernel_driver: bool = False
    open_error: int | None = None
    claim_error: int | None = None
    gone: bool = False
    stalls: dict[int, int] = field(default_factory=dict)
    """How often each pipe still stalls; a halted pipe runs again only after it was cleared."""
    halted: set[int] = field(default_factory=set)
    short_writes: bool = False
    babbles: bool = False
    goes_when_cleared: bool = False
    transfers: list[tuple[int, int]] = field(default_factory=list)
    """Address and time-out of every transfer."""
    claimed: bool = False
    handles: int = 0
    now: float = 0.0
    """The time on this bus: what does not come costs its time-out and nobody's patience."""
    _outgoing: dict[int, deque[bytes]] = field(default_factory=dict)
    _written: bytearray = field(default_factory=bytearray)

    @property
    def split(self) -> bool:
        return set(SPLIT) <= set(self.endpoints)

    def take(self, address: int, data: bytes) -> int:
        """Bytes written to a pipe; a frame is heard when its last part has come."""
        self._written += data
        if not self.split or address == SPLIT[1]:
            self.module.hear(bytes(self._written))
            self._written.clear()
        while self.module.said:
            self._lay_out(self.module.said.popleft())
        return len(data)

    def give(self, address: int, timeout: int) -> bytes:
        """The next packet in a pipe, or a time-out."""
        packets = self._outgoing.setdefault(address, deque())
        if not packets:
            assert timeout > 0, "libusb would wait for ever"
            self.now += timeout / 1000
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        packet = packets.popleft()
        if self.babbles:
            raise usb.core.USBError("Overflow", -8, errno.EOVERFLOW)
        return packet

    def _lay_out(self, frame: bytes) -> None:
        if self.split:
            self._packets(SPLIT[2], frame[:7])
            self._packets(SPLIT[3], frame[7:])
        else:
            self._packets(next(end for end in reversed(self.endpoints) if end >= 0x80 and end != _NOT_BULK), frame)

    def _packets(self, address: int, data: bytes) -> None:
        packets = self._outgoing.setdefault(address, deque())
        packets.extend(data[at : at + PACKET_BYTES] for at in range(0, len(data), PACKET_BYTES))
        if data and len(data) % PACKET_BYTES == 0 and self.empty_packets:
            packets.append(b"")

    def left_over(self, address: int, data: bytes) -> None:
        """Something that still lies in a pipe from before."""
        self._packets(address, data)

    def must_be_there(self) -> None:
        if self.gone:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)

    def may_stall(self, address: int) -> None:
        if self.stalls.get(address, 0) > 0:
            self.stalls[address] -= 1
            self.halted.add(address)
        if address in self.halted:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)


class UsbBus(usb.backend.IBackend):  # type: ignore[misc] # pyusb carries no types
    """A libusb with these devices."""

    def __init__(self, *readers: UsbReader) -> None:
        self.readers = list(readers)

    def enumerate_devices(self) -> Iterator[UsbReader]:
        return iter([reader for reader in self.readers if not reader.gone])

    def get_parent(self, dev: UsbReader) -> None:
        return None

    def get_device_descriptor(self, dev: UsbReader) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x0200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=dev.numbers[0],
            idProduct=dev.numbers[1],
            bcdDevice=0x0100,
            iManufacturer=0,
            iProduct=0,
            iSerialNumber=0,
            bNumConfigurations=1,
            address=self.readers.index(dev) + 1,
            bus=dev.bus,
            port_number=dev.ports[-1],
            port_numbers=dev.ports,
            speed=2,
        )

    def get_configuration_descriptor(self, dev: UsbReader, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=0,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0x80,
            bMaxPower=50,
            extra_descriptors=array("B"),
        )

    def get_interface_descriptor(self, dev: UsbReader, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=len(dev.endpoints),
            bInterfaceClass=0xFF,
            bInterfaceSubClass=0,
            bInterfaceProtocol=0,
            iInterface=0,
            extra_descriptors=array("B"),
        )

    def get_endpoint_descriptor(self, dev: UsbReader, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        address = dev.endpoints[ep]
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=address,
            bmAttributes=_INTERRUPT if address == _NOT_BULK else _BULK,
            wMaxPacketSize=PACKET_BYTES,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=array("B"),
        )

    def open_device(self, dev: UsbReader) -> UsbReader:
        if dev.open_error is not None:
            raise usb.core.USBError("Access denied", -3, dev.open_error)
        dev.must_be_there()
        dev.handles += 1
        return dev

    def close_device(self, dev_handle: UsbReader) -> None:
        dev_handle.handles -= 1

    def set_configuration(self, dev_handle: UsbReader, config_value: int) -> None:
        dev_handle.configured = True

    def get_configuration(self, dev_handle: UsbReader) -> int:
        return 1 if dev_handle.configured else 0

    def claim_interface(self, dev_handle: UsbReader, intf: int) -> None:
        if dev_handle.claim_error is not None:
            raise usb.core.USBError("Resource busy", -6, dev_handle.claim_error)
        assert not dev_handle.kernel_driver
        dev_handle.claimed = True

    def release_interface(self, dev_handle: UsbReader, intf: int) -> None:
        dev_handle.claimed = False

    def is_kernel_driver_active(self, dev_handle: UsbReader, intf: int) -> bool:
        return dev_handle.kernel_driver

    def detach_kernel_driver(self, dev_handle: UsbReader, intf: int) -> None:
        dev_handle.kernel_driver = False

    def bulk_write(self, dev_handle: UsbReader, ep: int, intf: int, data: Any, timeout: int) -> int:
        dev_handle.must_be_there()
        dev_handle.may_stall(ep)
        dev_handle.transfers.append((ep, timeout))
        sent = bytes(data)
        return 1 if dev_handle.short_writes else dev_handle.take(ep, sent)

    def bulk_read(self, dev_handle: UsbReader, ep: int, intf: int, buff: Any, timeout: int) -> int:
        dev_handle.must_be_there()
        dev_handle.may_stall(ep)
        dev_handle.transfers.append((ep, timeout))
        packet = dev_handle.give(ep, timeout)
        buff[: len(packet)] = array("B", packet)
        return len(packet)

    def clear_halt(self, dev_handle: UsbReader, ep: int) -> None:
        dev_handle.gone = dev_handle.gone or dev_handle.goes_when_cleared
        dev_handle.must_be_there()
        dev_handle.halted.discard(ep)
