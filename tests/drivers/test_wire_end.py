"""The TCP side of a simulated wire: one driver at a time, and what is said reaches the one it is meant for."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from drivers.simulation.wire_end import TcpEnd


@pytest.fixture
def end() -> Iterator[TcpEnd]:
    end = TcpEnd(0)
    yield end
    end.close()


def connected(end: TcpEnd) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(end.link).port or 0), timeout=5)


def heard(end: TcpEnd) -> bytes:
    """What the end reads next that is not somebody's coming or going."""
    for _ in range(10):
        if end.wait(5.0) and (data := end.read()):
            return data
    raise AssertionError("nothing came")


def is_silent(client: socket.socket) -> bool:
    return not select.select([client], [], [], 0.05)[0]


def test_an_answer_is_not_said_to_whoever_comes_after_the_one_who_asked(end: TcpEnd) -> None:
    first = connected(end)
    first.sendall(b"LOGOUT\n")
    assert heard(end) == b"LOGOUT\n"
    first.close()
    with connected(end) as second:
        end.write(b"OK Goodbye\n")
        assert is_silent(second)
        second.sendall(b"LIST\n")
        assert heard(end) == b"LIST\n"
        end.write(b"BEGIN\n")
        assert second.recv(100) == b"BEGIN\n"


def test_what_is_said_unasked_goes_to_whoever_is_there_now(end: TcpEnd) -> None:
    first = connected(end)
    first.sendall(b"x")
    assert heard(end) == b"x"
    first.close()
    with connected(end) as second:
        end.wait(1.0)
        end.write(b"code\r")
        assert second.recv(100) == b"code\r"


def test_a_second_driver_is_turned_away_while_the_first_is_there(end: TcpEnd) -> None:
    with connected(end) as first:
        first.sendall(b"x")
        assert heard(end) == b"x"
        with connected(end) as second:
            first.sendall(b"y")
            assert heard(end) == b"y"
            end.wait(1.0)
            end.read()
            assert second.recv(1) == b""
