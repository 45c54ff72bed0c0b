"""Links over a real terminal and a real socket: they wait no longer than told, and say so when they are gone."""

from __future__ import annotations

import os
import socket
import tty
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drivers.link import Link, LinkLost, LinkRefused, open_link


@dataclass
class Line:
    """A link and the descriptor at its far end."""

    link: Link
    far: int


@pytest.fixture(params=["terminal", "socket"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "terminal":
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        link = open_link(os.ttyname(theirs))
        os.close(theirs)
        far = ours
    else:
        with socket.create_server(("127.0.0.1", 0)) as server:
            link = open_link(f"socket://127.0.0.1:{server.getsockname()[1]}")
            far = server.accept()[0].detach()
    made = Line(link, far)
    yield made
    link.close()
    if made.far >= 0:
        os.close(made.far)


def read_whole(link: Link, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = link.read(size - len(data), 5.0)
        assert piece, f"only {len(data)} of {size} bytes came"
        data += piece
    return data


def test_bytes_go_both_ways(line: Line) -> None:
    line.link.write(b"\x00\xff\r\n\x03")
    assert os.read(line.far, 100) == b"\x00\xff\r\n\x03"
    os.write(line.far, b"\x11\x13\x00answer\n")
    assert read_whole(line.link, 10) == b"\x11\x13\x00answer\n"


def test_a_read_returns_no_more_than_its_limit_and_loses_nothing(line: Line) -> None:
    os.write(line.far, b"abcdef")
    assert line.link.read(1, 5.0) == b"a"
    assert read_whole(line.link, 3) == b"bcd"
    assert read_whole(line.link, 2) == b"ef"


@pytest.mark.parametrize("timeout_s", [0.0, 0.01])
def test_a_read_of_nothing_ends_with_its_timeout(line: Line, timeout_s: float) -> None:
    assert line.link.read(10, timeout_s) == b""


def test_a_far_end_that_goes_away_is_a_lost_link(line: Line) -> None:
    os.close(line.far)
    line.far = -1
    with pytest.raises(LinkLost) as lost:
        line.link.read(10, 5.0)
    assert lost.value.code == "link.lost"
    assert "请" in lost.value.advice


def test_a_link_is_closed_twice_without_harm(line: Line) -> None:
    line.link.close()
    line.link.close()


def test_a_port_in_use_is_refused() -> None:
    ours, theirs = os.openpty()
    path = os.ttyname(theirs)
    first = open_link(path)
    try:
        with pytest.raises(LinkRefused) as refused:
            open_link(f"serial://{path}?baud=9600")
        assert refused.value.code == "link.busy"
    finally:
        first.close()
        os.close(theirs)
        os.close(ours)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/dev/ttyUSB97", "link.missing"),
        ("/proc/version", "link.not_a_port"),
        ("/dev", "link.not_a_port"),
        ("/dev/nul\0l", "link.refused"),
        ("serial://dev/ttyUSB0", "link.unreadable"),
        ("serial:///dev/ttyUSB0?baud=-1", "link.unreadable"),
        ("serial:///dev/ttyUSB0?speed=9600", "link.unreadable"),
        ("usb://0400:c35a", "link.unreadable"),
        ("ttyUSB0", "link.unreadable"),
        ("socket://127.0.0.1:1", "link.unreachable"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_advice(url: str, code: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        open_link(url)
    assert refused.value.code == code
    assert "请" in refused.value.advice
