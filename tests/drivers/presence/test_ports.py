"""What stands in the list, and that a socket keeps its name whatever the kernel calls the device in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.presence.place import place_of
from drivers.presence.ports import Port, every_port, has_driver, ports
from drivers.presence.sight import stable_link
from tests.drivers.presence.tree import CONTROLLER, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def listed(tree: Tree) -> tuple[Port, ...]:
    return ports(tree.dev, tree.sys)


def test_a_serial_adapter_is_listed_by_its_socket_with_its_numbers_and_name(tree: Tree) -> None:
    node = tree.adapter("1.2")
    assert listed(tree) == (
        Port(
            "serial",
            f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0",
            "示例 USB Serial",
            "1a86:7523",
            True,
            f"{CONTROLLER}/usb/1.2:1.0/port0",
            str(node),
        ),
    )


def test_without_udev_the_link_is_the_kernels_name_and_the_place_is_the_same(tmp_path: Path) -> None:
    with_udev, without = Tree(tmp_path / "a"), Tree(tmp_path / "b", udev=False)
    with_udev.adapter("1.2")
    node = without.adapter("1.2")
    [port], [same] = listed(without), listed(with_udev)
    assert (port.link, port.stable) == (f"serial://{node}", False)
    assert port.place == same.place


def test_a_place_does_not_know_the_number_of_the_bus(tmp_path: Path) -> None:
    first, second = Tree(tmp_path / "a"), Tree(tmp_path / "b")
    first.adapter("2", bus=1)
    second.adapter("2", bus=3)
    assert [port.place for port in listed(first)] == [port.place for port in listed(second)]


def test_two_adapters_of_one_make_stand_in_two_places(tree: Tree) -> None:
    tree.adapter("1")
    tree.adapter("2")
    one, other = listed(tree)
    assert one.hardware == other.hardware
    assert one.place != other.place


def test_a_device_that_is_no_usb_device_has_a_place_too(tree: Tree) -> None:
    folder = tree.sys / "devices" / "pnp0" / "00:05" / "tty"
    folder.mkdir(parents=True)
    assert place_of(folder.parent, tree.sys) == "pnp0/00:05"


def test_serial_ports_that_nobody_wired_are_not_listed(tree: Tree) -> None:
    ghost = tree.sys / "devices" / "platform" / "serial8250"
    ghost.mkdir(parents=True)
    (tree.sys / "class" / "tty" / "ttyS1").mkdir(parents=True)
    (tree.sys / "class" / "tty" / "ttyS1" / "device").symlink_to(ghost)
    (tree.dev / "ttyS1").touch()
    assert listed(tree) == ()


def test_cameras_scanners_and_boards_are_listed(tree: Tree) -> None:
    tree.camera("3", "HD Camera")
    tree.keyboard("4", "Code Reader")
    board = tree.sys / "devices" / "platform" / "gpio" / "gpiochip0"
    board.mkdir(parents=True)
    (tree.sys / "bus" / "gpio" / "devices").mkdir(parents=True)
    (tree.sys / "bus" / "gpio" / "devices" / "gpiochip0").symlink_to(board)
    assert [(port.sort, port.title, port.stable) for port in listed(tree)] == [
        ("camera", "HD Camera", True),
        ("input", "Code Reader", True),
        ("gpio", "gpio", True),
    ]


def test_a_keyboard_keeps_its_place_though_everything_below_the_interface_is_numbered_anew(tree: Tree) -> None:
    tree.keyboard("4", "Code Reader")
    [port] = listed(tree)
    assert port.place == f"{CONTROLLER}/usb/4:1.0/Code Reader"


def test_a_usb_device_without_a_port_of_its_own_is_listed_and_a_hub_is_not(tree: Tree) -> None:
    tree.device("1", "1d6b:0104", "Hub", device_class="09")
    tree.interface(tree.device("1.4", "0400:c35a", "SAM"))
    [port] = listed(tree)
    assert (port.sort, port.link, port.hardware) == ("usb", "usb://0400:c35a?path=1-1.4", "0400:c35a")


def test_a_usb_device_is_listed_once_but_found_both_ways(tree: Tree) -> None:
    tree.adapter("1")
    assert [port.sort for port in listed(tree)] == ["serial"]
    assert {port.sort for port in every_port(tree.dev, tree.sys)} == {"serial", "usb"}


def test_a_smart_card_reader_is_listed_as_pcscd_will_number_it(tree: Tree) -> None:
    tree.interface(tree.device("2", "076b:3031", "Card Reader"), interface_class="0b")
    [port] = listed(tree)
    assert (port.sort, port.link, port.stable) == ("smart card", "pcsc://0", False)


def test_a_device_that_no_driver_knows_is_listed_and_said_to_have_none(tree: Tree) -> None:
    tree.interface(tree.device("2", "dead:beef", "Bread Maker"))
    tree.adapter("1")
    told = {port.title: has_driver(port) for port in listed(tree)}
    assert told == {"示例 Bread Maker": False, "示例 USB Serial": True}


def test_a_kernel_that_says_nothing_of_a_device_leaves_its_name(tree: Tree) -> None:
    folder = tree.device("2", "dead:beef", "x")
    for name in ("manufacturer", "product"):
        (folder / name).unlink()
    assert [port.title for port in listed(tree)] == ["dead:beef"]


def test_the_technician_is_told_the_stable_link_with_her_own_options(tree: Tree) -> None:
    node = tree.adapter("1")
    stable = f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
    assert stable_link(f"serial://{node}?baud=9600", listed(tree)) == f"{stable}?baud=9600"
    assert stable_link(str(node), listed(tree)) == stable
    assert stable_link(stable, listed(tree)) is None
    assert stable_link("socket://127.0.0.1:9100", listed(tree)) is None


def test_this_machine_can_be_listed() -> None:
    assert all(port.link for port in every_port())
