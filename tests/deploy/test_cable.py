"""The cable of the demo carries bytes while it is in, and nothing when it is pulled."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from deploy.cable import Cable
from deploy.demo import free_port


class Echo(socketserver.StreamRequestHandler):
    """Says back what it hears, line by line."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def cable() -> Iterator[Cable]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        cable = Cable(free_port(), hub.server_address[1])
        cable.plug()
        yield cable
        cable.close()
        hub.shutdown()


def _talk(cable: Cable) -> socket.socket:
    talk = socket.create_connection(("127.0.0.1", cable.port), timeout=5)
    talk.sendall("您好\n".encode())
    assert talk.recv(64) == "您好\n".encode()
    return talk


def test_a_plugged_cable_carries_both_ways(cable: Cable) -> None:
    assert cable.traffic.began_at is None
    with _talk(cable):
        assert cable.plugged
        assert (cable.traffic.up_bytes, cable.traffic.down_bytes) == (7, 7)
        assert cable.traffic.began_at is not None


def test_pulling_the_cable_cuts_what_runs_and_refuses_what_comes(cable: Cable) -> None:
    with _talk(cable) as talk:
        cable.pull()
        with pytest.raises(ConnectionError):
            if talk.recv(64) == b"":
                raise ConnectionResetError
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cable.port), timeout=5)


def test_a_cable_put_back_carries_again(cable: Cable) -> None:
    cable.pull()
    cable.plug()
    assert cable.traffic.began_at is None
    with _talk(cable):
        assert cable.plugged
        assert (cable.traffic.up_bytes, cable.traffic.down_bytes) == (7, 7)
        assert cable.traffic.began_at is not None
