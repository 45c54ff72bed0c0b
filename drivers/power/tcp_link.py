"""A plain TCP stream as a Link. pyserial's own leaves its socket open when the other end goes first."""

from __future__ import annotations

import select
import socket

from drivers.link import LinkLost, LinkRefused

CONNECT_S = 3.0
WRITE_S = 2.0


class TcpLink:
    """One connection; every call ends within its deadline."""

    def __init__(self, connection: socket.socket, where: str) -> None:
        self._connection = connection
        self._where = where
        connection.settimeout(WRITE_S)

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        try:
            ready, _, _ = select.select([self._connection], [], [], max(0.0, timeout_s))
            if not ready:
                return b""
            data = self._connection.recv(limit)
        except (OSError, ValueError) as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        return data

    def write(self, data: bytes) -> None:
        """See Link.write."""
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise self._lost() from error

    def close(self) -> None:
        """See Link.close."""
        self._connection.close()

    def _lost(self) -> LinkLost:
        return LinkLost(
            "link.lost", f"与 {self._where} 的连接断开了。", "请检查那台机器上的服务是否在运行，网线是否插好。"
        )


def connect_tcp(where: str) -> TcpLink:
    """Connects to `HOST:PORT` within CONNECT_S; raises LinkRefused."""
    host, _, port = where.rpartition(":")
    try:
        return TcpLink(socket.create_connection((host, int(port)), timeout=CONNECT_S), where)
    except (OSError, ValueError) as error:
        raise LinkRefused(
            "link.refused", f"连不上 {where}。", "请检查地址和端口，以及那台机器上的服务是否在运行。"
        ) from error
