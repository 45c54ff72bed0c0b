"""A terminal whose clock is in doubt still hears the hub, and believes no other: issuer and name are checked always."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.services.hub_line import HubLine
from offline.clock_doubt import Heard
from offline.store import AgentStore
from offline.sync.client import HubClient
from offline.sync.trouble import HubSilent
from offline.wire.claims import new_code
from offline.wire.signing import new_signing_key
from tests.offline.ground import NOON, HubKeys, enrol

SAID = "Sat, 28 Nov 2026 04:00:00 GMT"


class Clerk(BaseHTTPRequestHandler):
    """Knows no claim code, and tells the time."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """200 for the health, else 404, with a date."""
        self.send_response_only(200 if self.path == "/healthz" else 404)
        self.send_header("Date", SAID)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        """Says nothing."""


def certificate(folder: Path, host: str) -> Path:
    """A certificate for a host whose dates have passed, with its key, in one file; it is its own issuer."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    ended = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ended - timedelta(days=30))
        .not_valid_after(ended)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{host}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Desk(ThreadingHTTPServer):
    """Says nothing of visitors who do not believe it."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A refused handshake is what the test wants."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An address that speaks TLS with a certificate out of date, and the file that vouches for it."""
    pem = certificate(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Desk(("127.0.0.1", 0), Clerk)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", pem
    server.shutdown()
    thread.join()
    server.server_close()


def asked(url: str, ca_file: Path, *, sure: bool) -> HubClient:
    """A client that has asked once; raises HubSilent."""
    client = HubClient.open(url, new_signing_key(), terminal_id="t-0001", ca_file=ca_file)
    client.check_dates(sure)
    try:
        assert client.case_by_code(new_code()) is None
    finally:
        client.close()
    return client


def test_in_doubt_the_dates_of_the_certificate_are_not_looked_at(served: tuple[str, Path]) -> None:
    url, ca_file = served
    with pytest.raises(HubSilent):
        asked(url, ca_file, sure=True)
    heard = asked(url, ca_file, sure=False).heard
    assert heard is not None
    assert heard.at == datetime(2026, 11, 28, 4, 0, tzinfo=UTC)


def test_a_stranger_is_not_believed_in_doubt_either(served: tuple[str, Path], tmp_path: Path) -> None:
    url, ca_file = served
    stranger = tmp_path / "elsewhere"
    stranger.mkdir()
    with pytest.raises(HubSilent):
        asked(url, certificate(stranger, "127.0.0.1"), sure=False)
    with pytest.raises(HubSilent):
        asked(url.replace("127.0.0.1", "localhost"), ca_file, sure=False)


def test_the_screen_that_asks_the_hub_is_as_patient_as_the_agent(served: tuple[str, Path], tmp_path: Path) -> None:
    url, ca_file = served
    state_dir = tmp_path / "state"
    enrol(state_dir, HubKeys())
    line = HubLine(url, state_dir, deadline_s=10, ca_file=ca_file, now=lambda: NOON)
    assert line.near()  # nobody has judged the clock: it is in doubt
    with closing(AgentStore.open(state_dir)) as agent:
        agent.judge_clock(Heard(NOON, agent.uptime()), NOON)
    assert not line.near()
    line.close()
