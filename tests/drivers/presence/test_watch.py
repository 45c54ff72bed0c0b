"""Roles and the sockets they belong to: two adapters of one make keep their roles however they are plugged in again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from drivers.presence.ports import Port, every_port
from drivers.presence.presence import Grace, Reading
from drivers.presence.sight import file_there, look_for
from drivers.presence.watch import Watch, Watched
from tests.drivers.presence.tree import Tree

AT_ONCE = Grace(grace_s=0.0, misses=1)


class PlayedBell:
    def __init__(self) -> None:
        self.rings = 0
        self.closed = False

    def rung(self) -> bool:
        rung, self.rings = self.rings > 0, 0
        return rung

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def watch_over(tree: Tree, **links: str) -> Watch:
    return Watch(links, grace=AT_ONCE, rescan_s=2.0, scan=lambda: every_port(tree.dev, tree.sys))


class Looks:
    """Looks, one second after the other."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._at = 0.0

    def now(self, role: str) -> Watched:
        self._at += 1.0
        return self._watch.look(self._at)[role]

    def shown(self, role: str) -> Reading:
        return self.now(role).presence.shown


def test_a_link_by_path_is_there_while_its_socket_holds_something(tree: Tree) -> None:
    tree.adapter("1")
    link = f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0?baud=9600"
    looks = Looks(watch_over(tree, id_card=link))
    assert looks.now("id_card").link == link
    tree.pull("1")
    assert looks.shown("id_card") is Reading.absent
    tree.adapter("2")
    assert looks.shown("id_card") is Reading.absent
    tree.adapter("1")
    assert looks.shown("id_card") is Reading.present


def test_a_kernel_name_follows_its_socket_when_the_kernel_deals_out_another(tmp_path: Path) -> None:
    tree = Tree(tmp_path, udev=False)
    reader, printer = tree.adapter("1"), tree.adapter("2")
    looks = Looks(watch_over(tree, id_card=f"serial://{reader}?baud=9600", receipt_printer=str(printer)))
    assert looks.now("id_card").link == f"serial://{reader}?baud=9600"
    tree.pull("1")
    tree.pull("2")
    tree.adapter("2")
    tree.adapter("1")
    assert looks.now("id_card").link == f"serial://{printer}?baud=9600"
    assert looks.now("receipt_printer").link == f"serial://{reader}"


def test_a_name_that_falls_on_the_socket_of_another_role_does_not_take_it(tmp_path: Path) -> None:
    tree = Tree(tmp_path, udev=False)
    first = tree.adapter("1")
    looks = Looks(watch_over(tree, id_card=str(first), receipt_printer=str(tree.dev / "ttyUSB1")))
    assert looks.shown("receipt_printer") is Reading.absent
    tree.pull("1")
    tree.adapter("2")  # gets the first name
    tree.adapter("1")  # gets the second
    assert looks.now("id_card").link == f"serial://{tree.dev}/ttyUSB1"
    assert looks.shown("receipt_printer") is Reading.absent


ACTIONS = st.lists(st.tuples(st.sampled_from(["1", "2"]), st.booleans()), max_size=20)


@hypothesis_settings(max_examples=60, deadline=None)
@given(ACTIONS, st.booleans(), st.booleans())
def test_two_identical_adapters_keep_their_roles_in_whatever_order_they_are_plugged_in(
    actions: list[tuple[str, bool]], by_path: bool, look_between: bool
) -> None:
    with TemporaryDirectory() as folder:
        tree = Tree(Path(folder), udev=by_path)
        nodes = {socket: tree.adapter(socket) for socket in ("1", "2")}
        links = {
            socket: f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:{socket}:1.0-port0"
            if by_path
            else f"serial://{node}"
            for socket, node in nodes.items()
        }
        looks = Looks(watch_over(tree, **links))
        looks.now("1")
        plugged = {"1", "2"}
        for socket, plug in actions:
            if plug and socket not in plugged:
                nodes[socket] = tree.adapter(socket)
                plugged.add(socket)
            elif not plug and socket in plugged:
                tree.pull(socket)
                plugged.remove(socket)
            if look_between:
                looks.now("1")
        for socket, node in nodes.items():
            seen = looks.now(socket)
            assert (seen.presence.shown is Reading.present) is (socket in plugged)
            if socket in plugged:
                assert Path(seen.link.removeprefix("serial://")).resolve() == node.resolve()


