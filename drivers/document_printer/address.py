"""Where a printer is: its ipp:// or ipps:// URI, and the HTTP address behind that (RFC 8010 §4, RFC 7472)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from drivers.link import LinkRefused

PORT: Final = 631
_HTTP: Final = {"ipp": "http", "ipps": "https"}


@dataclass(frozen=True)
class Address:
    """A printer's URI as IPP says it, and the URL that requests are posted to."""

    uri: str
    url: str


def address_of(link: str) -> Address:
    """The address in a link such as `ipp://192.168.1.20/ipp/print`; raises LinkRefused for what is none."""
    try:
        parts = urlsplit(link)
        port = parts.port or PORT
        host = parts.hostname
    except ValueError as error:
        raise _unreadable(link) from error
    if parts.scheme not in _HTTP or not host or parts.username is not None or parts.query or parts.fragment:
        raise _unreadable(link)
    place = f"[{host}]" if ":" in host else host
    path = parts.path or "/"
    if not path.isascii() or any(char <= " " for char in path):
        raise _unreadable(link)
    return Address(f"{parts.scheme}://{place}:{port}{path}", f"{_HTTP[parts.scheme]}://{place}:{port}{path}")


def address_behind(device_uri: str) -> Address | None:
    """The address of the printer that a CUPS queue prints on; None where it cannot be asked by IPP.

    CUPS appends options for its own backend (`?waitjob=false`), which are not part of the printer's address.
    """
    try:
        return address_of(device_uri.partition("?")[0])
    except LinkRefused:
        return None


def _unreadable(link: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable",
        f"看不懂打印机地址“{link}”。",
        "请写成 ipp://主机:端口/ipp/print 或 ipps://…；经过 CUPS 时写 ipp://主机:631/printers/队列名。",
    )
