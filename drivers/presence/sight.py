"""Which of the ports a link means, now and after everything was pulled out and put back. Pure but for one question."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from drivers.presence.ports import Port
from drivers.presence.presence import Reading

FILES: Final = frozenset({"", "serial", "v4l2", "evdev", "gpio", "images"})
"""Links whose device is a file of this machine; all others are somewhere a list of the kernel does not reach."""

Exists = Callable[[Path], Reading]


@dataclass(frozen=True)
class Sight:
    """One look at the device of a link: where it is plugged in, and the link that opens it there."""

    reading: Reading
    link: str
    place: str = ""


def file_there(path: Path) -> Reading:
    """Whether the file is there; one that may not be looked at is neither there nor gone."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return Reading.absent
    except OSError:
        return Reading.inconclusive
    return Reading.present


def in_kernels_lists(link: str) -> bool:
    """Whether such a link means something that can be plugged in: of any other, no list says anything."""
    return urlsplit(link).scheme in {*FILES, "usb"}


def look_for(
    link: str, place: str, ports: Iterable[Port], exists: Exists = file_there, others: Container[str] = ()
) -> Sight:
    """The device that this link means; `place` is where it was seen before, empty where it never was.

    A link by path means its socket for ever. A name like /dev/ttyUSB0 means whatever bears it when it is first seen,
    and from then on that socket, whichever name the kernel deals out to it next: so two of the same make never swap.
    `others` are the sockets of other roles, which no name that happens to fall on them may claim.
    """
    scheme, target = urlsplit(link).scheme, _target(link)
    free = tuple(port for port in ports if port.place not in others)
    if scheme in FILES:
        if not place and any(port.node == target and port.place in others for port in ports):
            return Sight(Reading.absent, link)
        return _file(link, target, place, free, exists)
    if scheme == "usb":
        return _usb(link, place, free, hidden=not any(port.sort == "usb" for port in ports))
    assert not in_kernels_lists(link)
    return Sight(Reading.inconclusive, link)


def stable_link(link: str, ports: Iterable[Port]) -> str | None:
    """The link to write in place of this one so that it survives re-plugging; None where it is stable or unknown."""
    target = _target(link)
    for port in ports:
        if port.node and port.node == target and port.stable and _target(port.link) != target:
            return _with_options(port.link, link)
    return None


def _file(link: str, target: str, place: str, ports: tuple[Port, ...], exists: Exists) -> Sight:
    by_node = next((port for port in ports if port.node == target and port.place), None)
    if place:
        there = next((port for port in ports if port.place == place and port.node), None)
        if there is None:
            return Sight(Reading.absent, link, place)
        return Sight(Reading.present, link if by_node is there else _with_options(there.link, link), place)
    return Sight(exists(Path(target)), link, by_node.place if by_node is not None else "")


def _usb(link: str, place: str, ports: tuple[Port, ...], *, hidden: bool) -> Sight:
    parts = urlsplit(link)
    numbers, path = parts.netloc.lower(), parse_qs(parts.query).get("path", [""])[-1]
    if hidden:
        # A machine without any USB device at all is one whose list is hidden from us: its touch screen would be there.
        return Sight(Reading.inconclusive, link, place)
    alike = [port for port in ports if port.sort == "usb" and port.hardware == numbers]
    if path:
        alike = [port for port in alike if parse_qs(urlsplit(port.link).query)["path"] == [path]]
    elif place:
        alike = [port for port in alike if port.place == place]
    match alike:
        case []:
            return Sight(Reading.absent, link, place)
        case [only]:
            return Sight(Reading.present, link if path else _with_options(only.link, link), only.place)
        case _:
            return Sight(Reading.inconclusive, link, place)  # two alike and no word which: the driver refuses too


def _target(link: str) -> str:
    parts = urlsplit(link)
    return parts.netloc + parts.path if parts.scheme in FILES else ""


def _with_options(link: str, asked: str) -> str:
    """Another port with what was asked for behind the question mark (`baud=9600`)."""
    options = urlsplit(asked).query
    if not options:
        return link
    return f"{link}{'&' if urlsplit(link).query else '?'}{options}"
