"""One message there and back: whose word it is, when it ends, and what may have arrived where it failed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.document_printer.address import address_behind, address_of
from drivers.document_printer.ipp import IppPrinter
from drivers.document_printer.message import MESSAGE_BYTES_MAX, Group, Message, decode, encode
from drivers.document_printer.operations import ask_printer
from drivers.document_printer.post import Cut, Declined, NotReached, Post
from drivers.health import State
from drivers.link import LinkRefused
from drivers.trouble import DeviceTrouble
from tests.drivers.document_printer.puppet import listening

ASK = ask_printer("ipp://localhost/ipp/print")


def post_to(link: str, answer_s: float = 1.0) -> Post:
    return Post(address_of(link), answer_s=answer_s, certificate=None)


@contextmanager
def talking(said: bytes, then_every_20_ms: bytes = b"") -> Iterator[str]:
    """Somebody on a port who takes one caller, says this and goes on with that, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ending = threading.Event()

        def serve() -> None:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller:
                try:
                    caller.recv(65536)
                    caller.sendall(said)
                    while then_every_20_ms and not ending.wait(0.02):
                        caller.sendall(then_every_20_ms)
                except OSError:
                    return

        helper = threading.Thread(target=serve)
        helper.start()
        try:
            yield f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print"
        finally:
            ending.set()
            listener.shutdown(socket.SHUT_RDWR)
            helper.join(5)


@pytest.mark.parametrize(
    ("link", "url", "uri"),
    [
        ("ipp://printer.village", "http://printer.village:631/", "ipp://printer.village:631/"),
        ("ipp://[fe80::1]:8631/ipp/print", "http://[fe80::1]:8631/ipp/print", "ipp://[fe80::1]:8631/ipp/print"),
        ("ipps://10.0.0.2/ipp/print", "https://10.0.0.2:631/ipp/print", "ipps://10.0.0.2:631/ipp/print"),
    ],
)
def test_a_link_names_where_requests_are_posted(link: str, url: str, uri: str) -> None:
    assert (address_of(link).url, address_of(link).uri) == (url, uri)


@pytest.mark.parametrize(
    "link",
    [
        "/dev/usb/lp0",
        "http://printer/ipp",
        "ipp://",
        "ipp://a:b@printer/",
        "ipp://printer:x/",
        "ipp://printer/?waitjob=false",
        "ipp://printer/a b",
        "ipp://[::1/x",
    ],
)
def test_what_is_no_printer_link_is_refused_with_an_example(link: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        address_of(link)
    assert "ipp://" in refused.value.advice


def test_the_printer_behind_a_queue_is_found_without_the_queues_own_options() -> None:
    found = address_behind("ipp://10.0.0.2/ipp/print?waitjob=false")
    assert found is not None
    assert found.uri == "ipp://10.0.0.2:631/ipp/print"
    assert address_behind("usb://HP/LaserJet?serial=1") is None


def test_nobody_there_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotReached):
        post_to(f"ipp://127.0.0.1:{port}/").ask(ASK)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + bytes(MESSAGE_BYTES_MAX + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n\x01\x01\x00\x00\x00\x00\x00\x00\x03\x00",
    ],
    ids=("nothing", "no IPP", "cut", "no HTTP", "no gzip", "too much", "another's answer"),
)
def test_whatever_is_no_answer_is_a_cut_after_everything_was_sent(said: bytes) -> None:
    with talking(said) as link, pytest.raises(Cut) as cut:
        post_to(link).ask(ASK)
    assert cut.value.whole


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"])
def test_a_trickle_of_bytes_does_not_stretch_the_deadline(begun: bytes) -> None:
    with talking(begun, b"x") as link:
        began = time.monotonic()
        with pytest.raises(Cut):
            post_to(link, answer_s=0.4).ask(ASK)
        assert time.monotonic() - began < 5


def test_an_http_refusal_is_told_apart() -> None:
    with talking(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") as link, pytest.raises(Declined) as refusal:
        post_to(link).ask(ASK)
    assert refusal.value.status == 401


@pytest.mark.parametrize("status", [b"404 Not Found", b"403 Forbidden"])
def test_opening_a_wrong_path_says_where_printers_have_theirs(status: bytes) -> None:
    with talking(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n") as link:
        with pytest.raises(LinkRefused) as refused:
            IppPrinter(link, answer_s=1.0).open()
        assert "/ipp/print" in refused.value.advice


def test_opening_something_that_is_no_printer_says_so() -> None:
    def not_found(body: bytes) -> bytes:
        return encode(Message(0x0406, decode(body).request_id, (Group(1, ()),)))

    with listening(not_found) as link, pytest.raises(LinkRefused, match="0x0406"):
        IppPrinter(link, answer_s=1.0).open()


def test_opening_nobody_says_what_to_check() -> None:
    with pytest.raises(DeviceTrouble) as refused:
        IppPrinter("ipp://127.0.0.1:1/ipp/print", answer_s=1.0).open()
    assert "电源" in refused.value.advice


def test_opening_a_silent_printer_leaves_its_health_unknown() -> None:
    with listening(lambda _: None) as link:
        printer = IppPrinter(link, answer_s=1.0)
        printer.open()
        assert printer.health().state is State.unknown
        printer.close()


def test_a_certificate_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "printer.pem"
    wrong.write_text("no certificate")
    for path in (wrong, tmp_path / "missing.pem"):
        with pytest.raises(LinkRefused, match="certificate"):
            IppPrinter("ipps://127.0.0.1:1/ipp/print", certificate=path).open()