def usb(path: str, numbers: str = "0400:c35a") -> Port:
    return Port("usb", f"usb://{numbers}?path={path}", "SAM", numbers, True, f"pci/usb/{path}")


def test_a_usb_device_is_known_by_its_numbers_and_its_path() -> None:
    both = (usb("1-1"), usb("1-2"), usb("1-3", "dead:beef"))
    assert look_for("usb://0400:C35A?path=1-2", "", both).reading is Reading.present
    assert look_for("usb://0400:c35a?path=1-9", "", both).reading is Reading.absent
    assert look_for("usb://0400:c35a", "", both).reading is Reading.inconclusive
    assert look_for("usb://dead:beef", "", both).link == "usb://dead:beef?path=1-3"


def test_a_usb_device_seen_once_is_not_replaced_by_its_twin() -> None:
    seen = look_for("usb://0400:c35a", "", (usb("1-1"),))
    assert look_for("usb://0400:c35a", seen.place, (usb("1-2"),)).reading is Reading.absent
    assert look_for("usb://0400:c35a", seen.place, (usb("1-2"), usb("1-1"))).link == "usb://0400:c35a?path=1-1"


def test_a_machine_whose_usb_list_is_hidden_says_nothing_of_it() -> None:
    assert look_for("usb://0400:c35a", "", ()).reading is Reading.inconclusive


@pytest.mark.parametrize("link", ["socket://127.0.0.1:9100", "ipp://printer/ipp/print", "nut://ups/it", "pcsc://0"])
def test_what_is_behind_a_wire_the_kernel_does_not_see_is_inconclusive(link: str) -> None:
    assert look_for(link, "", ()).reading is Reading.inconclusive


def test_a_file_that_may_not_be_looked_at_is_neither_there_nor_gone(tmp_path: Path) -> None:
    assert file_there(tmp_path) is Reading.present
    assert file_there(tmp_path / "none") is Reading.absent
    (tmp_path / "file").touch()
    assert file_there(tmp_path / "file" / "below") is Reading.absent
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert file_there(loop) is Reading.inconclusive


def test_a_list_that_cannot_be_read_says_nothing_of_anybody(tmp_path: Path) -> None:
    def broken() -> Iterator[Port]:
        raise OSError(5, "Input/output error")

    watch = Watch({"id_card": str(tmp_path)}, grace=AT_ONCE, rescan_s=1.0, scan=broken)
    assert watch.look(0.0)["id_card"].presence.shown is Reading.inconclusive


def test_a_look_is_due_at_first_then_every_so_often_and_soon_after_the_bell(tmp_path: Path) -> None:
    bell = PlayedBell()
    watch = Watch({}, grace=AT_ONCE, rescan_s=5.0, bell=bell, scan=tuple)
    assert watch.due(100.0)
    watch.look(100.0)
    assert not watch.due(104.9)
    assert watch.due(105.0)
    bell.rings = 12
    assert not watch.due(100.1)
    assert watch.due(100.3)
    watch.look(100.3)
    assert not watch.due(101.0)
    watch.close()
    assert bell.closed


def test_a_bell_that_rings_tells_nothing_but_that_a_look_is_due(tree: Tree) -> None:
    node = tree.adapter("1")
    bell = PlayedBell()
    links = {"id_card": str(node)}
    watch = Watch(links, grace=AT_ONCE, rescan_s=60.0, bell=bell, scan=lambda: every_port(tree.dev, tree.sys))
    assert watch.look(0.0)["id_card"].presence.shown is Reading.present
    bell.rings = 1
    assert watch.due(1.0)
    assert watch.look(1.0)["id_card"].presence.shown is Reading.present
