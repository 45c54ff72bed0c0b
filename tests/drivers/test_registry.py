"""The table of kinds: every row leads somewhere, and what is not in it is told."""

from __future__ import annotations

import pytest

from drivers.id_card.usb_products import PRODUCTS
from drivers.registry import KINDS, UnknownKind, kind_named, load, make_device, open_device
from drivers.simulation import simulate
from drivers.trouble import WrongState


@pytest.mark.parametrize("kind", KINDS)
def test_every_driver_and_simulator_in_the_table_exists(kind: str) -> None:
    for driver in KINDS[kind].drivers:
        assert isinstance(load(driver.where), type)
    simulator = load(KINDS[kind].simulator)
    assert isinstance(simulator, type)
    assert vars(simulator)["kind"] == kind


def test_dash_and_underscore_are_the_same() -> None:
    assert kind_named("id-card") is kind_named("id_card") is KINDS["id_card"]


@pytest.mark.parametrize(("kind", "driver"), [("teapot", None), ("id_card", "telepathy")])
def test_what_is_not_in_the_table_is_told_with_what_is(kind: str, driver: str | None) -> None:
    with pytest.raises(UnknownKind) as unknown:
        make_device(kind, driver, "/dev/null")
    assert "可以用的有" in unknown.value.advice


@pytest.mark.parametrize(
    ("kind", "link", "taken"),
    [
        ("audio", "null://", "NullAudio"),
        ("audio", "alsa://default", "AlsaAudio"),
        ("digital_line", "gpio:///dev/gpiochip0?line=4", "GpioLine"),
        ("digital_line", "lines:///dev/ttyUSB0?line=cts", "ModemLine"),
        ("id_card", "/dev/ttyUSB0", "SamReader"),
    ],
)
def test_where_no_driver_is_named_the_one_that_opens_such_a_link_is_taken(kind: str, link: str, taken: str) -> None:
    assert type(make_device(kind, None, link)).__name__ == taken


def test_open_device_hands_back_a_device_that_is_open_and_make_device_one_that_is_not() -> None:
    with simulate("id_card").start() as simulation:
        reader = open_device("id-card", "sam", simulation.link)
        assert not reader.find()
        reader.close()
        with pytest.raises(WrongState):
            make_device("id_card", None, simulation.link).find()


def test_the_card_readers_on_usb_are_those_that_the_driver_speaks_to() -> None:
    spoken = {f"{each.vendor:04x}:{each.product:04x}" for each in PRODUCTS.values() if each.speaks == "bulk"}
    assert set(KINDS["id_card"].drivers[0].usb) == spoken
