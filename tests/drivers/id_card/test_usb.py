"""The module on USB: both ways of laying its pipes, and everything that a bus can do to a reader."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from drivers.health import Cause, State
from drivers.id_card.port import IdCardReader, ReadFault
from drivers.id_card.record import from_record, to_record
from drivers.id_card.sam import SamReader
from drivers.id_card.sam_link import open_sam_link
from drivers.id_card.usb_open import open_usb
from drivers.id_card.usb_products import PRODUCTS
from drivers.link import LinkLost, LinkRefused
from tests.drivers.id_card.player import FOUND, LAYOUTS, NEWEST_ADDRESS, fields_of
from tests.drivers.id_card.usb_bus import SINGLE, SPLIT, UsbBus, UsbReader

URL = "usb://0400:c35a"
BOTH = pytest.mark.parametrize("endpoints", [SPLIT, SINGLE], ids=["split", "single"])


def reader_on(device: UsbReader, url: str = URL, **options: Any) -> SamReader:
    bus = UsbBus(device)
    reader = SamReader(url, connect=lambda wanted: open_usb(wanted, bus), monotonic=lambda: device.now, **options)
    reader.open()
    return reader


def lay(device: UsbReader, layout: str, **more: object) -> None:
    device.module.lay(from_record({**fields_of(layout), **more}))


def read(reader: IdCardReader) -> dict[str, Any]:
    assert reader.find()
    card = reader.read()
    assert not isinstance(card, ReadFault), card.code
    record = to_record(card)
    record.pop("photo_base64")
    return record


@BOTH
@pytest.mark.parametrize("empty_packets", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_is_read(endpoints: tuple[int, ...], empty_packets: bool, layout: str) -> None:
    device = UsbReader(endpoints=endpoints, empty_packets=empty_packets)
    reader = reader_on(device)
    for _ in range(3):
        lay(device, layout, newest_address=NEWEST_ADDRESS)
        assert read(reader) == {**fields_of(layout), "newest_address": NEWEST_ADDRESS}
        device.module.lift()
    assert reader.health().state is State.ready
    assert reader.module_number() == "05.03-20250101-0001234567-0007654321"


def test_each_part_of_a_frame_goes_through_its_own_pipe() -> None:
    device = UsbReader()
    reader_on(device).find()
    assert [address for address, _ in device.transfers if address < 0x80] == [0x02, 0x06]


@BOTH
def test_every_transfer_has_a_time_out(endpoints: tuple[int, ...]) -> None:
    device = UsbReader(endpoints=endpoints)
    reader = reader_on(device)
    lay(device, "resident")
    read(reader)
    assert all(0 < timeout <= 5000 for _, timeout in device.transfers)


@BOTH
def test_a_reader_that_hangs_is_unknown_within_its_deadline(endpoints: tuple[int, ...]) -> None:
    device = UsbReader(endpoints=endpoints)
    reader = reader_on(device)
    device.module.fault("silent")
    assert not reader.find()
    health = reader.health()
    assert (health.state, health.code) == (State.unknown, "id_card.silent")
    assert device.now < 3.0


@BOTH
@pytest.mark.parametrize("fault", ["half_frame", "wrong_checksum", "garbage", "card_pulled", "auth_failed"])
def test_what_goes_wrong_with_one_card_does_not_reach_the_next(endpoints: tuple[int, ...], fault: str) -> None:
    device = UsbReader(endpoints=endpoints)
    reader = reader_on(device)
    lay(device, "resident")
    assert reader.find()
    device.module.fault(fault)
    assert isinstance(reader.read(), ReadFault)
    device.module.clear()
    lay(device, "J")
    assert read(reader) == fields_of("J")


@BOTH
def test_a_reader_pulled_out_is_absent_and_one_put_back_reads(endpoints: tuple[int, ...]) -> None:
    device = UsbReader(endpoints=endpoints)
    reader = reader_on(device)
    lay(device, "resident")
    assert reader.find()
    device.gone = True
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert (outcome.health.state, outcome.health.cause) == (State.absent, Cause.environment)
    assert not reader.find()
    device.gone = False
    assert read(reader) == fields_of("resident")


@BOTH
def test_a_pipe_that_stalls_once_is_cleared(endpoints: tuple[int, ...]) -> None:
    out_pipe, in_pipe = endpoints[0], endpoints[len(endpoints) // 2]
    device = UsbReader(endpoints=endpoints)
    reader = reader_on(device)
    lay(device, "resident")
    for pipe in (out_pipe, in_pipe):
        device.stalls[pipe] = 1
        device.module.lift()
        lay(device, "resident")
        assert read(reader) == fields_of("resident")


@BOTH
def test_a_pipe_that_stalls_for_good_is_a_lost_reader(endpoints: tuple[int, ...]) -> None:
    for pipe in (endpoints[0], endpoints[len(endpoints) // 2]):
        device = UsbReader(endpoints=endpoints)
        reader = reader_on(device)
        device.stalls[pipe] = 1000
        assert not reader.find()
        assert not reader.find()
        assert reader.health().code == "id_card.link_lost"


def test_a_device_that_goes_while_its_pipe_is_cleared_is_lost() -> None:
    device = UsbReader(goes_when_cleared=True)
    link = open_usb(URL, UsbBus(device))
    device.stalls[0x81] = 1
    with pytest.raises(LinkLost):
        link.read(64, 0.1)


def test_a_pipe_that_takes_half_a_frame_is_lost() -> None:
    device = UsbReader(short_writes=True)
    link = open_usb(URL, UsbBus(device))
    with pytest.raises(LinkLost):
        link.write(bytes(10))


def test_a_packet_larger_than_a_packet_is_a_lost_link() -> None:
    device = UsbReader(endpoints=SINGLE, babbles=True)
    link = open_usb(URL, UsbBus(device))
    device.left_over(0x82, bytes(10))
    with pytest.raises(LinkLost):
        link.read(64, 0.1)


def test_a_transfer_of_full_packets_is_ended_by_an_empty_one() -> None:
    device = UsbReader(endpoints=SINGLE)
    link = open_usb(URL, UsbBus(device))
    link.write(bytes(128))
    assert [address for address, _ in device.transfers] == [0x01, 0x01]


def test_the_rest_of_an_answer_given_up_is_not_read_as_the_next() -> None:
    device = UsbReader()
    reader = reader_on(device)
    device.left_over(0x85, bytes(500))
    lay(device, "resident")
    assert read(reader) == fields_of("resident")


@pytest.mark.parametrize("head", [FOUND, b"\xaa\xaa\xaa\x96\x69\xff\xff", b"\x00", bytes(64)])
def test_a_head_that_is_none_announces_nothing(head: bytes) -> None:
    device = UsbReader()
    reader = reader_on(device)
    device.left_over(0x81, head)
    lay(device, "Y")
    assert read(reader) == fields_of("Y")


def test_closing_gives_the_interface_back_and_may_be_repeated() -> None:
    device = UsbReader()
    link = open_usb(URL, UsbBus(device))
    assert (device.claimed, device.handles) == (True, 1)
    link.close()
    link.close()
    assert (device.claimed, device.handles) == (False, 0)


def test_a_device_not_yet_configured_is_and_one_the_kernel_holds_is_taken() -> None:
    device = UsbReader(configured=False, kernel_driver=True)
    reader_on(device)
    assert device.configured
    assert not device.kernel_driver


def test_two_alike_are_told_apart_by_their_place() -> None:
    near, far = UsbReader(ports=(1, 2)), UsbReader(ports=(4,), bus=3)
    bus = UsbBus(near, far)
    with pytest.raises(LinkRefused) as refused:
        open_usb(URL, bus)
    assert refused.value.code == "link.ambiguous"
    assert "path=1-1.2" in refused.value.advice
    assert "path=3-4" in refused.value.advice
    held = open_usb(f"{URL}?path=3-4", bus)
    assert (near.claimed, far.claimed) == (False, True)
    held.close()


@pytest.mark.parametrize(
    ("device", "url", "code"),
    [
        (UsbReader(gone=True), URL, "link.missing"),
        (UsbReader(), f"{URL}?path=1-9", "link.missing"),
        (UsbReader(open_error=errno.EACCES), URL, "link.permission"),
        (UsbReader(claim_error=errno.EBUSY), URL, "link.busy"),
        (UsbReader(claim_error=errno.EIO), URL, "link.refused"),
        (UsbReader(endpoints=(0x83,)), URL, "link.no_pipes"),
        (UsbReader(endpoints=SINGLE), f"{URL}?pipes=split", "link.no_pipes"),
        (UsbReader(numbers=(0x1234, 0x5678)), "usb://1234:5678", "link.unknown_product"),
        (UsbReader(numbers=(0x261A, 0x000C)), "usb://261a:000c", "link.unsupported"),
        (UsbReader(numbers=(0x10C4, 0x0007)), "usb://10C4:0007?pipes=single", "link.unsupported"),
        (UsbReader(), "usb://0400", "link.unreadable"),
        (UsbReader(), "usb://0400:c35a/1", "link.unreadable"),
        (UsbReader(), "usb://0400:c35a?path=/dev", "link.unreadable"),
        (UsbReader(), "usb://0400:c35a?pipes=three", "link.unreadable"),
        (UsbReader(), "usb://0400:c35a?colour=red", "link.unreadable"),
        (UsbReader(), "usb://0400:c35a?path", "link.unreadable"),
        (UsbReader(), "usb://[", "link.unreadable"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence_and_leaves_nothing_held(device: UsbReader, url: str, code: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        open_usb(url, UsbBus(device))
    assert refused.value.code == code
    assert device.handles == 0
    assert device.transfers == []


def test_an_unknown_reader_is_tried_only_when_somebody_says_how() -> None:
    device = UsbReader(numbers=(0x1234, 0x5678), endpoints=(0x01, 0x03, 0x82, 0x83))
    lay(device, "resident")
    reader = reader_on(device, "usb://1234:5678?pipes=single")
    assert read(reader) == fields_of("resident")
    assert {address for address, _ in device.transfers} == {0x03, 0x82}


def test_a_machine_without_libusb_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("libusb1", "libusb0", "openusb"):
        monkeypatch.setattr(f"usb.backend.{library}.get_backend", lambda *_args, **_named: None)
    with pytest.raises(LinkRefused) as refused:
        open_usb(URL)
    assert refused.value.code == "link.no_libusb"


def test_a_reader_that_is_not_there_is_told_through_the_process_that_looks_for_it() -> None:
    with pytest.raises(LinkRefused) as refused:
        open_sam_link("usb://1234:5678?pipes=single&path=9-9")
    assert refused.value.code in ("link.missing", "link.no_libusb")


def test_another_link_is_opened_as_ever() -> None:
    with pytest.raises(LinkRefused) as refused:
        open_sam_link("/dev/zhizhu-no-such-port")
    assert refused.value.code == "link.missing"


def test_every_product_is_listed_under_its_numbers() -> None:
    assert all(key == (product.vendor, product.product) for key, product in PRODUCTS.items())
    assert {product.speaks for product in PRODUCTS.values()} == {"bulk", "control", "hid"}
