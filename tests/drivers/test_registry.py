"""The table of kinds: every row leads somewhere, and what is not in it is told."""

from __future__ import annotations

import pytest

from drivers.registry import KINDS, UnknownKind, kind_named, load, make_device, open_device


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


def test_open_device_hands_back_a_device_that_is_open() -> None:
    class Known:
        def __init__(self, link: str, size: int) -> None:
            self.said = [link, str(size)]

        def open(self) -> None:
            self.said.append("open")

    globals()["Known"] = Known
    known = load(f"{__name__}:Known")
    assert known is Known
    with pytest.raises(UnknownKind):
        open_device("teapot", None, "x", size=3)
