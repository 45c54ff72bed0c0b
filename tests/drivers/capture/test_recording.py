"""A device's traffic is recorded by one switch and played back to the same driver as the other end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner

from drivers.capture.recorder import Recorder
from drivers.capture.replay import ReplayedDevice, Script
from drivers.capture.text import Capture, Happened, Passed, parse
from drivers.code_scanner.port import Scanned
from drivers.code_scanner.simulator import SimulatedCodeScanner
from drivers.commands import device as device_command
from drivers.id_card.blanking import SamBlanker
from drivers.id_card.port import ResidentCard
from drivers.id_card.record import from_record
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.link import Link, LinkRefused
from drivers.power.port import OnBattery
from drivers.power.simulator import SimulatedPower
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.registry import blanker_of, open_device
from drivers.settlement import Printed
from drivers.simulation import NotPossible, Simulation
from drivers.trouble import DeviceTrouble
from seeds.people import People
from tests.drivers.receipt_printer.slips import KEPT

ROOT: Final = Path(__file__).resolve().parents[3]


def record_a_card(file: Path) -> str:
    """A visit at a simulated reader, recorded: nothing there, a card, the card read, health."""
    device = SimulatedIdCardReader()
    with Simulation(device).start("pty"):
        reader = open_device("id_card", None, device.link, capture=str(file))
        assert not reader.find()
        device.lay(from_record(People.load().all[0].card_record()))
        assert reader.find()
        reader.read()
        reader.health()
        reader.close()
    return file.read_text(encoding="utf-8")


def test_a_recorded_visit_names_no_one_and_plays_back_to_the_driver(tmp_path: Path) -> None:
    file = tmp_path / "reader.capture"
    text = record_a_card(file)
    capture = parse(text)
    assert capture.kind == "id_card"
    assert [record.what for record in capture.records if isinstance(record, Happened)] == ["open", "close"]
    assert People.load().all[0].id_number.encode("utf-16-le").hex(" ").upper() not in text
    assert file.stat().st_mode & 0o777 == 0o600
    with Simulation(ReplayedDevice(capture, blanker_of("id_card"))).start("pty") as replayed:
        reader = open_device("id_card", None, replayed.link)
        assert not reader.find()
        assert reader.find()
        card = reader.read()
        assert isinstance(card, ResidentCard)
        assert set(card.number) <= set("0A")
        assert reader.health().code == "id_card.ready"
        assert replayed.device.state()["strayed_bytes"] == 0
        reader.close()


def test_a_recorded_slip_plays_back_as_printed_whatever_is_printed_on_it(tmp_path: Path) -> None:
    file = tmp_path / "printer.capture"
    device = SimulatedReceiptPrinter()
    with Simulation(device).start("pty"):
        printer = open_device("receipt_printer", None, device.link, capture=str(file), quiet_s=0.05)
        assert printer.print("job-1", KEPT) == Printed()
        printer.close()
    capture = parse(file.read_text(encoding="utf-8"))
    with Simulation(ReplayedDevice(capture, blanker_of("receipt_printer"))).start("pty") as replayed:
        printer = open_device("receipt_printer", None, replayed.link, quiet_s=0.05)
        assert printer.print("job-2", KEPT) == Printed()
        printer.close()


def test_a_recorded_code_plays_back_without_what_it_said(tmp_path: Path) -> None:
    file = tmp_path / "scanner.capture"
    device = SimulatedCodeScanner()
    with Simulation(device).start("pty"):
        scanner = open_device("code_scanner", None, device.link, capture=str(file), profile="gm65")
        scanner.trigger(True)
        device.show("330106199001011234 李大山")
        assert isinstance(scanner.scan(5.0), Scanned)
        scanner.close()
    capture = parse(file.read_text(encoding="utf-8"))
    with Simulation(ReplayedDevice(capture, blanker_of("code_scanner"))).start("pty") as replayed:
        scanner = open_device("code_scanner", None, replayed.link, profile="gm65")
        assert scanner.trigger(True).code == "code_scanner.ready"
        scanned = scanner.scan(5.0)
        assert isinstance(scanned, Scanned)
        assert scanned.text == "000000000000000000??????????"
        scanner.close()


def test_a_recorded_power_cut_plays_back(tmp_path: Path) -> None:
    file = tmp_path / "supply.capture"
    device = SimulatedPower()
    with Simulation(device).start():
        supply = open_device("power", None, device.link, capture=str(file))
        supply.read()
        device.fault("on_battery")
        told = supply.read()
        supply.close()
    text = file.read_text(encoding="utf-8")
    assert b"zhizhu".hex(" ").upper() not in text
    with Simulation(ReplayedDevice(parse(text), blanker_of("power"))).start("tcp:0") as replayed:
        supply = open_device("power", None, replayed.link.replace("socket", "nut") + "/simulated")
        supply.read()
        assert isinstance(told, OnBattery)
        assert supply.read() == told
        supply.close()


def test_the_same_question_gets_its_answers_in_their_order_and_then_the_last_again() -> None:
    script = Script.of(
        Capture(
            "id_card",
            (
                Passed(0.0, "<", b"hello"),
                Passed(0.1, ">", b"a"),
                Passed(0.2, ">", b"b"),
                Passed(0.3, "<", b"1"),
                Happened(0.35, "lost"),
                Passed(0.4, ">", b"ab"),
                Passed(0.5, "<", b"2"),
                Passed(0.6, "<", b"3"),
                Passed(0.7, ">", b"z"),
            ),
        )
    )
    assert script.unasked == (b"hello",)
    assert [script.answer(b"ab") for _ in range(3)] == [b"1", b"23", b"23"]
    assert script.answer(b"z") == b""
    assert script.heard(b"a") == (b"", True)
    assert script.heard(b"abz") == (b"ab", False)


def test_what_a_device_said_unasked_is_said_when_wanted_and_a_stray_question_is_counted() -> None:
    capture = Capture(
        "id_card", (Passed(0.0, "<", b"4006381333931\r"), Passed(1.0, ">", b"ok"), Passed(1.1, "<", b"!"))
    )
    with Simulation(ReplayedDevice(capture, SamBlanker)).start("pty", control="127.0.0.1:0") as replayed:
        link = _opened(replayed.link)
        assert httpx.post(f"{replayed.control}/next").json()["unasked_left"] == 0
        assert _all(link, 14) == b"4006381333931\r"
        link.write(b"what?ok")
        assert _all(link, 1) == b"!"
        assert replayed.device.state()["strayed_bytes"] == 5
        device = replayed.device
        assert isinstance(device, ReplayedDevice)
        with pytest.raises(NotPossible):
            device.say_next()
        link.close()


def _opened(url: str) -> Link:
    from drivers.link import open_link

    return open_link(url)


def _all(link: Link, count: int) -> bytes:
    data = b""
    while len(data) < count and (piece := link.read(count - len(data), 5.0)):
        data += piece
    return data


class Still:
    """A link on which nothing happens."""

    def read(self, limit: int, timeout_s: float) -> bytes:
        return b""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def test_a_capture_that_is_full_says_so_and_stops_no_device(tmp_path: Path) -> None:
    file = tmp_path / "small.capture"
    recorder = Recorder(file, "id_card", SamBlanker, lambda _: Still(), most_bytes=300, monotonic=lambda: 1.0)
    link = recorder.connect("anything")
    for _ in range(100):
        link.write(b"\xaa\xaa\xaa\x96\x69\x00\x03\x20\x01\x22")
    text = file.read_text(encoding="utf-8")
    assert len(text) <= 300
    assert parse(text).records[-1] == Happened(0.0, "full")


def test_a_link_that_is_refused_is_recorded(tmp_path: Path) -> None:
    def refuse(_: str) -> Link:
        raise LinkRefused("link.missing", "没有。", "插上。")

    file = tmp_path / "refused.capture"
    with pytest.raises(LinkRefused):
        Recorder(file, "id_card", SamBlanker, refuse).connect("anything")
    assert [
        record.what for record in parse(file.read_text(encoding="utf-8")).records if isinstance(record, Happened)
    ] == ["refused"]


def test_a_file_that_can_be_written_no_more_ends_the_recording_and_not_the_device(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    recorder = Recorder(folder / "x.capture", "id_card", SamBlanker, lambda _: Still())
    link = recorder.connect("anything")
    (folder / "x.capture").unlink()
    folder.rmdir()
    link.write(b"x")
    link.close()
    assert not folder.exists()


def test_a_file_that_cannot_be_made_and_a_kind_that_cannot_be_blanked_are_told(tmp_path: Path) -> None:
    with pytest.raises(DeviceTrouble) as unwritable:
        open_device("id_card", None, "/dev/null", capture=str(tmp_path / "none" / "x"))
    assert unwritable.value.code == "capture.unwritable"
    with pytest.raises(DeviceTrouble) as unblanked:
        open_device("camera", None, "images:///tmp", capture=str(tmp_path / "x"))
    assert unblanked.value.code == "capture.kind"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.command", "device", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_capture_a_device_and_replay_it(tmp_path: Path) -> None:
    file = tmp_path / "reader.capture"
    with Simulation(SimulatedIdCardReader()).start("pty") as simulation:
        done = _run("capture", "id-card", "--link", simulation.link, "--out", str(file), "--seconds", "1")
        assert (done.returncode, done.stderr) == (0, "")
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.command", "device", "replay", "id-card", str(file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())
        reader = open_device("id_card", None, told["link"])
        assert not reader.find()
        reader.close()
        process.terminate()
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("device", "kind"), [(SimulatedIdCardReader(), "id-card"), (SimulatedReceiptPrinter(), "receipt-printer")]
)
def test_an_idle_device_is_captured_as_a_terminal_would_exercise_it(
    tmp_path: Path, device: SimulatedIdCardReader | SimulatedReceiptPrinter, kind: str
) -> None:
    file = tmp_path / "x.capture"
    with Simulation(device).start("pty"):
        if isinstance(device, SimulatedIdCardReader):
            device.lay(from_record(People.load().all[0].card_record()))
        done = CliRunner().invoke(
            device_command, ["capture", kind, "--link", device.link, "--out", str(file), "--seconds", "1"]
        )
    assert done.exit_code == 0, done.output
    capture = parse(file.read_text(encoding="utf-8"))
    assert capture.kind == kind.replace("-", "_")
    longest = max(len(record.data) for record in capture.records if isinstance(record, Passed))
    assert (longest > 1000) == isinstance(device, SimulatedIdCardReader), "a card that lies there is read"


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [("id-card", "hello\n", "第 1 行"), ("receipt-printer", "# zhizhu capture 1\n# kind id_card\n", "录的是 id_card")],
)
def test_a_wrong_file_is_one_sentence_and_what_to_do(tmp_path: Path, kind: str, content: str, said: str) -> None:
    file = tmp_path / "x.capture"
    file.write_text(content, encoding="utf-8")
    done = _run("replay", kind, str(file))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "读不了" in _run("replay", kind, str(tmp_path / "none")).stderr
