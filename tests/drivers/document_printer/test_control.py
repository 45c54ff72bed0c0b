"""The simulated printer behind the registry, its door over HTTP, and `zhizhu device` with it."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from drivers.commands import device
from drivers.document_printer.message import INTEGER, JOB, OPERATION, Attribute, Group, Message, Value, decode, encode
from drivers.document_printer.simulated.engine import JOBS_KEPT
from drivers.document_printer.simulated.pages import pages_in
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.registry import open_device
from drivers.settlement import Printed
from drivers.simulation import Simulation
from drivers.trouble import DeviceTrouble
from tests.drivers.document_printer.papers import CERTIFICATE, pdf_of


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    with Simulation(SimulatedDocumentPrinter(page_s=0.02)).start("tcp:0", control="127.0.0.1:0") as started:
        yield started


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(CERTIFICATE.pdf)
    return path


def ask(simulation: Simulation, method: str, path: str, body: dict[str, object] | None = None) -> httpx.Response:
    return httpx.request(method, f"{simulation.control}{path}", json=body, timeout=10)


def test_the_door_shows_each_document_with_its_pages(simulation: Simulation) -> None:
    printer = open_device("document-printer", "ipp", simulation.link, poll_s=0.02)
    assert printer.print("job-1", CERTIFICATE) == Printed()
    printer.close()
    [document] = ask(simulation, "GET", "/paper").json()["documents"]
    assert (document["name"], document["pages"]) == ("job-1", 2)
    assert base64.b64decode(document["pdf_base64"]) == CERTIFICATE.pdf
    state = ask(simulation, "GET", "/state").json()
    assert (state["kind"], state["documents"], state["pages"]) == ("document_printer", 1, 2)
    assert "job-1" not in json.dumps(state), "whose job it was stays out of a state that may end in a log"
    assert ask(simulation, "DELETE", "/paper").json() == {"documents": [], "scraps": []}


def test_faults_and_situations_come_and_go_through_the_door(simulation: Simulation) -> None:
    assert ask(simulation, "POST", "/situations/jam with no paper").json()["printer_state"] == "stopped"
    assert ask(simulation, "GET", "/state").json()["reasons"] == ["media-empty-error", "media-jam-error"]
    assert ask(simulation, "POST", "/clear").json()["printer_state"] == "idle"
    assert ask(simulation, "POST", "/unplug").json()["fault"] == "unplugged"
    with pytest.raises(DeviceTrouble):
        open_device("document_printer", None, simulation.link)
    ask(simulation, "POST", "/replug")
    open_device("document_printer", None, simulation.link).close()


def test_a_pdf_is_printed_by_hand(simulation: Simulation, pdf: Path) -> None:
    words = ["print", "document-printer", "--link", simulation.link, "--file", str(pdf)]
    done = CliRunner().invoke(device, [*words, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"outcome": "printed"}
    assert ask(simulation, "GET", "/state").json()["documents"] == 1


def test_a_printer_without_paper_says_so_by_hand(simulation: Simulation, pdf: Path) -> None:
    simulation.device.fault("paper_end")
    words = ["print", "document-printer", "--link", simulation.link, "--file", str(pdf), "--json"]
    done = CliRunner().invoke(device, words)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["health"]["code"] == "document_printer.paper_end"
    assert done.stderr.startswith("Error: 没有打印。打印机没有纸")


def test_what_is_loaded_is_read_by_hand(simulation: Simulation) -> None:
    plain = CliRunner().invoke(device, ["read", "document-printer", "--link", simulation.link])
    assert plain.exit_code == 0, plain.output
    assert "iso_a4_210x297mm" in plain.stdout
    assert "Black Toner: 80 %" in plain.stdout
    simulation.device.fault("toner_low")
    done = CliRunner().invoke(device, ["read", "document-printer", "--link", simulation.link, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["state"], told["code"]) == ("limited", "document_printer.toner_low")
    assert told["loaded"] == {"media": ["iso_a4_210x297mm"], "supplies": [{"name": "Black Toner", "percent": 5}]}
    simulation.device.quality = 0.0
    broken = CliRunner().invoke(device, ["read", "document-printer", "--link", simulation.link, "--json"])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["code"] == "document_printer.silent"


@pytest.mark.parametrize("content", [None, b"GIF89a"], ids=("missing", "no PDF"))
def test_a_file_that_is_no_document_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.pdf"
    if content is not None:
        path.write_bytes(content)
    words = ["print", "document-printer", "--link", "ipp://127.0.0.1:1/", "--file", str(path)]
    done = CliRunner().invoke(device, words)
    assert done.exit_code == 1
    assert str(path) in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "words",
    [
        ["print", "document-printer", "--link", "ipp://x/"],
        ["print", "document-printer", "--link", "ipp://x/", "--text", "x"],
        ["print", "document-printer", "--link", "ipp://x/", "--text", "x", "--file", "x.pdf"],
        ["print", "receipt-printer", "--link", "/dev/null", "--file", "x.pdf"],
    ],
)
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(device, words).exit_code == 2


@pytest.mark.parametrize("link", ["usb", "tcp:printer", "tcp:99999"])
def test_a_link_the_simulator_cannot_offer_is_told(link: str) -> None:
    with pytest.raises(DeviceTrouble):
        SimulatedDocumentPrinter().start(link)


def test_a_port_in_use_is_told_and_a_simulator_not_started_has_no_link(simulation: Simulation) -> None:
    other = SimulatedDocumentPrinter()
    with pytest.raises(DeviceTrouble, match="占用"):
        other.start(f"tcp:{simulation.link.split(':')[2].split('/')[0]}")
    with pytest.raises(RuntimeError):
        _ = other.link
    other.stop()
    other.pull()
    other.plug()


def post(simulation: Simulation, body: bytes) -> Message:
    url = simulation.link.replace("ipp://", "http://")
    answer = httpx.post(url, content=body, headers={"Content-Type": "application/ipp"}, timeout=10)
    return decode(answer.content)


def test_the_simulator_answers_rubbish_with_a_refusal(simulation: Simulation) -> None:
    assert post(simulation, b"\1\1\0\2\0\0\0\7rubbish").code == 0x0400
    assert post(simulation, b"\1\1\0\2\0\0\0\7rubbish").request_id == 7
    assert post(simulation, encode(Message(0x4000, 1, (Group(OPERATION, ()),)))).code == 0x0501


@pytest.mark.parametrize(
    "told",
    [
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    ],
)
def test_the_simulator_takes_no_body_without_bounds(simulation: Simulation, told: bytes) -> None:
    port = int(simulation.link.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
        caller.sendall(b"POST /ipp/print HTTP/1.1\r\nHost: x\r\n" + told)
        assert caller.recv(100).startswith(b"HTTP/1.1 400 ")


def test_jobs_no_printer_has_are_not_found(simulation: Simulation) -> None:
    for operation in (0x0006, 0x0008, 0x0009):
        answer = post(simulation, encode(Message(operation, 1, (Group(OPERATION, ()),))))
        assert answer.code == 0x0406
        assert not answer.group(JOB).attributes


@pytest.mark.parametrize("pages", [1, 2, 7])
def test_pages_are_counted(pages: int) -> None:
    assert pages_in(pdf_of(pages)) == pages


def test_pages_in_packed_objects_are_counted_and_broken_ones_are_not() -> None:
    import zlib

    packed = zlib.compress(b"<< /Type /Page >> << /Type /Page >> << /Type /Pages >>")
    assert pages_in(b"%PDF-1.5\n<< /Type /ObjStm >>\nstream\n" + packed + b"\nendstream") == 2
    assert pages_in(b"%PDF-1.5\n<< /Type /ObjStm >>\nstream\nbroken\nendstream") == 1
    assert pages_in((b"<< /Type /ObjStm >>\nstream\n" + packed) * 70) == 128


def test_the_simulator_takes_a_document_in_two_steps_and_only_once(simulation: Simulation) -> None:
    def about(number: int, operation: int, data: bytes = b"") -> Message:
        job = Attribute("job-id", (Value(INTEGER, number),))
        return post(simulation, encode(Message(operation, 1, (Group(OPERATION, (job,)),), data)))

    created = post(simulation, encode(Message(0x0005, 1, (Group(OPERATION, ()),)))).group(JOB)
    number = created.number("job-id") or 0
    assert created.number("job-state") == 4
    assert about(number, 0x0006, CERTIFICATE.pdf).code == 0
    assert about(number, 0x0006, CERTIFICATE.pdf).code == 0x0404
    assert post(simulation, encode(Message(0x0004, 1, (Group(OPERATION, ()),)))).code == 0
    simulation.device.fault("refuses")
    assert post(simulation, encode(Message(0x0005, 1, (Group(OPERATION, ()),)))).code == 0x0506


def test_the_simulator_forgets_old_jobs() -> None:
    printer = SimulatedDocumentPrinter()
    for number in range(JOBS_KEPT + 5):
        printer.engine.take(f"job-{number}", "zhizhu", None)
    assert len(printer.engine.jobs) == JOBS_KEPT


def test_the_simulator_reads_a_body_in_chunks(simulation: Simulation) -> None:
    url = simulation.link.replace("ipp://", "http://")
    asked = encode(Message(0x000B, 5, (Group(OPERATION, ()),)))
    answer = httpx.post(url, content=iter([asked[:4], asked[4:]]), timeout=10)
    assert decode(answer.content).request_id == 5
